"""Another name for the alert about check-ins that nobody answers."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("matching", "0006_pool_change_triggers")]

    operations: ClassVar = [
        migrations.AlterField(
            "alert",
            "kind",
            models.CharField(
                choices=[
                    ("ties", "An independence rule no longer holds"),
                    ("competitors", "A pairing between competitors"),
                    ("introduced_idle", "An introduced pairing has not begun"),
                    ("list_empty", "A mentee has nobody left to ask"),
                    ("check_ins_missed", "A pairing has gone quiet"),
                    ("organisation_new", "A new organisation is waiting to be confirmed"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        )
    ]
