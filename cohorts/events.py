"""What the history tells of cohorts, of who takes part in them, and of spreadsheets that are brought in."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrolment, SheetImport
from common import event_kinds
from common.event_kinds import Concerned, EventSubject, Sentence, Words, by_actor
from common.models import Event
from common.transitions import Actor


def _cohorts(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    return dict(Cohort.objects.filter(pk__in=ids).values_list("pk", "name"))


def _cohorts_of_enrolments(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    return dict(Enrolment.objects.filter(pk__in=ids).values_list("pk", "cohort__name"))


def _files(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    return dict(SheetImport.objects.filter(pk__in=ids).values_list("pk", "file_name"))


SUBJECTS = (
    EventSubject(Cohort, needs=frozenset({"cohort_id"}), names=_cohorts),
    EventSubject(
        Enrolment,
        needs=frozenset({"cohort_id", "person_id"}),
        concerned=lambda enrolment: Concerned(person_id=enrolment.person_id),
        names=_cohorts_of_enrolments,
    ),
    EventSubject(SheetImport, names=_files),
)


def _to_so_many(said: Words) -> Callable[[Event], Words]:
    """A sentence with the number of people that the event keeps."""

    def sentence(event: Event) -> Words:
        kept = dict(code.split(":", 1) for code in event.codes() if ":" in code)
        return str(said) % {"people": kept.get("people", "0")}

    return sentence


COHORT: Mapping[str, Sentence] = {
    "write_to": _to_so_many(_("%%(user)s wrote an e-mail to people of the cohort %%(name)s: %(people)s of them.")),
    "stop_writing": _to_so_many(
        _("%%(user)s stopped a message to the cohort %%(name)s before it left: %(people)s e-mails.")
    ),
    "add": _("%(user)s made the cohort %(name)s."),
    "change": _("%(user)s changed the cohort %(name)s."),
    "move_end": _("%(user)s moved the end of the cohort %(name)s."),
    "appoint": _("%(user)s appointed another coordinator of the cohort %(name)s by an invitation, which was accepted."),
}
ENROLMENT: Mapping[str, Sentence] = {
    "enrol": by_actor(
        {
            Actor.MENTEE: _("%(person)s asked to take part in the cohort %(name)s as a mentee."),
            Actor.MENTOR: _("%(person)s asked to take part in the cohort %(name)s as a mentor."),
            Actor.COORDINATOR: _("%(user)s enrolled %(person)s in the cohort %(name)s."),
        }
    ),
    "approve": _("%(user)s approved that %(person)s takes part in the cohort %(name)s."),
    "join": _("%(person)s accepted an invitation to take part in the cohort %(name)s."),
    "withdraw": by_actor(
        {
            Actor.MENTEE: _("%(person)s no longer takes part in the cohort %(name)s as a mentee."),
            Actor.MENTOR: _("%(person)s no longer takes part in the cohort %(name)s as a mentor."),
            Actor.COORDINATOR: _("%(user)s withdrew %(person)s from the cohort %(name)s."),
        }
    ),
    "take_back": by_actor(
        {
            Actor.MENTEE: _("%(person)s no longer asks to take part as a mentee."),
            Actor.MENTOR: _("%(person)s no longer asks to take part as a mentor."),
        }
    ),
    "set_capacity": _("%(user)s set how many mentees %(person)s takes in the cohort %(name)s."),
}
IMPORT: Mapping[str, Sentence] = {
    "upload": _("%(user)s uploaded the spreadsheet %(name)s; nothing was brought in yet."),
    "confirm": _("%(user)s confirmed that the spreadsheet %(name)s is brought in."),
    "finish": _("The spreadsheet %(name)s, which %(user)s had confirmed, was brought in."),
    "give_back": _("Nothing of the spreadsheet %(name)s was brought in: it waits to be looked at again."),
    "discard": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s discarded the spreadsheet %(name)s."),
            Actor.CLOCK: _("The spreadsheet %(name)s was discarded: nobody had confirmed it for a day."),
        }
    ),
}


def register() -> None:
    """Add all of these to what may be recorded."""
    event_kinds.register_subjects(*SUBJECTS)
    event_kinds.register_sentences(Cohort, COHORT)
    event_kinds.register_sentences(Enrolment, ENROLMENT)
    event_kinds.register_sentences(SheetImport, IMPORT)
