"""Check-ins by weeks, months, or after each meeting. What was agreed in weeks stays exactly that."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("engagements", "0001_schema")]

    operations: ClassVar = [
        migrations.RemoveConstraint("agreement", "agreement_rhythm_in_range"),
        migrations.RenameField("agreement", "check_in_weeks", "check_in_every"),
        migrations.AlterField(
            "agreement",
            "check_in_every",
            models.PositiveSmallIntegerField(
                validators=[MinValueValidator(1), MaxValueValidator(13)],
                verbose_name="how many of them between check-ins",
            ),
        ),
        migrations.AddField(
            "agreement",
            "check_in_unit",
            models.CharField(
                choices=[("week", "weeks"), ("month", "months"), ("meeting", "after each meeting")],
                default="week",
                max_length=7,
                verbose_name="check-ins by",
            ),
        ),
        migrations.AddField("agreement", "check_in_nth", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddField("agreement", "check_in_weekday", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddConstraint(
            "agreement",
            models.CheckConstraint(
                condition=Q(meetings_a_month__range=(1, 4), check_in_every__range=(1, 13)),
                name="agreement_rhythm_in_range",
            ),
        ),
        migrations.AddConstraint(
            "agreement",
            models.CheckConstraint(
                condition=Q(check_in_nth__isnull=True, check_in_weekday__isnull=True)
                | Q(
                    check_in_unit="month",
                    check_in_nth__isnull=False,
                    check_in_nth__range=(1, 5),
                    check_in_weekday__isnull=False,
                    check_in_weekday__range=(0, 6),
                ),
                name="agreement_day_goes_with_months",
            ),
        ),
    ]
