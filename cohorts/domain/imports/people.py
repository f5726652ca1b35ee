"""What would become of each row of a sheet of people: an invitation into the cohort, with a profile begun."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import prepared
from accounts.domain.prepared import Prepared
from accounts.domain.profiles import CHALLENGES, TOPICS
from accounts.models import Invitation, Organisation, Topic, User
from accounts.models.users import name_key
from accounts.names import identity
from cohorts.domain.imports.known import Organisations, People, Topics
from cohorts.domain.imports.plans import LEAVE_OUT, Fault, Outcome, Plan, PlannedRow, Questions
from cohorts.domain.imports.resources import ReadRow
from cohorts.models import Cohort
from cohorts.states import EnrolmentState, Role
from common.dates import short_day

ANOTHER = "another"
OF_THE_PERSON = ("organisation", "title", "since", "function", "seniority", "city", "country", "zone", "languages")
OWN_MASTERS = frozenset({"independent", "retired", "selfemployed", "freelance", "none", "-", "–"})


@dataclass(frozen=True, slots=True)
class Invited:
    """What a row writes: whom to invite as what, with what is known of them; or what to correct of `invitation`."""

    email: str
    name: str
    role: str
    known: Prepared
    invitation: Invitation | None = None


class PeoplePlanner:
    """Plans a sheet row by row. Rows may look at those before them: nobody is invited twice to one role."""

    def __init__(
        self,
        cohort: Cohort,
        user: User,
        rows: Sequence[ReadRow],
        answers: Mapping[str, str],
        headings: Mapping[str, str],
        now: datetime,
    ) -> None:
        self.cohort, self.user, self.now = cohort, user, now
        self.rows, self.headings = rows, headings
        self.questions = Questions(answers)
        self.organisations, self.topics = Organisations(), Topics()
        self.people = People(cohort, user, {row.get("email") for row in rows if row.get("email")})
        self._first: dict[tuple[str, str], int] = {}
        self._said: dict[
            tuple[str, str], tuple[int, Any]
        ] = {}  # of an address and a column: the first row, and its word
        self._names: dict[str, tuple[int, str]] = {}  # of an address: the first row with it, and the name there
        self._addresses: dict[
            tuple[str, ...], tuple[int, str]
        ] = {}  # of a name: the first row with it, and the address there

    def plan(self) -> Plan:
        """Every row."""
        planned = [self._row(row) for row in self.rows]
        invited = {row.does.email for row in planned if row.outcome == Outcome.NEW}
        return Plan(planned, self.questions.asked(), emails=len(invited))

    def _row(self, row: ReadRow) -> PlannedRow:
        made = PlannedRow(row.number, self._title(row))
        self._faults(row, made)
        organisation = self._organisation(row, made)
        topics = self._topics(row, made)
        self._same_person(row, made)
        if made.faults:
            made.outcome, made.said = Outcome.REFUSED, []
        if made.is_open:
            self._decide(row, made, topics, organisation)
        self._remember(row)
        return made

    def _title(self, row: ReadRow) -> str:
        return self._name(row) or str(row.cells.get("email") or "")

    @staticmethod
    def _name(row: ReadRow) -> str:
        parts = (row.get("first_name"), row.get("last_name"))
        return row.get("name") or " ".join(part for part in parts if part)

    # --- what is wrong ---------------------------------------------------------------------------------------------

    def _fault(self, made: PlannedRow, row: ReadRow, key: str, right: str) -> None:
        made.faults.append(Fault(row.number, self.headings.get(key, key), str(row.cells.get(key) or ""), right))

    def _faults(self, row: ReadRow, made: PlannedRow) -> None:
        for key, right in row.wrong.items():
            self._fault(made, row, key, right)
        if not self._name(row) and "name" not in row.wrong:
            self._fault(made, row, "name", _("This must not be empty."))
        if row.get("role") == Role.MENTEE and row.get("capacity") is not None:
            self._fault(made, row, "capacity", _("Only a mentor has places. Leave this empty for a mentee."))
        if row.get("since") and not row.get("organisation") and "organisation" not in row.wrong:
            self._fault(made, row, "organisation", _("There is a day since when, but no organisation."))
        email = row.get("email")
        if email:
            self._address_faults(row, made, email)

    def _address_faults(self, row: ReadRow, made: PlannedRow, email: str) -> None:
        if not self.people.may_be_invited(email):
            self._fault(made, row, "email", _("This address cannot be used here. Ask who runs the site."))
            return
        role = row.get("role")
        first = self._first.get((email, role or ""))
        if first is not None:
            self._fault(
                made, row, "email", _("Row %(row)s has this address in this role already. Keep one.") % {"row": first}
            )
        number, name = self._names.get(email, (0, ""))
        if name and self._name(row) and name_key(name) != name_key(self._name(row)) and first is None:
            words = {"row": number, "name": name}
            self._fault(made, row, "name", _("Row %(row)s calls this address %(name)s. Write one name.") % words)
        self._contradictions(row, made, email)
        if role and self.people.state_of(email, role) == EnrolmentState.WITHDRAWN:
            right = _("They have left this cohort. If they come back, approve them again under Enrolments.")
            self._fault(made, row, "email", right)

    def _contradictions(self, row: ReadRow, made: PlannedRow, email: str) -> None:
        """Somebody who is both mentor and mentee has one title, one employer, one place."""
        for key in OF_THE_PERSON:
            number, said = self._said.get((email, key), (0, None))
            if number and row.get(key) and row.get(key) != said:
                right = _("Row %(row)s says something else of the same person. Write the same, or leave this empty.")
                self._fault(made, row, key, right % {"row": number})

    def _remember(self, row: ReadRow) -> None:
        email, name = row.get("email"), self._name(row)
        if not email:
            return
        self._first.setdefault((email, row.get("role") or ""), row.number)
        for key in OF_THE_PERSON:
            if row.get(key):
                self._said.setdefault((email, key), (row.number, row.get(key)))
        if name:
            self._names.setdefault(email, (row.number, name))
            self._addresses.setdefault(name_key(name), (row.number, email))

    # --- what has to be asked --------------------------------------------------------------------------------------

    def _ask(self, made: PlannedRow, key: str, sentence: str, options: Iterable[tuple[str, str]]) -> str:
        if made.faults:
            return ""  # refused anyhow: what is asked about it would hold up the others
        answer = self.questions.ask(key, sentence, options, made.number)
        if not answer:
            made.outcome = Outcome.ASKED
        return answer

    def _same_person(self, row: ReadRow, made: PlannedRow) -> None:
        """A second account of one person would be listed twice, and escape what stands against the first."""
        email, name = row.get("email"), self._name(row)
        if not email or not name or made.faults:
            return
        known = self.people.namesakes(name, email)
        number, before = self._addresses.get(name_key(name), (0, email))
        if not known and before == email:
            return
        where = (
            _("with the address %(email)s") % {"email": known[0]} if known else _("in row %(row)s") % {"row": number}
        )
        sentence = _(
            "%(name)s, %(email)s: somebody of this name is there already, %(where)s. Is it another person?"
        ) % {"name": name, "email": email, "where": where}
        options = ((ANOTHER, _("Another person: invite them")), (LEAVE_OUT, _("The same person: leave this row out")))
        if self._ask(made, f"namesake:{email}", sentence, options) == LEAVE_OUT:
            made.outcome = Outcome.LEFT_OUT

    def _topics(self, row: ReadRow, made: PlannedRow) -> list[Topic]:
        found = [topic for name in row.get("topics") or () for topic in [self._topic(name, made)] if topic]
        most = TOPICS if row.get("role") == Role.MENTOR else CHALLENGES
        if len(found) > most:
            self._fault(made, row, "topics", _("At most %(most)s topics.") % {"most": most})
        return list(dict.fromkeys(found))

    def _topic(self, name: str, made: PlannedRow) -> Topic | None:
        known = self.topics.named(name)
        if known is not None:
            return known
        sentence = _("“%(name)s” is not on the list of topics. Which one is meant?") % {"name": name}
        near = [(str(each.pk), each.name) for each in self.topics.like(name)]
        answer = self._ask(
            made, f"topic:{identity(name)}", sentence, [*near, (LEAVE_OUT, _("None: leave this topic out"))]
        )
        return next((each for pk, each in self.topics.by_id.items() if str(pk) == answer), None)

    def _organisation(self, row: ReadRow, made: PlannedRow) -> Organisation | None:
        name = row.get("organisation")
        if not name or name.casefold().replace(" ", "") in OWN_MASTERS:
            return None
        same = self.organisations.named(name)
        usable = [each for each in same if each.refused_at is None]
        if same and not usable:
            refusal = _("A coordinator has not accepted this organisation: “%(reason)s”") % {"reason": same[0].refusal}
            self._fault(made, row, "organisation", refusal)
            return None
        if len(usable) == 1:
            return usable[0]
        return self._which_organisation(name, usable, made)

    def _which_organisation(self, name: str, usable: list[Organisation], made: PlannedRow) -> Organisation | None:
        sentence = (
            _("There are several organisations called “%(name)s”. Which one is meant?")
            if usable
            else _("“%(name)s” is not on the list of organisations. Which one is meant? If none, add it there first.")
        ) % {"name": name}
        options = [(str(each.pk), each.placed) for each in usable or self.organisations.like(name)]
        nobody = (LEAVE_OUT, _("None: invite them without an organisation; they add it themselves"))
        answer = self._ask(made, f"organisation:{identity(name)}", sentence, [*options, nobody])
        return next((each for pk, each in self.organisations.by_id.items() if str(pk) == answer), None)

    # --- what becomes of it ----------------------------------------------------------------------------------------

    def _decide(self, row: ReadRow, made: PlannedRow, topics: list[Topic], organisation: Organisation | None) -> None:
        email, role, name = row.get("email"), row.get("role"), self._name(row)
        known = self._known(row, topics, organisation)
        made.does = Invited(email, name, role, known)
        state = self.people.state_of(email, role)
        if state == EnrolmentState.APPROVED:
            made.said = [_("Takes part in this role already; their profile is their own.")]
        elif state == EnrolmentState.PENDING:
            made.said = [_("Waits for approval in this role: approve them under Enrolments.")]
        elif not self._was_offered(made):
            made.outcome = Outcome.NEW
            made.said = [self._new_line(email)]
        made.mark = _mark(made.does)

    def _known(self, row: ReadRow, topics: list[Topic], organisation: Organisation | None) -> Prepared:
        mentor = row.get("role") == Role.MENTOR
        plain = ("title", "function", "seniority", "city", "country", "zone", "capacity", "languages")
        values: dict[str, Any] = {key: row.get(key) for key in plain if row.get(key) not in (None, "", ())}
        if organisation is not None:
            values |= {"organisation": organisation, "since": row.get("since")}
        values["expertise" if mentor else "challenges"] = tuple(topics)
        return Prepared(**values)

    def _new_line(self, email: str) -> str:
        if email in self.people.accounts:
            return _("Is invited; has an account, whose profile stays as it is.")
        waiting = self.people.waiting.get(email)
        if waiting is not None and waiting.expires_at > self.now:
            return _("The open invitation offers this role as well, and is sent again.")
        return _("Is invited, with the profile begun.")

    def _was_offered(self, made: PlannedRow) -> bool:
        """Whether the role was offered before, and then what becomes of the row."""
        does: Invited = made.does
        before = [each for each in self.people.offers.get((does.email, does.role), ()) if _counts(each)]
        if not before:
            return False
        invitation = before[0]
        if invitation.revoked_at is not None:
            made.said = [
                _("Declined on %(day)s. Invite them by themselves if they have thought better of it.")
                % {"day": short_day(invitation.revoked_at.date())}
            ]
        elif invitation.completed_at is not None:
            made.said = [_("Accepted an invitation to this role before.")]
        elif invitation.invited_by_id != self.user.pk:
            made.said = [_("Was invited to this role by another coordinator.")]
        else:
            self._correct(made, invitation)
        return True

    def _correct(self, made: PlannedRow, invitation: Invitation) -> None:
        does: Invited = made.does
        changed = prepared.differing(self.people.prepared.get(invitation.pk), does.known)
        if does.email in self.people.accounts:
            changed = []
        if invitation.name != does.name:
            changed.append("name")
        made.said = [_("Was invited by you, and has not answered.")]
        if invitation.expires_at <= self.now:
            made.said = [_("The invitation is out of date: send it again in the list of invitations.")]
        if changed:
            made.outcome = Outcome.CHANGED
            made.does = Invited(does.email, does.name, does.role, does.known, invitation)
            columns = ", ".join(self._called(key) for key in changed)
            made.said = [
                ngettext(
                    "What is prepared for them changes: %(columns)s. No e-mail is sent.",
                    "What is prepared for them changes: %(columns)s. No e-mail is sent.",
                    len(changed),
                )
                % {"columns": columns}
            ]

    def _called(self, key: str) -> str:
        return self.headings.get("topics" if key in prepared.TOPICS else key, key)


def _counts(invitation: Invitation) -> bool:
    """Whether it still says something: revoked by a coordinator, it is as if it had never been."""
    return invitation.revoked_at is None or invitation.declined


def _mark(does: Invited) -> str:
    known = ((key, _codes(value)) for key, value in sorted(does.known.said().items()))
    return repr((does.email, does.name, does.role, [*known]))


def _codes(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_codes(each) for each in value]
    return str(getattr(value, "pk", value))
