"""What a letter, an alert or a line of history is about, as columns: any record, with the cohort and pairing it is in.

Rows in lower apps cannot refer to records of higher ones by foreign keys. They keep these four columns instead, filled
when the row is written, and are scoped by them alone.
"""

from typing import NamedTuple
from uuid import UUID

from django.db import models


class Subject(NamedTuple):
    """The named record (`subject_type` is its model's name in lower case), and the cohort and pairing it belongs to."""

    subject_type: str
    subject_id: UUID
    cohort_id: UUID | None = None
    pairing_id: UUID | None = None


def subject_of(record: models.Model) -> Subject:
    """A record as a subject. Models that belong to a cohort or a pairing have a `cohort_id` or `pairing_id`: a column,
    or a property where it follows from another record.
    """
    return Subject(
        subject_type=str(record._meta.model_name),  # noqa: SLF001 - documented, for all its underscore
        subject_id=record.pk,
        cohort_id=getattr(record, "cohort_id", None),
        pairing_id=getattr(record, "pairing_id", None),
    )
