"""What must never be, whoever writes. Every refusal carries a constraint's name, for which there is a sentence."""

from django.db import migrations

from matching.states import PAIRING_GUARD, REQUEST_GUARD, RUN_GUARD

# An organisation and all above it on a day. UNION, not UNION ALL: a ring of owners ends.
KIN = """
CREATE FUNCTION matching_kin(organisation uuid, on_day date) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above(id) AS (
        SELECT organisation
        UNION
        SELECT o.parent_id FROM accounts_ownership o JOIN above a ON o.child_id = a.id
        WHERE o.starts_on <= on_day AND (o.ends_on IS NULL OR o.ends_on > on_day)
    )
    SELECT id FROM above
$$;

CREATE FUNCTION matching_employers(who uuid, on_day date) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT a.organisation_id FROM accounts_affiliation a JOIN accounts_organisation o ON o.id = a.organisation_id
    WHERE a.person_id = who AND a.kind = 'employer' AND o.refused_at IS NULL
      AND a.starts_on <= on_day AND (a.ends_on IS NULL OR a.ends_on > on_day)
$$;
"""

# The crudest breaches, on the record's own day and, so that nobody gets round them by an earlier date, on the server's
# today. A waiver of the pair on the record's day lets them through. Only what is inserted is looked at, and a
# pairing that is taken up again: a change of job never blocks.
INDEPENDENT = """
CREATE FUNCTION matching_check_independent(record text, cohort uuid, one uuid, other uuid, own_day date)
RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    today CONSTANT date := (now() AT TIME ZONE 'UTC')::date;
    days CONSTANT date[] := CASE WHEN own_day < today THEN ARRAY[own_day, today] ELSE ARRAY[own_day] END;
    on_day date;
BEGIN
    IF EXISTS (
        SELECT 1 FROM matching_waiver w
        WHERE w.cohort_id = cohort AND w.mentee_id = one AND w.mentor_id = other AND w.until >= own_day
    ) THEN
        RETURN;
    END IF;
    FOREACH on_day IN ARRAY days LOOP
        IF EXISTS (SELECT matching_employers(one, on_day) INTERSECT SELECT matching_employers(other, on_day)) THEN
            PERFORM common_refuse(record || '_same_employer');
        END IF;
        IF EXISTS (
            SELECT matching_kin(e, on_day) FROM matching_employers(one, on_day) e
            INTERSECT
            SELECT matching_kin(e, on_day) FROM matching_employers(other, on_day) e
        ) THEN
            PERFORM common_refuse(record || '_same_family');
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION matching_request_independent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM matching_check_independent(
        'request', NEW.cohort_id, NEW.mentee_id, NEW.mentor_id, (NEW.asked_at AT TIME ZONE 'UTC')::date);
    RETURN NEW;
END $$;
CREATE TRIGGER request_independent BEFORE INSERT ON matching_request
    FOR EACH ROW WHEN (NEW.state IN ('pending', 'accepted')) EXECUTE FUNCTION matching_request_independent();

CREATE FUNCTION matching_pairing_independent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state NOT IN ('completed', 'ended_early') THEN
        RETURN NEW;
    END IF;
    PERFORM matching_check_independent(
        'pairing', NEW.cohort_id, NEW.mentee_id, NEW.mentor_id, (NEW.introduced_at AT TIME ZONE 'UTC')::date);
    RETURN NEW;
END $$;
CREATE TRIGGER pairing_independent BEFORE INSERT OR UPDATE OF state ON matching_pairing
    FOR EACH ROW WHEN (NEW.state NOT IN ('completed', 'ended_early')) EXECUTE FUNCTION matching_pairing_independent();
"""

# Who fits whom is held by composite foreign keys. The roles stand in generated columns, which the ORM need not know:
# a key can only compare columns.
FITS = """
ALTER TABLE matching_request
    ADD COLUMN mentee_role varchar(6) NOT NULL GENERATED ALWAYS AS ('mentee') STORED,
    ADD COLUMN mentor_role varchar(6) NOT NULL GENERATED ALWAYS AS ('mentor') STORED,
    ADD CONSTRAINT request_whole
        UNIQUE (id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id),
    ADD CONSTRAINT request_fits_mentee FOREIGN KEY (mentee_enrolment_id, cohort_id, mentee_id, mentee_role)
        REFERENCES cohorts_enrolment (id, cohort_id, person_id, role),
    ADD CONSTRAINT request_fits_mentor FOREIGN KEY (mentor_enrolment_id, cohort_id, mentor_id, mentor_role)
        REFERENCES cohorts_enrolment (id, cohort_id, person_id, role);
ALTER TABLE matching_pairing ADD CONSTRAINT pairing_fits_request
    FOREIGN KEY (request_id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id)
    REFERENCES matching_request (id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id);
ALTER TABLE matching_pairing RENAME CONSTRAINT matching_pairing_request_id_key TO pairing_once_a_request;
ALTER TABLE matching_proposal ADD CONSTRAINT proposal_fits_request
    FOREIGN KEY (request_id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id)
    REFERENCES matching_request (id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id);
ALTER TABLE matching_proposal RENAME CONSTRAINT matching_proposal_request_id_key TO proposal_once_a_request;

CREATE FUNCTION matching_shortlist_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM cohorts_enrolment one JOIN cohorts_enrolment other ON one.cohort_id = other.cohort_id
        WHERE one.id = NEW.mentee_id AND one.role = 'mentee' AND other.id = NEW.mentor_id AND other.role = 'mentor'
    ) THEN
        PERFORM common_refuse('shortlist_fits_enrolments');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shortlist_fits_enrolments BEFORE INSERT OR UPDATE OF mentee_id, mentor_id ON matching_shortlistentry
    FOR EACH ROW EXECUTE FUNCTION matching_shortlist_fits();
"""

FIXED = """
CREATE TRIGGER request_people_fixed BEFORE UPDATE ON matching_request FOR EACH ROW
    WHEN ((OLD.cohort_id, OLD.mentee_id, OLD.mentor_id, OLD.mentee_enrolment_id, OLD.mentor_enrolment_id)
          IS DISTINCT FROM
          (NEW.cohort_id, NEW.mentee_id, NEW.mentor_id, NEW.mentee_enrolment_id, NEW.mentor_enrolment_id))
    EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER pairing_people_fixed BEFORE UPDATE ON matching_pairing FOR EACH ROW
    WHEN ((OLD.request_id, OLD.cohort_id, OLD.mentee_id, OLD.mentor_id, OLD.mentee_enrolment_id, OLD.mentor_enrolment_id)
          IS DISTINCT FROM
          (NEW.request_id, NEW.cohort_id, NEW.mentee_id, NEW.mentor_id, NEW.mentee_enrolment_id, NEW.mentor_enrolment_id))
    EXECUTE FUNCTION common_refuse_change();
"""

# A request and a pairing change as their state tables say, and are there for good. What a verb does to several tables
# is refused here where one of them alone would break a promise.
KEPT = """
CREATE TRIGGER request_kept BEFORE DELETE ON matching_request FOR EACH ROW EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER request_not_emptied BEFORE TRUNCATE ON matching_request
    FOR EACH STATEMENT EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER proposal_decided_once BEFORE UPDATE OF request_id, held_back ON matching_proposal FOR EACH ROW
    WHEN ((OLD.request_id IS NOT NULL OR OLD.held_back <> '')
          AND (OLD.request_id, OLD.held_back) IS DISTINCT FROM (NEW.request_id, NEW.held_back))
    EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER pairing_kept BEFORE DELETE ON matching_pairing FOR EACH ROW EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER pairing_not_emptied BEFORE TRUNCATE ON matching_pairing
    FOR EACH STATEMENT EXECUTE FUNCTION common_refuse_change();

CREATE FUNCTION matching_proposal_of_published_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM matching_matchrun r WHERE r.id = NEW.run_id AND r.state = 'published') THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_of_published_run BEFORE INSERT OR UPDATE OF request_id, held_back ON matching_proposal
    FOR EACH ROW WHEN (NEW.request_id IS NOT NULL OR NEW.held_back <> '')
    EXECUTE FUNCTION matching_proposal_of_published_run();

CREATE FUNCTION matching_found_by_made_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM found f JOIN matching_matchrun r ON r.id = f.run_id WHERE r.state IN ('queued', 'running', 'failed')
    ) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER proposal_of_made_run AFTER INSERT ON matching_proposal REFERENCING NEW TABLE AS found
    FOR EACH STATEMENT EXECUTE FUNCTION matching_found_by_made_run();
CREATE TRIGGER unmatched_of_made_run AFTER INSERT ON matching_unmatched REFERENCING NEW TABLE AS found
    FOR EACH STATEMENT EXECUTE FUNCTION matching_found_by_made_run();

CREATE FUNCTION matching_pairing_of_accepted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM matching_request r WHERE r.id = NEW.request_id AND r.state = 'accepted') THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pairing_of_accepted_request BEFORE INSERT ON matching_pairing
    FOR EACH ROW EXECUTE FUNCTION matching_pairing_of_accepted();

CREATE FUNCTION matching_pairing_rests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM matching_pause s WHERE s.pairing_id = NEW.id AND s.resumed_at IS NULL) THEN
        PERFORM common_refuse(TG_NAME::text);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pairing_pause_runs BEFORE UPDATE OF state ON matching_pairing FOR EACH ROW
    WHEN (NEW.state = 'paused' AND OLD.state <> 'paused') EXECUTE FUNCTION matching_pairing_rests();
"""

# A decision on a board stays as it was taken; of somebody who was erased, the words alone are taken out of it.
BOARDS = """
CREATE FUNCTION matching_board_change_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'moves' - 'why' = to_jsonb(OLD) - 'moves' - 'why'
            AND NEW.moves IN (OLD.moves, '"erased"'::jsonb) AND NEW.why IN (OLD.why, '') THEN
        RETURN NEW;
    END IF;
    PERFORM common_refuse(TG_NAME::text);
    RETURN NULL;
END $$;
CREATE TRIGGER board_change_kept BEFORE UPDATE OR DELETE ON matching_boardchange
    FOR EACH ROW EXECUTE FUNCTION matching_board_change_kept();
CREATE TRIGGER board_change_not_emptied BEFORE TRUNCATE ON matching_boardchange
    FOR EACH STATEMENT EXECUTE FUNCTION common_refuse_change();
"""

STATES = REQUEST_GUARD.forward() + PAIRING_GUARD.forward() + RUN_GUARD.forward()

# The counts are kept here and nowhere else; the CHECKs on both tables refuse one too many. A form that saves a whole
# row writes back the count it has read; what it writes there is not taken.
COUNTS = """
CREATE FUNCTION matching_pairing_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone integer := 0;
    come integer := 0;
    of_mentor uuid;
    of_enrolment uuid;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        gone := (OLD.state NOT IN ('completed', 'ended_early'))::integer;
        of_mentor := OLD.mentor_id;
        of_enrolment := OLD.mentor_enrolment_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        come := (NEW.state NOT IN ('completed', 'ended_early'))::integer;
        of_mentor := NEW.mentor_id;
        of_enrolment := NEW.mentor_enrolment_id;
    END IF;
    IF come <> gone THEN
        UPDATE accounts_mentorprofile SET open_pairings = open_pairings + come - gone WHERE person_id = of_mentor;
        IF NOT FOUND AND come > gone THEN
            PERFORM common_refuse('mentor_has_profile');
        END IF;
        UPDATE cohorts_enrolment SET open_pairings = open_pairings + come - gone WHERE id = of_enrolment;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pairing_counts AFTER INSERT OR DELETE OR UPDATE OF state ON matching_pairing
    FOR EACH ROW EXECUTE FUNCTION matching_pairing_counts();

CREATE FUNCTION matching_keep_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.open_pairings := OLD.open_pairings;
    RETURN NEW;
END $$;
CREATE TRIGGER mentor_count_kept BEFORE UPDATE OF open_pairings ON accounts_mentorprofile FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION matching_keep_count();
CREATE TRIGGER enrolment_count_kept BEFORE UPDATE OF open_pairings ON cohorts_enrolment FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION matching_keep_count();

CREATE FUNCTION matching_begin_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT count(*) INTO NEW.open_pairings FROM matching_pairing
    WHERE mentor_id = NEW.person_id AND state NOT IN ('completed', 'ended_early');
    RETURN NEW;
END $$;
CREATE TRIGGER mentor_count_begun BEFORE INSERT ON accounts_mentorprofile FOR EACH ROW
    EXECUTE FUNCTION matching_begin_count();
"""

UNDO = f"""
DROP TRIGGER board_change_not_emptied ON matching_boardchange;
DROP TRIGGER board_change_kept ON matching_boardchange;
DROP TRIGGER mentor_count_begun ON accounts_mentorprofile;
DROP TRIGGER enrolment_count_kept ON cohorts_enrolment;
DROP TRIGGER mentor_count_kept ON accounts_mentorprofile;
DROP TRIGGER pairing_counts ON matching_pairing;
DROP TRIGGER pairing_pause_runs ON matching_pairing;
DROP TRIGGER pairing_of_accepted_request ON matching_pairing;
DROP TRIGGER unmatched_of_made_run ON matching_unmatched;
DROP TRIGGER proposal_of_made_run ON matching_proposal;
DROP TRIGGER proposal_of_published_run ON matching_proposal;
DROP TRIGGER proposal_decided_once ON matching_proposal;
DROP TRIGGER pairing_not_emptied ON matching_pairing;
DROP TRIGGER pairing_kept ON matching_pairing;
DROP TRIGGER request_not_emptied ON matching_request;
DROP TRIGGER request_kept ON matching_request;
{RUN_GUARD.undo()}
{PAIRING_GUARD.undo()}
{REQUEST_GUARD.undo()}
DROP TRIGGER pairing_people_fixed ON matching_pairing;
DROP TRIGGER request_people_fixed ON matching_request;
DROP TRIGGER shortlist_fits_enrolments ON matching_shortlistentry;
ALTER TABLE matching_proposal RENAME CONSTRAINT proposal_once_a_request TO matching_proposal_request_id_key;
ALTER TABLE matching_proposal DROP CONSTRAINT proposal_fits_request;
ALTER TABLE matching_pairing RENAME CONSTRAINT pairing_once_a_request TO matching_pairing_request_id_key;
ALTER TABLE matching_pairing DROP CONSTRAINT pairing_fits_request;
ALTER TABLE matching_request
    DROP CONSTRAINT request_fits_mentor, DROP CONSTRAINT request_fits_mentee, DROP CONSTRAINT request_whole,
    DROP COLUMN mentor_role, DROP COLUMN mentee_role;
DROP TRIGGER pairing_independent ON matching_pairing;
DROP TRIGGER request_independent ON matching_request;
DROP FUNCTION matching_board_change_kept, matching_begin_count, matching_keep_count, matching_pairing_counts, matching_shortlist_fits,
    matching_proposal_of_published_run, matching_found_by_made_run, matching_pairing_of_accepted, matching_pairing_rests, matching_pairing_independent, matching_request_independent, matching_check_independent, matching_employers,
    matching_kin;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0001_schema"),
        ("cohorts", "0002_triggers"),
        ("accounts", "0001_schema"),
        ("common", "0003_triggers"),
    ]

    operations = [migrations.RunSQL(KIN + INDEPENDENT + FITS + FIXED + STATES + KEPT + BOARDS + COUNTS, UNDO)]
