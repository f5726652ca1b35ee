"""What an alert tells its coordinators: whole sentences, made in the reader's language from the alert's facts.

Facts are codes, days and nothing that anybody said:

independence, competitors   {"rules": [keys of rules]}
account_closed              {"closed": ["mentee", "mentor"], those whose account it is}
mentor_silent               {"days": [ISO days on which an answer was due]}
check_ins_missed            {"mentee": [ISO days asked on], "mentor": […], "last_answer": ISO day or None}
zone_unknown                {"zone": name as stored, "instead": name of the zone that stands in}
words_unreadable, note_unreadable, undecidable: {"told": true}

What can be done about a kind, and by whom, is a row of `REMEDIES`; `matching.admin.alert_offers` has the links to it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import short_day
from matching.sentences import RULES

Facts = Mapping[str, Any]

logger = logging.getLogger(__name__)


def sentences(kind: str, facts: Facts) -> list[str]:
    """The sentences for an alert's facts; none where the kind says all, one where the facts cannot be read."""
    if kind not in SENTENCES or not facts:
        return []
    try:
        return SENTENCES[kind](facts)
    except (LookupError, TypeError, ValueError, AttributeError):
        logger.exception("the facts of an alert cannot be read", extra={"kind": kind})
        return [_("Its details cannot be read.")]


def _broken_rules(facts: Facts) -> list[str]:
    return [str(RULES[key].pair) for key in facts["rules"]]


def _closed_accounts(facts: Facts) -> list[str]:
    told = {"mentee": _("The mentee’s account is closed."), "mentor": _("The mentor’s account is closed.")}
    return [told[side] for side in facts["closed"]]


def _unanswered_requests(facts: Facts) -> list[str]:
    return [_("The requests could be answered until %(days)s.") % {"days": _days(facts["days"])}]


def _silence(facts: Facts) -> list[str]:
    said = []
    if asked := facts.get("mentee"):
        said.append(_("The mentee was asked on %(days)s and did not answer.") % {"days": _days(asked)})
    if asked := facts.get("mentor"):
        said.append(_("The mentor was asked on %(days)s and did not answer.") % {"days": _days(asked)})
    return [*said, _last_answer(facts["last_answer"])]


def _zone(facts: Facts) -> list[str]:
    told = _("This server does not know the time zone “%(zone)s”. Until another is chosen, %(instead)s stands in.")
    return [told % {"zone": facts["zone"], "instead": facts["instead"]}]


def _unreadable(_facts: Facts) -> list[str]:
    return [_("The words or their key are damaged, or the key is not configured.")]


def _undecidable(_facts: Facts) -> list[str]:
    return [
        _(
            "Something that decides who may meet whom is damaged, or its key is not configured. Until whoever runs the "
            "site has put it right, those concerned are suggested to nobody, nobody is suggested to them, and their "
            "requests wait."
        )
    ]


def _last_answer(day: str | None) -> str:
    if day is None:
        return _("Neither of them has answered yet.")
    return _("The last answer came on %(day)s.") % {"day": _days([day])}


def _days(days: Iterable[str]) -> str:
    """Days as a list in words: "7 April and 5 May"."""
    return get_text_list([short_day(date.fromisoformat(day)) for day in days], _("and"))


SENTENCES: Mapping[str, Callable[[Facts], list[str]]] = {
    "independence": _broken_rules,
    "competitors": _broken_rules,
    "account_closed": _closed_accounts,
    "mentor_silent": _unanswered_requests,
    "check_ins_missed": _silence,
    "zone_unknown": _zone,
    "words_unreadable": _unreadable,
    "note_unreadable": _unreadable,
    "undecidable": _undecidable,
}

# What can be done about each kind of alert, and by whom: one sentence.
REMEDIES: Mapping[str, Any] = {
    "independence": gettext_lazy(
        "You can waive it for the two, correct a tie that is wrong, or end the pairing; until then the pairing goes on."
    ),
    "competitors": gettext_lazy(
        "The cohort allows it, so nothing has to be done; if you and the two would rather not, you can end the "
        "pairing, or have the cohort exclude competitors from now on."
    ),
    "account_closed": gettext_lazy(
        "The pairing goes on until you or the other side end it; only a superuser can open the account again."
    ),
    "introduced_idle": gettext_lazy(
        "You can ask both what is missing, or end the pairing, so that the mentee may ask somebody else."
    ),
    "mentor_silent": gettext_lazy(
        "You can ask the mentor how things are, withdraw a request that waits for them, so that the next mentor is "
        "asked, or withdraw them from the cohort."
    ),
    "shortlist_empty": gettext_lazy(
        "The mentee has been told and can choose others; you can make a match run, or allow them to ask somebody "
        "again who declined."
    ),
    "check_ins_missed": gettext_lazy(
        "You can ask both how things are, pause the pairing while they have no time, or end it; either of the two can, "
        "too."
    ),
    "organisation_new": gettext_lazy(
        "You can confirm the name, merge it into the organisation that is meant, or refuse it with a reason; until "
        "then nobody who works there is asked, or asks."
    ),
    "words_unreadable": gettext_lazy(
        "Nothing can be done at the desk: tell whoever runs the site, who can bring back the key or the words."
    ),
    "note_unreadable": gettext_lazy(
        "You can withdraw the request, so that the next mentor is asked; only whoever runs the site can bring back the "
        "key or the words."
    ),
    "zone_unknown": gettext_lazy(
        "You can ask them to choose another zone in their profile; whoever runs the site can bring its list of zones "
        "up to date."
    ),
    "mentor_wanted": gettext_lazy(
        "No cohort was open to them; you can enrol them as a mentee once one is, and they are told. The same rules of "
        "independence hold for them as for any mentee."
    ),
    "undecidable": gettext_lazy(
        "Nothing can be done at the desk: tell whoever runs the site, who can bring back the key or what is damaged."
    ),
}
