"""PostgreSQL's own extensions: each is a trusted one, which the owner of the database may add.

btree_gist  no two ownerships of one organisation overlap in time
pg_trgm     names that are nearly the same
unaccent    whoever types Zielinski finds Zieliński
"""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    operations = [BtreeGistExtension(), TrigramExtension(), UnaccentExtension()]
