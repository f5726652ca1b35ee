"""Organisations: picked from the list, proposed when they are missing, confirmed by a coordinator."""

import re
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.domain.affiliations import save_affiliation
from accounts.domain.conflict_changes import organisation_changed, people_changed, relations_changing
from accounts.domain.saving import refused_with_words
from accounts.models import Affiliation, Organisation, User
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor

SHOWN = 5
# A word counts as much as a name: "Unilever" is near "Unilever plc" and "Hindustan Unilever".
NEAR_WORDS = 0.7
NEAR = 0.35
LEGAL_FORM = re.compile(
    r"\b(plc|ltd|limited|inc|llc|gmbh|ag|se|sa|s\.a\.|nv|bv|oy|ab|as|asa|holding|group)\b\.?", re.IGNORECASE
)


class NearDuplicates(Refused):
    """Names close to the proposed one exist; `candidates` must be shown before it may be added all the same."""

    def __init__(self, candidates: list[Organisation]) -> None:
        super().__init__(
            _("There are organisations of nearly this name. Is yours among them?"), field="name", code="near_duplicates"
        )
        self.candidates = candidates


def bare(name: str) -> str:
    """A name without its legal form and punctuation, for comparing."""
    return " ".join(re.sub(r"[^\w\s&]", " ", LEGAL_FORM.sub(" ", name)).casefold().split()) or name.casefold()


def near_duplicates(name: str) -> list[Organisation]:
    """Up to five organisations of nearly this name, the nearest first."""
    core = bare(name)
    ranked = Organisation.objects.annotate(
        whole=Greatest(TrigramSimilarity("name", name), TrigramSimilarity("name", core)),
        part=TrigramWordSimilarity(core, "name"),
    )
    return list(ranked.filter(Q(whole__gte=NEAR) | Q(part__gte=NEAR_WORDS)).order_by("-whole", "-part", "name")[:SHOWN])


def choosable_by(person: User) -> QuerySet[Organisation]:
    """What somebody may pick as an employer: the confirmed ones, and those they proposed themselves."""
    return Organisation.objects.filter(Q(confirmed_at__isnull=False) | Q(proposed_by=person))


@atomically
def propose(*, name: str, industry: str, country: str, user: User, seen: Collection[UUID] = ()) -> Organisation:
    """Add a name that a coordinator must confirm. `seen` are the near duplicates the proposer was shown.

    Raises `NearDuplicates` for near names not yet shown, `Refused` for the very same name.
    """
    name = " ".join(name.split())
    same = Organisation.objects.filter(name__iexact=name).first()
    if same is not None and (same.confirmed_at or same.proposed_by_id == user.pk):
        raise Refused(_("%(name)s is on the list already. Please choose it there.") % {"name": same}, field="name")
    near = [each for each in near_duplicates(name) if each.confirmed_at or each.proposed_by_id == user.pk]
    if any(each.pk not in seen for each in near):
        raise NearDuplicates(near)
    if same is not None:
        # Somebody else has proposed it: two people of one employer share one row, and learn nothing by it.
        return same
    with refused_with_words():
        return Organisation.objects.create(name=name, industry=industry, country=country, proposed_by=user)


@atomically
def propose_with_tie(
    *,
    person: User,
    name: str,
    industry: str,
    country: str,
    kind: str,
    title: str,
    starts_on: date,
    now: datetime,
    seen: Collection[UUID] = (),
) -> Affiliation:
    """Add a name that is missing, and the tie of `person` to it, both or neither. Raises as `propose` does."""
    organisation = propose(name=name, industry=industry, country=country, user=person, seen=seen)
    return save_affiliation(
        person=person, organisation=organisation, kind=kind, title=title, starts_on=starts_on, now=now
    )


@atomically
def confirm(*, organisation: Organisation, user: User, now: datetime) -> Organisation:
    """A coordinator vouches for a proposed name; its people become eligible. Raises `WrongState` the second time."""
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if row.confirmed_at is not None:
        raise WrongState
    row.confirmed_at = now
    row.save(update_fields=["confirmed_at"])
    Event.record(verb="confirm", subject=row, actor=Actor.COORDINATOR, now=now, user=user)
    organisation_changed(row, now=now)
    return row


@atomically
def merge(*, proposed: Organisation, into: Organisation, user: User, now: datetime) -> Organisation:
    """A proposed name was another way to write `into`: its people move there, and it goes. Raises `Refused`."""
    relations_changing(now=now)  # its owner and competitors, if it has any, go with it
    row = Organisation.objects.select_for_update().get(pk=proposed.pk)
    if row.confirmed_at is not None or row.pk == into.pk:
        raise Refused(_("Only a proposed name can be merged, and only into another one."), code="merge")
    ids = Affiliation.objects.filter(organisation=row).values("person")
    people = list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    Affiliation.objects.filter(organisation=row).update(organisation=into)
    Event.record(verb="merge", subject=into, actor=Actor.COORDINATOR, now=now, user=user)
    row.delete()
    people_changed({person.pk for person in people}, now=now)
    return into
