"""Every check-in has its day."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("engagements", "0004_fill_check_in_day")]

    operations: ClassVar = [migrations.AlterField("checkin", "day", models.DateField(verbose_name="planned for"))]
