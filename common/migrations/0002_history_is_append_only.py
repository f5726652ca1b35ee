"""History is only ever added to. Erasing a person may take their name off a line, and nothing else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.person_id IS NULL AND to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'integrity_constraint_violation',
        CONSTRAINT = 'event_append_only';
END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON common_event
    FOR EACH ROW EXECUTE FUNCTION event_append_only();
"""

BACKWARD = """
DROP TRIGGER event_append_only ON common_event;
DROP FUNCTION event_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0001_schema")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
