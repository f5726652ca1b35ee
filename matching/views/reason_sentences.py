"""What each reason says: whole sentences, one for each reader.

Words to fill in: `name` is whom the reader is told about, `topic` the topic's name.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matching.engine import Why


class Sentences(NamedTuple):
    """The same fact for the mentee, for the mentor, and for the coordinators."""

    for_mentee: str | Promise
    for_mentor: str | Promise
    for_desk: str | Promise


def _same_for_both(for_the_two: str | Promise, for_desk: str | Promise) -> Sentences:
    return Sentences(for_the_two, for_the_two, for_desk)


NOTHING_IN_PARTICULAR = Sentences(
    _("%(name)s comes from outside your organisation and has a place open."),
    _("%(name)s comes from outside your organisation."),
    _("From outside the organisation, with a place open."),
)

# Those that say one thing, whatever else the reason holds.
PLAIN: Mapping[Why, Sentences] = {
    Why.SAME_INDUSTRY: Sentences(
        _("From your own industry, as you asked"),
        _("From your own industry, as %(name)s asked"),
        _("From the same industry, as asked"),
    ),
    Why.OTHER_INDUSTRY: Sentences(
        _("From outside your industry, as you asked"),
        _("From outside your industry, as %(name)s asked"),
        _("From another industry, as asked"),
    ),
    Why.SAME_FUNCTION: _same_for_both(_("You answer for the same function"), _("The same function")),
    Why.OTHER_FUNCTION: Sentences(
        _("%(name)s answers for another function"), _("You answer for another function"), _("Another function")
    ),
    Why.CHALLENGES_UNMET: Sentences(
        _("%(name)s does not name all your challenges"),
        _("%(name)s has challenges that you do not name"),
        _("Not every challenge"),
    ),
    Why.SHARED_LANGUAGES: _same_for_both(_("You speak the same language"), _("A language in common")),
    Why.NO_SHARED_LANGUAGE: _same_for_both(_("You have named no language in common"), _("No language in common")),
    Why.BOTH_AGAIN: _same_for_both(
        _("You both said that you would gladly meet again"), _("Both said that they would gladly meet again")
    ),
    Why.SHORTLISTED: _same_for_both(
        _("On the mentee’s shortlist, place %(number)s"), _("On the mentee’s shortlist, place %(number)s")
    ),
    Why.LET_DOWN: _same_for_both(
        _("The mentee was let down before, and comes first"), _("The mentee was let down before, and comes first")
    ),
}

# Where the mentor comes from speaks for or against, as the mentee prefers: these against.
UNWANTED: Mapping[Why, Sentences] = {
    Why.SAME_INDUSTRY: Sentences(
        _("From your own industry; you asked for another"),
        _("From your own industry; %(name)s asked for another"),
        _("From the same industry; another was asked for"),
    ),
    Why.OTHER_INDUSTRY: Sentences(
        _("From another industry; you asked for your own"),
        _("From another industry; %(name)s asked for the same"),
        _("From another industry; the same was asked for"),
    ),
}

# `levels`: "2 levels".
HIGHER = Sentences(
    _("%(name)s stands where you may want to go next, %(levels)s up"),
    _("You stand where %(name)s may want to go next, %(levels)s up"),
    _("Further up by %(levels)s"),
)
PEER = _same_for_both(_("%(name)s carries as much as you do"), _("A peer"))
LOWER = Sentences(
    _("%(name)s stands less far up than you, by %(levels)s"),
    _("You stand less far up than %(name)s, by %(levels)s"),
    _("Less far up by %(levels)s"),
)

HOURS_NOT_SHARED = _same_for_both(_("Your working hours do not overlap"), _("Working hours do not overlap"))
HOURS_COUNTED = _same_for_both(_("Working hours in common"), _("Working hours in common"))
HOURS_SHARED = _same_for_both(
    _("Works your hours %(starts)s–%(ends)s"), _("Both work %(starts)s–%(ends)s on your clock")
)

# By the place of the aim (0: any further one) and how well the mentor knows the topic, from 1 to 3.
AIM_MET: Mapping[tuple[int, int], Sentences] = {
    (1, 1): Sentences(
        _("%(topic)s, your first aim: %(name)s has worked with it"),
        _("%(topic)s, %(name)s’s first aim: you have worked with it"),
        _("%(topic)s, the first aim: worked with it"),
    ),
    (1, 2): Sentences(
        _("%(topic)s, your first aim: %(name)s has led it"),
        _("%(topic)s, %(name)s’s first aim: you have led it"),
        _("%(topic)s, the first aim: led it"),
    ),
    (1, 3): Sentences(
        _("%(topic)s, your first aim: %(name)s has led it several times"),
        _("%(topic)s, %(name)s’s first aim: you have led it several times"),
        _("%(topic)s, the first aim: led it several times"),
    ),
    (2, 1): Sentences(
        _("%(topic)s, your second aim: %(name)s has worked with it"),
        _("%(topic)s, %(name)s’s second aim: you have worked with it"),
        _("%(topic)s, the second aim: worked with it"),
    ),
    (2, 2): Sentences(
        _("%(topic)s, your second aim: %(name)s has led it"),
        _("%(topic)s, %(name)s’s second aim: you have led it"),
        _("%(topic)s, the second aim: led it"),
    ),
    (2, 3): Sentences(
        _("%(topic)s, your second aim: %(name)s has led it several times"),
        _("%(topic)s, %(name)s’s second aim: you have led it several times"),
        _("%(topic)s, the second aim: led it several times"),
    ),
    (3, 1): Sentences(
        _("%(topic)s, your third aim: %(name)s has worked with it"),
        _("%(topic)s, %(name)s’s third aim: you have worked with it"),
        _("%(topic)s, the third aim: worked with it"),
    ),
    (3, 2): Sentences(
        _("%(topic)s, your third aim: %(name)s has led it"),
        _("%(topic)s, %(name)s’s third aim: you have led it"),
        _("%(topic)s, the third aim: led it"),
    ),
    (3, 3): Sentences(
        _("%(topic)s, your third aim: %(name)s has led it several times"),
        _("%(topic)s, %(name)s’s third aim: you have led it several times"),
        _("%(topic)s, the third aim: led it several times"),
    ),
    (0, 1): Sentences(
        _("%(topic)s, an aim of yours: %(name)s has worked with it"),
        _("%(topic)s, an aim of %(name)s’s: you have worked with it"),
        _("%(topic)s, an aim: worked with it"),
    ),
    (0, 2): Sentences(
        _("%(topic)s, an aim of yours: %(name)s has led it"),
        _("%(topic)s, an aim of %(name)s’s: you have led it"),
        _("%(topic)s, an aim: led it"),
    ),
    (0, 3): Sentences(
        _("%(topic)s, an aim of yours: %(name)s has led it several times"),
        _("%(topic)s, an aim of %(name)s’s: you have led it several times"),
        _("%(topic)s, an aim: led it several times"),
    ),
}
# By the place of the aim, as above.
AIM_UNMET: Mapping[int, Sentences] = {
    1: Sentences(
        _("Does not offer %(topic)s, your first aim"),
        _("You do not offer %(topic)s, %(name)s’s first aim"),
        _("Does not offer %(topic)s, the first aim"),
    ),
    2: Sentences(
        _("Does not offer %(topic)s, your second aim"),
        _("You do not offer %(topic)s, %(name)s’s second aim"),
        _("Does not offer %(topic)s, the second aim"),
    ),
    3: Sentences(
        _("Does not offer %(topic)s, your third aim"),
        _("You do not offer %(topic)s, %(name)s’s third aim"),
        _("Does not offer %(topic)s, the third aim"),
    ),
    0: Sentences(
        _("Does not offer %(topic)s, an aim of yours"),
        _("You do not offer %(topic)s, an aim of %(name)s’s"),
        _("Does not offer %(topic)s, an aim"),
    ),
}
# By how well the mentor knows the topic.
CHALLENGE_MET: Mapping[int, Sentences] = {
    1: Sentences(
        _("%(topic)s, a challenge of yours: %(name)s has worked with it"),
        _("%(topic)s, a challenge of %(name)s’s: you have worked with it"),
        _("%(topic)s, a challenge: worked with it"),
    ),
    2: Sentences(
        _("%(topic)s, a challenge of yours: %(name)s has led it"),
        _("%(topic)s, a challenge of %(name)s’s: you have led it"),
        _("%(topic)s, a challenge: led it"),
    ),
    3: Sentences(
        _("%(topic)s, a challenge of yours: %(name)s has led it several times"),
        _("%(topic)s, a challenge of %(name)s’s: you have led it several times"),
        _("%(topic)s, a challenge: led it several times"),
    ),
}
