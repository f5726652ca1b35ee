"""Check-ins planned so far are planned for the day on which they are due where their person is."""

from typing import ClassVar

from django.db import migrations

FILL = """
UPDATE engagements_checkin AS c
SET day = (c.due_at AT TIME ZONE coalesce(p.zone, 'UTC'))::date
FROM accounts_user AS u LEFT JOIN accounts_profile AS p ON p.person_id = u.id
WHERE u.id = c.person_id AND c.day IS NULL
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("engagements", "0003_rhythm"), ("accounts", "0001_schema")]

    operations: ClassVar = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
