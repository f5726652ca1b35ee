"""An enrolment keeps cohort, person and role, changes as its state table says, and its whole row can be pointed to."""

from django.db import migrations

from cohorts.states import ENROLMENT_GUARD, IMPORT_GUARD

FORWARD = f"""
CREATE TRIGGER enrolment_fixed BEFORE UPDATE ON cohorts_enrolment FOR EACH ROW
    WHEN ((OLD.cohort_id, OLD.person_id, OLD.role) IS DISTINCT FROM (NEW.cohort_id, NEW.person_id, NEW.role))
    EXECUTE FUNCTION common_refuse_change();
ALTER TABLE cohorts_enrolment ADD CONSTRAINT enrolment_whole UNIQUE (id, cohort_id, person_id, role);
{ENROLMENT_GUARD.forward()}
{IMPORT_GUARD.forward()}
"""

UNDO = f"""
{IMPORT_GUARD.undo()}
{ENROLMENT_GUARD.undo()}
ALTER TABLE cohorts_enrolment DROP CONSTRAINT enrolment_whole;
DROP TRIGGER enrolment_fixed ON cohorts_enrolment;
"""


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0001_schema"), ("common", "0003_triggers")]

    operations = [migrations.RunSQL(FORWARD, UNDO)]
