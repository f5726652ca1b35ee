"""An e-mail that was sent stays sent: it is sent again as another row."""

from django.db import migrations

from common.state_guards import quoted
from outbox.models import LetterState

FORWARD = f"""
ALTER TABLE outbox_letter ADD CONSTRAINT letter_state_known CHECK (state IN ({quoted(LetterState.values)}));
CREATE TRIGGER letter_sent_for_good BEFORE UPDATE ON outbox_letter FOR EACH ROW
    WHEN (OLD.state = 'sent' AND (NEW.state, NEW.sent_at) IS DISTINCT FROM (OLD.state, OLD.sent_at))
    EXECUTE FUNCTION common_refuse_change();
"""

UNDO = """
DROP TRIGGER letter_sent_for_good ON outbox_letter;
ALTER TABLE outbox_letter DROP CONSTRAINT letter_state_known;
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_schema"), ("common", "0003_triggers")]

    operations = [migrations.RunSQL(FORWARD, UNDO)]
