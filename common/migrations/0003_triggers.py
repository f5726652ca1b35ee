"""How triggers refuse, for all apps; and history, which is only ever added to.

Every refusal carries a constraint's name, for which there is a sentence. Erasing a person may take their name off a
line of history, and nothing else.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION common_refuse(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused by %', name USING ERRCODE = '23514', CONSTRAINT = name;
END $$;

CREATE FUNCTION common_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM common_refuse(TG_NAME::text);
    RETURN NULL;
END $$;
"""

HISTORY = """
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

UNDO = """
DROP TRIGGER event_append_only ON common_event;
DROP FUNCTION event_append_only, common_refuse_change, common_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0002_schema")]

    operations = [migrations.RunSQL(REFUSE + HISTORY, UNDO)]
