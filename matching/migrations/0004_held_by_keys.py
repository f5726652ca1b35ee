"""Who fits whom is held by composite foreign keys, and the counts of open pairings are nobody's but the trigger's.

The roles stand in generated columns, which the ORM need not know: a key can only compare columns.
"""

from django.db import migrations

FITS = """
DROP TRIGGER request_fits_enrolments ON matching_request;
DROP TRIGGER pairing_fits_enrolments ON matching_pairing;
DROP FUNCTION matching_request_fits, matching_pairing_fits, matching_is;

ALTER TABLE matching_enrolment ADD CONSTRAINT enrolment_whole UNIQUE (id, cohort_id, person_id, role);
ALTER TABLE matching_request
    ADD COLUMN mentee_role varchar(6) NOT NULL GENERATED ALWAYS AS ('mentee') STORED,
    ADD COLUMN mentor_role varchar(6) NOT NULL GENERATED ALWAYS AS ('mentor') STORED,
    ADD CONSTRAINT request_whole
        UNIQUE (id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id),
    ADD CONSTRAINT request_fits_mentee FOREIGN KEY (mentee_enrolment_id, cohort_id, mentee_id, mentee_role)
        REFERENCES matching_enrolment (id, cohort_id, person_id, role),
    ADD CONSTRAINT request_fits_mentor FOREIGN KEY (mentor_enrolment_id, cohort_id, mentor_id, mentor_role)
        REFERENCES matching_enrolment (id, cohort_id, person_id, role);
ALTER TABLE matching_pairing ADD CONSTRAINT pairing_fits_request
    FOREIGN KEY (request_id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id)
    REFERENCES matching_request (id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id);
ALTER TABLE matching_pairing RENAME CONSTRAINT matching_pairing_request_id_key TO pairing_once_a_request;
"""

# A form that saves a whole row writes back the count it has read; what it writes there is not taken.
COUNTS = """
CREATE FUNCTION matching_keep_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.open_pairings := OLD.open_pairings;
    RETURN NEW;
END $$;
CREATE TRIGGER mentor_count_kept BEFORE UPDATE OF open_pairings ON accounts_mentorprofile FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION matching_keep_count();
CREATE TRIGGER enrolment_count_kept BEFORE UPDATE OF open_pairings ON matching_enrolment FOR EACH ROW
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

# As 0002 made them.
BEFORE = """
CREATE FUNCTION matching_is(enrolment uuid, in_cohort uuid, who uuid, as_role text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM matching_enrolment e
        WHERE e.id = enrolment AND e.cohort_id = in_cohort AND e.person_id = who AND e.role = as_role
    )
$$;

CREATE FUNCTION matching_request_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (matching_is(NEW.mentee_enrolment_id, NEW.cohort_id, NEW.mentee_id, 'mentee')
            AND matching_is(NEW.mentor_enrolment_id, NEW.cohort_id, NEW.mentor_id, 'mentor')) THEN
        PERFORM matching_refuse('request_fits_enrolments');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER request_fits_enrolments BEFORE INSERT ON matching_request
    FOR EACH ROW EXECUTE FUNCTION matching_request_fits();

CREATE FUNCTION matching_pairing_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM matching_request r
        WHERE r.id = NEW.request_id AND r.cohort_id = NEW.cohort_id
          AND r.mentee_enrolment_id = NEW.mentee_enrolment_id AND r.mentor_enrolment_id = NEW.mentor_enrolment_id
          AND r.mentee_id = NEW.mentee_id AND r.mentor_id = NEW.mentor_id
    ) THEN
        PERFORM matching_refuse('pairing_fits_enrolments');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pairing_fits_enrolments BEFORE INSERT ON matching_pairing
    FOR EACH ROW EXECUTE FUNCTION matching_pairing_fits();
"""

UNDO = """
DROP TRIGGER mentor_count_begun ON accounts_mentorprofile;
DROP TRIGGER enrolment_count_kept ON matching_enrolment;
DROP TRIGGER mentor_count_kept ON accounts_mentorprofile;
DROP FUNCTION matching_begin_count, matching_keep_count;

ALTER TABLE matching_pairing RENAME CONSTRAINT pairing_once_a_request TO matching_pairing_request_id_key;
ALTER TABLE matching_pairing DROP CONSTRAINT pairing_fits_request;
ALTER TABLE matching_request
    DROP CONSTRAINT request_fits_mentor, DROP CONSTRAINT request_fits_mentee, DROP CONSTRAINT request_whole,
    DROP COLUMN mentor_role, DROP COLUMN mentee_role;
ALTER TABLE matching_enrolment DROP CONSTRAINT enrolment_whole;
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_cohort_weights")]

    operations = [migrations.RunSQL(FITS + COUNTS, UNDO + BEFORE)]
