"""How triggers refuse, for all apps; and history, which is only ever added to.

Every refusal carries a constraint's name, for which there is a sentence. Erasing a person may take them off a line of
history, and nothing else.
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

# A row that was changed in a way that is in none of the arguments, each like "pending>accepted".
TRANSITIONS = """
CREATE FUNCTION common_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.state || '>' || NEW.state = ANY (TG_ARGV)) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
"""

# Its moments are not compared: one line from a clock that was ahead would keep everybody from going on.
HISTORY = """
CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people CONSTANT text[] := '{user_id,mentee_id,mentor_id,person_id}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - people = to_jsonb(OLD) - people
            AND COALESCE(NEW.user_id = OLD.user_id, NEW.user_id IS NULL)
            AND COALESCE(NEW.mentee_id = OLD.mentee_id, NEW.mentee_id IS NULL)
            AND COALESCE(NEW.mentor_id = OLD.mentor_id, NEW.mentor_id IS NULL)
            AND COALESCE(NEW.person_id = OLD.person_id, NEW.person_id IS NULL) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'integrity_constraint_violation',
        CONSTRAINT = 'event_append_only';
END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON common_event
    FOR EACH ROW EXECUTE FUNCTION event_append_only();
CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON common_event
    FOR EACH STATEMENT EXECUTE FUNCTION common_refuse_change();
"""

UNDO = """
DROP TRIGGER event_not_emptied ON common_event;
DROP TRIGGER event_append_only ON common_event;
DROP FUNCTION event_append_only, common_check_transition, common_refuse_change, common_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0002_schema")]

    operations = [migrations.RunSQL(REFUSE + TRANSITIONS + HISTORY, UNDO)]
