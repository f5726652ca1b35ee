"""How organisations stand to each other on a day, and whom a change of that may concern."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from itertools import product
from uuid import UUID

from django.db.models import QuerySet

from accounts.domain.families import Families, families_on
from accounts.models import Affiliation, Competition, NeverWith
from common.prepared import prepared
from common.queries import among


@dataclass(frozen=True)
class OrganisationRelations:
    """Which organisations are of one family on a day, and which families compete with which."""

    families_of: Families
    competitors: Mapping[UUID, AbstractSet[UUID]]

    def families(self, organisation: UUID | None) -> AbstractSet[UUID]:
        """The families of an organisation: one for each ultimate owner; without owners it is its own."""
        if organisation is None:
            raise ValueError("only an employment may be without an organisation")
        return self.families_of[organisation]

    def kin(self, families: AbstractSet[UUID]) -> set[UUID]:
        """The organisations of these families."""
        if not families:
            return set()
        return {*families, *(each for each, tops in self.families_of.items() if tops & families)}

    def moved(self, before: "OrganisationRelations") -> tuple[set[UUID], set[UUID]]:
        """The organisations of other families than before, and the families that compete with others than before."""
        now, then = self.families_of, before.families_of
        organisations = {each for each in {*now, *then} if now[each] != then[each]}
        families = {
            each
            for each in {*self.competitors, *before.competitors}
            if self.competitors.get(each) != before.competitors.get(each)
        }
        return organisations, families


def relations_on(day: date) -> OrganisationRelations:
    """How organisations stand to each other on `day`, in two queries."""
    families = families_on(day)
    competitors: dict[UUID, set[UUID]] = defaultdict(set)
    for first, second in _competitors():
        for one, other in product(families[first], families[second]):
            competitors[one].add(other)
            competitors[other].add(one)
    return OrganisationRelations(families, dict(competitors))


@prepared
def _competitors() -> QuerySet[Competition, tuple[UUID, UUID]]:
    return Competition.objects.values_list("first_id", "second_id")


def people_tied_to(organisations: Collection[UUID]) -> set[UUID]:
    """Everybody with a tie to one of these organisations, ended or not, or with one of them on a private list."""
    if not organisations:
        return set()
    tied = Affiliation.objects.filter(organisation__in=among(organisations)).order_by()
    return {*tied.values_list("person_id", flat=True), *NeverWith.objects.owners_naming(organisations)}


def people_concerned(before: OrganisationRelations, after: OrganisationRelations, *, on: date) -> set[UUID]:
    """Those of whom the rules of independence know something else `after`: their families, or whom these compete with.

    A pair of whom neither is concerned is as independent as before.
    """
    organisations, families = after.moved(before)
    return people_tied_to(organisations) | _tied_today(families, after, on)


def _tied_today(families: AbstractSet[UUID], relations: OrganisationRelations, on: date) -> set[UUID]:
    """Everybody with a tie to one of these families on that day, as it is somewhere."""
    if not families:
        return set()
    tied = Affiliation.objects.around(on).filter(organisation__in=among(relations.kin(families)))
    return set(tied.order_by().values_list("person_id", flat=True))
