"""What is on record that a sheet may mean: read once for all its rows, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from accounts.domain import prepared
from accounts.domain.name_index import NameIndex
from accounts.models import Invitation, Organisation, OtherName, PreparedProfile, Topic, User
from accounts.models.names import shown_address
from accounts.models.users import name_key
from accounts.names import identity
from cohorts.models import Cohort, Enrolment, RoleOffer
from cohorts.states import EnrolmentState


class Organisations:
    """Those on the list, by any name they have or had, and the names that are nearly the same."""

    def __init__(self) -> None:
        self.by_id: dict[UUID, Organisation] = {each.pk: each for each in Organisation.objects.order_by("name", "pk")}
        self.others = list(OtherName.objects.values_list("organisation_id", "name", "folded", "until"))
        self._by_identity: dict[str, list[UUID]] = defaultdict(list)
        for pk, each in self.by_id.items():
            self._by_identity[each.identity].append(pk)
        for pk, name, _folded, _until in self.others:
            if pk not in self._by_identity[identity(name)]:
                self._by_identity[identity(name)].append(pk)

    @cached_property
    def index(self) -> NameIndex[UUID]:
        """Every name, refused ones left out."""
        offered = {pk for pk, each in self.by_id.items() if each.refused_at is None}
        names = [(pk, each.name, each.folded) for pk, each in self.by_id.items() if pk in offered]
        return NameIndex([*names, *((pk, name, text) for pk, name, text, _until in self.others if pk in offered)])

    def named(self, name: str) -> list[Organisation]:
        """Those of exactly this name, but for capitals and spaces; former names count."""
        return [self.by_id[pk] for pk in self._by_identity.get(identity(name), ())]

    def like(self, name: str) -> list[Organisation]:
        """Those to choose from when the name is on no list."""
        return [self.by_id[pk] for pk in dict.fromkeys([*self.index.likely(name), *self.index.nearest(name)])][:5]

    def exactly(self, name: str, country: str, industry: str) -> Organisation | None:
        """The one that the database would take for the same."""
        same = (each for each in self.named(name) if each.identity == identity(name))
        return next((each for each in same if (each.country, each.industry) == (country, industry)), None)


class Topics:
    """The topics that are offered."""

    def __init__(self) -> None:
        self.by_id: dict[UUID, Topic] = {each.pk: each for each in Topic.objects.filter(active=True).order_by("name")}
        self._by_identity = {identity(each.name): each for each in self.by_id.values()}
        self._index: NameIndex[UUID] = NameIndex(
            (each.pk, each.name, " ".join(each.name.casefold().split())) for each in self.by_id.values()
        )

    def named(self, name: str) -> Topic | None:
        """The topic of this name."""
        return self._by_identity.get(identity(name))

    def like(self, name: str) -> list[Topic]:
        """The nearest ones."""
        return [self.by_id[pk] for pk in self._index.nearest(name, most=3)]


@dataclass(frozen=True, slots=True)
class Offered:
    """An invitation that offers somebody this role in this cohort, and is not revoked."""

    invitation: Invitation
    role: str


class People:
    """Who has these addresses, as far as the coordinator may know, and what they were offered in the cohort."""

    def __init__(self, cohort: Cohort, user: User, emails: Collection[str]) -> None:
        self.user = user
        self.accounts: dict[str, User] = {each.email: each for each in User.objects.filter(email__in=emails)}
        scope = Enrolment.objects.as_coordinator(user).values_list("person_id", flat=True)
        everybody = User.objects.all() if user.is_superuser else User.objects.filter(pk__in=scope)
        self.visible = {user.pk, *everybody.filter(email__in=emails).values_list("pk", flat=True)}
        self._namesakes: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        for email, name in everybody.values_list("email", "name"):
            if shown_address(email):
                self._namesakes[name_key(name)][email] = name
        self.enrolled: Mapping[tuple[UUID, str], str] = {
            (person, role): state
            for person, role, state in Enrolment.objects.filter(cohort=cohort).values_list("person", "role", "state")
        }
        self._read_invitations(cohort, user, emails)

    def _read_invitations(self, cohort: Cohort, user: User, emails: Collection[str]) -> None:
        offers = RoleOffer.objects.filter(cohort=cohort, invitation__email__in=emails).select_related(
            "invitation__invited_by"
        )
        self.offers: dict[tuple[str, str], list[Invitation]] = defaultdict(list)
        for each in offers.order_by("-invitation__created_at"):
            self.offers[each.invitation.email, each.role].append(each.invitation)
        mine = Invitation.objects.filter(email__in=emails, invited_by=user, completed_at=None, revoked_at=None)
        self.waiting: dict[str, Invitation] = {each.email: each for each in mine}
        self.prepared: dict[UUID, PreparedProfile] = prepared.of_all(each.pk for each in self.waiting.values())
        named = RoleOffer.objects.filter(
            cohort=cohort, invitation__completed_at=None, invitation__revoked_at=None
        ).values_list("invitation__email", "invitation__name")
        for email, name in named:
            self._namesakes[name_key(name)][email] = name

    def may_be_invited(self, email: str) -> bool:
        """Whether nobody has this address, or somebody whom the coordinator knows and whose account is open."""
        account = self.accounts.get(email)
        if not shown_address(email):
            return False
        return account is None or (account.is_active and account.pk in self.visible)

    def state_of(self, email: str, role: str) -> EnrolmentState | None:
        """Where this role of theirs in the cohort stands."""
        account = self.accounts.get(email)
        state = self.enrolled.get((account.pk, role)) if account else None
        return EnrolmentState(state) if state else None

    def namesakes(self, name: str, email: str) -> list[str]:
        """Addresses of others of this name whom the coordinator knows; none where this address is known by itself."""
        known = self._namesakes.get(name_key(name), {})
        return [] if email in known else sorted(known)


def emails_of(rows: Iterable[object]) -> set[str]:
    """The addresses in these cells, as far as they are any."""
    return {str(each).strip().lower() for each in rows if each}
