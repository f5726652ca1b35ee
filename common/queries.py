"""Parts of queries that several apps need."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Func, TextField, UUIDField, Value


def among(ids: Iterable[UUID | int | str]) -> Func:
    """These UUIDs as one parameter for `__in`: 25,000 placeholders take longer to write and read than their rows."""
    array = Value(f"{{{','.join(map(str, ids))}}}", output_field=TextField())
    return Func(array, template="(SELECT unnest(%(expressions)s::uuid[]))", output_field=UUIDField())
