"""The log of pool changes: by which transaction, when, and about which organisation. What it held is of no use."""

from django.db import migrations, models
from django.db.models.functions import Now

import matching.models.changes


class Migration(migrations.Migration):
    dependencies = [("matching", "0009_mentor_silent")]

    operations = [
        migrations.RunSQL("DELETE FROM matching_poolchange", migrations.RunSQL.noop),
        migrations.AddField("poolchange", "organisation", models.UUIDField(null=True)),
        migrations.AddField(
            "poolchange",
            "transaction",
            models.BigIntegerField(db_default=matching.models.changes.CurrentTransaction(), db_index=True),
        ),
        migrations.AddField("poolchange", "at", models.DateTimeField(db_default=Now())),
    ]
