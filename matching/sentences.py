"""What people read of the rules of independence: one row a rule, in each of the places where it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.sentences import NOT_AVAILABLE
from common.transitions import Actor
from matching.engine import OTHER
from matching.states import Fact, PairingState

COHORT_OVER = _("This cohort has ended, so nobody can be asked in it any more.")


def paired_line(state: str, mentor: str) -> str:
    """To a mentee, why nobody else can be asked: the pairing with `mentor` that is open, which may not have begun."""
    if state != PairingState.INTRODUCED:
        return gettext("You already have a mentor in this cohort.")
    return gettext("You and %(name)s have been introduced. As long as that is open, nobody else can be asked.") % {
        "name": mentor
    }


@dataclass(frozen=True)
class RuleSentences:
    """How a rule is told.

    refusal     to one of the two, whom it holds back
    others      to a mentee: why others cannot be asked, beside how many they are
    at_desk     to a coordinator: how many (`%(count)s`) mentors it excludes for a mentee
    pair        to a coordinator: what it says of two who are paired; of rules that can come to be broken then
    """

    refusal: Any
    others: Any
    at_desk: Any
    pair: Any = ""


RULES: Mapping[str, RuleSentences] = {
    "same_person": RuleSentences(
        refusal=_("You cannot be your own mentor."),
        others=_("Yourself"),
        at_desk=_("%(count)s the mentee’s own enrolment as a mentor"),
        pair=_("They are one and the same person."),
    ),
    "mentee_unconfirmed": RuleSentences(
        refusal=_(
            "Say where you work first. A new organisation’s name has to be confirmed by a coordinator "
            "before anybody is asked."
        ),
        others=_("Your own employer is still to be named or confirmed"),
        at_desk=_("%(count)s while the mentee’s own employer is still to be named or confirmed"),
    ),
    "same_employer": RuleSentences(
        refusal=_("You both work for the same organisation. A mentor always comes from another one."),
        others=_("In your own organisation"),
        at_desk=_("%(count)s in the same organisation"),
        pair=_("Both work for the same organisation."),
    ),
    "same_family": RuleSentences(
        refusal=_("Your organisations belong to the same group. A mentor always comes from outside it."),
        others=_("In your organisation’s group"),
        at_desk=_("%(count)s in the same group"),
        pair=_("Their organisations belong to the same group."),
    ),
    "competitors": RuleSentences(
        refusal=_(
            "An organisation that one of you works for, or is tied to by a board seat, an investment or advice, "
            "competes with one of the other’s."
        ),
        others=_("With, or tied to, a competitor of an organisation of yours"),
        at_desk=_("%(count)s with a competitor, or tied to one"),
        pair=_("An organisation that one of them works for or is tied to competes with one of the other’s."),
    ),
    "current_tie": RuleSentences(
        refusal=_("One of you sits on the board of the other’s organisation, invests in it or advises it."),
        others=_("Tied to your organisation, or you to theirs, by a board seat, an investment or advice"),
        at_desk=_("%(count)s tied by a board seat, an investment or advice"),
        pair=_("One of them sits on the board of the other’s organisation, invests in it or advises it."),
    ),
    "shared_tie": RuleSentences(
        refusal=_("You both sit on the board of one group of organisations, invest in it or advise it."),
        others=_("Tied to a group to which you are tied, too, by a board seat, an investment or advice"),
        at_desk=_("%(count)s tied to a third organisation to which the mentee is tied, too"),
        pair=_("Both sit on the board of one group of organisations, invest in it or advise it."),
    ),
    "former_tie": RuleSentences(
        refusal=_(
            "One of you worked for the other’s organisation, or was tied to it by a board seat, an investment or "
            "advice, until not long ago."
        ),
        others=_("Worked for or tied to your organisation until not long ago, or you to theirs"),
        at_desk=_("%(count)s with a former job or tie at the other’s organisation within the look-back"),
        pair=_("One of them worked for the other’s organisation, or was tied to it, until not long ago."),
    ),
    "reverse_pairing": RuleSentences(
        refusal=_("You are paired already, with the roles the other way round."),
        others=_("Mentored by you"),
        at_desk=_("%(count)s mentored by the mentee"),
    ),
    "already_paired": RuleSentences(
        refusal=_("You are paired already."),
        others=_("Paired with you"),
        at_desk=_("%(count)s paired with the mentee"),
    ),
    "declined": RuleSentences(
        refusal=_("This mentor has declined in this cohort."),
        others=_("Declined earlier in this cohort"),
        at_desk=_("%(count)s declined in this cohort"),
    ),
    "paired_before": RuleSentences(
        refusal=_("You were paired before. It takes both of you to ask for each other again."),
        others=_("Paired with you before"),
        at_desk=_("%(count)s paired before"),
    ),
    # Private and practical reasons read alike, and cannot be taken apart.
    OTHER: RuleSentences(
        refusal=NOT_AVAILABLE,
        others=_("Full, away or not available at present"),
        at_desk=_("%(count)s other reasons"),
    ),
}


@dataclass(frozen=True)
class HoldSentences:
    """Why a request is held: to whom of the two it is about, and to the other (`%(name)s`)."""

    about: Actor
    own: Any
    other: Any


_OTHER_EMPLOYER = _("Where %(name)s works is being brought up to date.")
_NO_EMPLOYER = _("You have named no employer for today. Say where you work, or that you are independent.")
_UNCONFIRMED = _("A coordinator has yet to confirm the name of your employer.")
HOLDS: Mapping[str, HoldSentences] = {
    Fact.MENTEE_WITHOUT_EMPLOYER: HoldSentences(Actor.MENTEE, _NO_EMPLOYER, _OTHER_EMPLOYER),
    Fact.MENTOR_WITHOUT_EMPLOYER: HoldSentences(Actor.MENTOR, _NO_EMPLOYER, _OTHER_EMPLOYER),
    Fact.MENTEE_UNCONFIRMED: HoldSentences(Actor.MENTEE, _UNCONFIRMED, _OTHER_EMPLOYER),
    Fact.MENTOR_UNCONFIRMED: HoldSentences(Actor.MENTOR, _UNCONFIRMED, _OTHER_EMPLOYER),
}
NO_PLACE_FREE = _(
    "None of your places is open at present. Offer one more in your profile to accept, or decline kindly. If your "
    "coordinator has set how many you take in this cohort, ask them."
)


def hold_line(held_for: str, reader: Actor, name: str) -> str:
    """Why a request is held, as one of the two reads it; `name` is the other's. Empty while it is not held."""
    if not held_for:
        return ""
    told = HOLDS[held_for]
    return str(told.own) if told.about is reader else str(told.other) % {"name": name}
