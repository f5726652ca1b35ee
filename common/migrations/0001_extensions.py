"""PostgreSQL's own extensions: each is a trusted one, which the owner of the database may add.

btree_gist  no owner of an organisation is on record twice for one day
pg_trgm     names that are nearly the same
unaccent    whoever types Zielinski finds Zieliński
"""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    operations = [BtreeGistExtension(), TrigramExtension(), UnaccentExtension()]
