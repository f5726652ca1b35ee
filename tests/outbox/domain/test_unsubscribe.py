"""Stopping one kind of letter."""

import pytest
from django.core import mail, signing

from outbox.domain import unsubscribe
from outbox.domain.delivery import deliver_due
from outbox.kinds import LetterKind, Scope, register
from outbox.models import Letter, Unsubscription
from tests.outbox.conftest import NOW, REMINDER, STATE, plain

OTHER = LetterKind("other", plain, title="Other letters for tests", scope=Scope.SITE)


def opened(person, *kinds):
    return unsubscribe.open_link(unsubscribe.link(person.pk, *kinds).rstrip("/").rpartition("/")[2])


def test_what_was_stopped_is_not_sent_and_the_rest_is(letter, reader):
    subscription = opened(reader, REMINDER)
    assert unsubscribe.stop(subscription, now=NOW)
    assert unsubscribe.stop(subscription, now=NOW)
    assert Unsubscription.objects.count() == 1
    letter()
    letter("2", kind="state")
    deliver_due(NOW)
    assert [message.subject for message in mail.outbox] == ["Letter 2"]
    assert Letter.objects.get(kind="reminder").reason == "unsubscribed"


def test_it_can_be_asked_for_again(letter, reader):
    subscription = opened(reader, REMINDER)
    unsubscribe.stop(subscription, now=NOW)
    assert subscription.stopped
    unsubscribe.restart(subscription)
    assert not subscription.stopped
    letter()
    assert deliver_due(NOW) == 1


def test_contractual_letters_go_on(letter, reader):
    subscription = opened(reader, STATE)
    assert not unsubscribe.stop(subscription, now=NOW)
    assert not subscription.stopped
    assert not Unsubscription.objects.exists()


def test_a_link_for_several_kinds_stops_those_that_can_be(reader):
    register(OTHER)
    subscription = opened(reader, REMINDER, STATE, OTHER)
    unsubscribe.stop(opened(reader, OTHER), now=NOW)
    assert not subscription.stopped, "one of them still comes"
    assert unsubscribe.stop(subscription, now=NOW)
    assert subscription.stopped
    assert set(Unsubscription.objects.values_list("kind", flat=True)) == {"reminder", "other"}
    unsubscribe.restart(subscription)
    assert not Unsubscription.objects.exists()


def test_of_several_kinds_those_that_are_gone_are_left_out(reader):
    assert opened(reader, OTHER, REMINDER).kinds == (REMINDER,)
    with pytest.raises(LookupError):
        opened(reader, OTHER)


@pytest.mark.parametrize("kind", ["reminder", "gone"])
def test_links_that_lead_nowhere(reader, kind):
    reader.is_active = kind == "gone"
    reader.save()
    signed = signing.dumps([str(reader.pk), kind], salt=unsubscribe.SALT)
    with pytest.raises(LookupError):
        unsubscribe.open_link(signed)
    with pytest.raises(LookupError):
        unsubscribe.open_link(signed[:-1])
    with pytest.raises(LookupError):
        unsubscribe.open_link(signing.dumps([str(reader.pk), "reminder"], salt="another purpose"))
