"""What the history tells of people, organisations, topics and invitations."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from accounts.choices import AffiliationKind
from accounts.models import (
    Affiliation,
    Competition,
    Invitation,
    MenteeProfile,
    MentorProfile,
    Organisation,
    OtherName,
    Profile,
    Topic,
    User,
)
from common import event_kinds
from common.event_kinds import Concerned, EventSubject, Sentence, Words, by_actor
from common.models import Event
from common.transitions import Actor


def _competitors(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    """The two organisations, also where they compete no more: the event of that day keeps their ids."""
    rows = Competition.objects.filter(pk__in=ids).select_related("first", "second")
    named: dict[UUID, Words] = {row.pk: str(row) for row in rows}
    return {**named, **_former_competitors(set(ids) - set(named))}


def _former_competitors(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    if not ids:
        return {}
    ended = Event.objects.filter(subject_type="competition", verb="stop_competing", subject_id__in=ids)
    pairs = {event.subject_id: [UUID(code) for code in event.codes()] for event in ended}
    names = _organisations({pk for pair in pairs.values() for pk in pair})
    return {pk: f"{names[one]} × {names[other]}" for pk, (one, other) in pairs.items() if {one, other} <= set(names)}


def _organisations(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    """Those that were merged into others have their names still."""
    merged = OtherName.objects.filter(merged_id__in=ids).values_list("merged_id", "name")
    named = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {**named, **{pk: name for pk, name in merged if pk}}


def _other_names(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    """The name as it was, and the organisation as it is called today."""
    rows = OtherName.objects.filter(pk__in=ids).select_related("organisation")
    return {row.pk: f"{row.name} → {row.organisation.name}" for row in rows}


def _topics(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    return dict(Topic.objects.filter(pk__in=ids).values_list("pk", "name"))


def _invited(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    return {row.pk: row.name or row.email for row in Invitation.objects.filter(pk__in=ids)}


# What a person changed about themselves, or had changed: fields of their profiles, and kinds of ties.
LABELS: Mapping[str, Words] = {
    **{
        field.name: field.verbose_name
        for model in (Profile, MenteeProfile, MentorProfile, User)
        for field in model._meta.fields  # noqa: SLF001 - Django's documented way to a model's fields
    },
    **{kind.value: kind.label for kind in AffiliationKind},
    "aims": _("aims"),
    "challenges": _("challenges"),
    "expertise": _("expertise"),
    "leave": _("days away"),
    "about": _("in their own words"),
    "organisation": _("organisation"),
    "title": _("title"),
    "since": _("in this position since"),
}
SUBJECTS = (
    EventSubject(
        User,
        needs=frozenset({"person_id"}),
        concerned=lambda user: Concerned(person_id=user.pk),
        labels=LABELS,
    ),
    EventSubject(
        Affiliation,
        needs=frozenset({"person_id"}),
        concerned=lambda affiliation: Concerned(person_id=affiliation.person_id),
    ),
    EventSubject(
        Organisation,
        names=_organisations,
        labels={"industry": _("industry"), "country": _("country")},
    ),
    EventSubject(OtherName, names=_other_names),
    EventSubject(Competition, names=_competitors),
    EventSubject(Topic, names=_topics),
    EventSubject(
        Invitation,
        needs=frozenset({"invitation_id"}),
        concerned=lambda invitation: Concerned(invitation_id=invitation.pk),
        names=_invited,
        labels=LABELS,
    ),
)


def _exported(event: Event) -> Words:
    """Which list it was, of how many rows, and as what."""
    said = dict(code.split(":", 1) for code in event.codes() if ":" in code)
    if not said:
        return _("%(user)s downloaded a list of the desk.")
    named = apps.get_model(said["list"])._meta.verbose_name_plural  # noqa: SLF001 - Django's documented way
    told = _("%%(user)s downloaded a list of the desk with %(rows)s rows as %(as)s: %(list)s.")
    return str(told) % {"list": str(named).replace("%", "%%"), "rows": said["rows"], "as": said["as"].upper()}


USER: Mapping[str, Sentence] = {
    "export": _exported,
    "edit_profile": _("%(person)s changed their profile: %(fields)s."),
    "change_ties": by_actor(
        {
            Actor.PERSON: _("%(person)s changed their ties: %(fields)s."),
            Actor.COORDINATOR: _("%(user)s changed the ties of %(person)s: %(fields)s."),
        }
    ),
    "take_back_tie": by_actor(
        {
            Actor.PERSON: _("%(person)s took back a tie entered by mistake: %(fields)s."),
            Actor.COORDINATOR: _("%(user)s took away a tie of %(person)s that was entered by mistake: %(fields)s."),
        }
    ),
    "ask_new_address": _("%(person)s asked for another e-mail address, which takes effect a day later."),
    "undo_new_address": _("%(person)s kept the e-mail address after all."),
    "change_address": _("The new e-mail address of %(person)s took effect."),
    "reset_second_factor": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s took away the lost second factor of %(person)s."),
            Actor.SYSTEM: _("The lost second factor of %(person)s was taken away on the server."),
        }
    ),
    "close_account": _("%(user)s closed the account of %(person)s."),
    "reopen_account": _("%(user)s opened the account of %(person)s again."),
    "ask_erasure": by_actor(
        {
            Actor.PERSON: _("%(person)s asked for what is held of them to be erased; the account was closed."),
            Actor.COORDINATOR: _("%(user)s began to erase what is held of %(person)s; the account was closed."),
        }
    ),
    "undo_erasure": by_actor(
        {
            Actor.PERSON: _("%(person)s kept the account after all."),
            Actor.COORDINATOR: _("%(user)s stopped the erasing of the account of %(person)s."),
        }
    ),
    "erase": _("What was held of a person was erased, as had been asked for: %(person)s."),
    "take_up_prepared": _("%(person)s joined with what %(user)s had prepared of their profile: %(fields)s."),
    "change": _("%(user)s changed the account of %(person)s."),
}
AFFILIATION: Mapping[str, Sentence] = {
    "add": _("%(user)s added a tie of %(person)s."),
    "change": _("%(user)s ended a tie of %(person)s."),
}
ORGANISATION: Mapping[str, Sentence] = {
    "add": _("%(user)s added the organisation %(name)s."),
    "change": _("%(user)s changed the organisation %(name)s: %(fields)s."),
    "confirm": _("%(user)s confirmed the organisation %(name)s."),
    "remove_name": _("%(user)s removed another name of the organisation %(name)s."),
    "refuse": _("%(user)s did not accept the organisation %(name)s."),
    "own": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s changed who owns %(name)s."),
            Actor.SYSTEM: _("It was changed automatically who owns %(name)s."),
        }
    ),
}
OTHER_NAME: Mapping[str, Sentence] = {
    "add": _("%(user)s added another name of an organisation: %(name)s."),
    "date": _("%(user)s corrected until when an organisation had another name: %(name)s."),
    "rename": _("%(user)s renamed an organisation: %(name)s."),
    "merge": _("%(user)s merged one organisation into another: %(name)s."),
}
COMPETITION: Mapping[str, Sentence] = {
    "compete": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s declared two organisations to be competitors: %(name)s."),
            Actor.SYSTEM: _("Two organisations were declared automatically to be competitors: %(name)s."),
        }
    ),
    "stop_competing": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s declared that two organisations no longer compete: %(name)s."),
            Actor.SYSTEM: _("It was declared automatically that two organisations no longer compete: %(name)s."),
        }
    ),
}
TOPIC: Mapping[str, Sentence] = {
    "add": _("%(user)s added the topic %(name)s."),
    "change": _("%(user)s changed the topic %(name)s."),
}
INVITATION: Mapping[str, Sentence] = {
    "invite": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s invited %(name)s."),
            Actor.PERSON: _("%(user)s invited %(name)s as an assistant."),
            Actor.SYSTEM: _("%(name)s was invited automatically."),
        }
    ),
    "resend": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s sent %(name)s the invitation again."),
            Actor.PERSON: _("%(user)s sent %(name)s the invitation as an assistant again."),
            Actor.SYSTEM: _("%(name)s was sent the invitation again automatically."),
        }
    ),
    "prepare": _("%(user)s changed what is prepared for %(name)s: %(fields)s."),
    "decline": _("%(name)s declined the invitation."),
    "revoke": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s revoked the invitation of %(name)s."),
            Actor.PERSON: _("%(user)s revoked the invitation of %(name)s as an assistant."),
            Actor.SYSTEM: _("The invitation of %(name)s was revoked automatically."),
        }
    ),
}


def register() -> None:
    """Add all of these to what may be recorded."""
    event_kinds.register_subjects(*SUBJECTS)
    event_kinds.register_sentences(User, USER)
    event_kinds.register_sentences(Affiliation, AFFILIATION)
    event_kinds.register_sentences(Organisation, ORGANISATION)
    event_kinds.register_sentences(OtherName, OTHER_NAME)
    event_kinds.register_sentences(Competition, COMPETITION)
    event_kinds.register_sentences(Topic, TOPIC)
    event_kinds.register_sentences(Invitation, INVITATION)
