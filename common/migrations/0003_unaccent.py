"""PostgreSQL's own `unaccent`: whoever types Zielinski finds Zieliński. A trusted extension: the owner may add it."""

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("common", "0002_history_is_append_only")]

    operations = [UnaccentExtension()]
