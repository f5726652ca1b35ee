"""What the history tells of letters, and of the times at which all of them were paused."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from common import event_kinds
from common.event_kinds import Concerned, EventSubject, Sentence, Words, concerned_by
from outbox.kinds import registered
from outbox.models import Letter, Trouble


def _concerned(letter: Letter) -> Concerned:
    """The two whom the letter's subject is about, and the recipient."""
    about = concerned_by(letter.subject_type, letter.subject_id)
    return about._replace(person_id=letter.person_id, invitation_id=letter.invitation_id)


def _names(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    kinds = registered()
    rows = Letter.objects.filter(pk__in=ids).values_list("pk", "kind")
    return {pk: kinds[kind].title for pk, kind in rows if kind in kinds}


SUBJECTS = (
    EventSubject(Letter, concerned=_concerned, names=_names),
    EventSubject(Trouble, for_all_desks=True),
)
LETTER: Mapping[str, Sentence] = {
    "resend": _("%(user)s sent the e-mail “%(name)s” to %(person)s again."),
    "leave": _("%(user)s decided not to send the e-mail “%(name)s” to %(person)s again."),
}
TROUBLE: Mapping[str, Sentence] = {
    "hold_restored": _("A backup was restored, and all e-mails wait."),
    "pause_letters": _("%(user)s paused all e-mails."),
    "resume_letters": _("%(user)s let all e-mails leave again."),
}


def register() -> None:
    """Add all of these to what may be recorded."""
    event_kinds.register_subjects(*SUBJECTS)
    event_kinds.register_sentences(Letter, LETTER)
    event_kinds.register_sentences(Trouble, TROUBLE)
