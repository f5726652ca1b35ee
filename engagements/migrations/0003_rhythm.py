"""The day a check-in is planned for, how often it was put off, the meetings of a pair, and quiet days."""

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("engagements", "0002_cadence"),
        ("matching", "0001_schema"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.AddField("checkin", "day", models.DateField(null=True, verbose_name="planned for")),
        migrations.AddField("checkin", "snoozes", models.PositiveSmallIntegerField(default=0, verbose_name="put off")),
        migrations.AddConstraint(
            "checkin",
            models.CheckConstraint(condition=Q(snoozes__lte=2), name="check_in_put_off_twice_at_most"),
        ),
        migrations.CreateModel(
            "Meeting",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("held_on", models.DateField(verbose_name="day")),
                ("noted_at", models.DateTimeField()),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "pairing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="meetings", to="matching.pairing"
                    ),
                ),
            ],
            options={
                "ordering": ("held_on",),
                "constraints": (models.UniqueConstraint(fields=("pairing", "held_on"), name="meeting_once_a_day"),),
            },
        ),
        migrations.CreateModel(
            "QuietPeriod",
            [
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("starts_on", models.DateField(verbose_name="first quiet day")),
                ("ends_on", models.DateField(verbose_name="last quiet day")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quiet_periods",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("starts_on",),
                "constraints": (
                    models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="quiet_period_in_order"),
                    models.UniqueConstraint(fields=("person", "starts_on"), name="quiet_period_once"),
                ),
            },
        ),
    ]
