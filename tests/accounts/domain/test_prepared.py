"""What is prepared for somebody who is invited: theirs once they join, and gone otherwise."""

from datetime import date, timedelta

import pytest

from accounts.domain import invitations, merging, prepared
from accounts.domain.prepared import Prepared
from accounts.models import Affiliation, Expertise, Invitation, PreparedProfile, User
from cohorts.domain import offers
from cohorts.states import Role
from common.models import Event
from tests import people
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def clara() -> User:
    return people.person("Clara", staff=True)


def invited(clara: User, role: str = Role.MENTOR, **known: object) -> Invitation:
    here = factories.cohort(coordinators=(clara,))
    made = offers.offer(email="bo@example.org", name="Bo Lind", cohort=here, role=role, user=clara, now=NOW)
    prepared.prepare_all([(made, Prepared(**known))])
    return made


def join(invitation: Invitation) -> User:
    token = invitation.secrets()[0]
    return invitations.join(token=token, name="Bo Lind", zone="Europe/Oslo", now=NOW)


def test_who_joins_finds_it_as_their_profile(clara: User) -> None:
    topic, where = people.topic(), people.organisation("Nordwind")
    known = {
        "organisation": where,
        "title": "Chair",
        "since": date(2020, 1, 6),
        "function": "finance",
        "seniority": 5,
        "country": "DE",
        "city": "Kiel",
        "zone": "Europe/Berlin",
        "languages": ("de",),
        "capacity": 3,
    }
    user = join(invited(clara, **known, expertise=(topic,)))
    profile = User.objects.get(pk=user.pk).profile
    assert (profile.headline, profile.function, profile.seniority, profile.country, profile.city) == (
        *("Chair", "finance", 5, "DE", "Kiel"),
    )
    assert (profile.languages, profile.zone) == (["de"], "Europe/Oslo")  # the zone is what they chose themselves
    tie = Affiliation.objects.get(person=user)
    assert (tie.organisation, tie.title, tie.starts_on) == (where, "Chair", date(2020, 1, 6))
    assert user.mentor_profile.capacity == 3
    assert [each.topic for each in Expertise.objects.filter(mentor=user.pk)] == [topic]
    assert not PreparedProfile.objects.exists()
    told = Event.objects.get(verb="take_up_prepared")
    assert (told.person, told.user) == (user, clara)


def test_a_mentee_gets_challenges_and_nobody_gets_what_is_of_another_role(clara: User) -> None:
    topic = people.topic()
    user = join(invited(clara, role=Role.MENTEE, capacity=3, expertise=(topic,), challenges=(topic,)))
    assert list(user.mentee_profile.challenges.all()) == [topic]
    assert not hasattr(user, "mentor_profile")


def test_without_a_day_the_tie_begins_when_they_join_and_not_to_a_refused_name(clara: User) -> None:
    where = people.organisation()
    user = join(invited(clara, organisation=where))
    assert Affiliation.objects.get(person=user).starts_on == NOW.date()


@pytest.mark.parametrize("end", ["decline", "revoke"])
def test_it_goes_with_the_invitation(end: str, clara: User) -> None:
    made = invited(clara, title="Chair")
    if end == "decline":
        invitations.decline(token=made.secrets()[0], now=NOW)
    else:
        invitations.revoke(invitation=made, user=clara, now=NOW)
    assert not PreparedProfile.objects.exists()


def test_who_has_an_account_by_then_keeps_their_own_profile(clara: User) -> None:
    made = invited(clara, title="Chair")
    user = people.person("Bo Lind", email="bo@example.org")
    invitations.accept(token=made.secrets()[0], user=user, now=NOW)
    user.profile.refresh_from_db()
    assert user.profile.headline != "Chair"
    assert not PreparedProfile.objects.exists()


def test_it_is_cleared_two_months_after_the_invitation_went_out_of_date(clara: User) -> None:
    made = invited(clara, title="Chair")
    assert prepared.clear(now=made.expires_at + prepared.KEPT_AFTER - timedelta(days=1)) == 0
    assert prepared.clear(now=made.expires_at + prepared.KEPT_AFTER) == 1


def test_merged_organisations_are_merged_in_it(clara: User) -> None:
    row, kept = people.organisation("Nordwind"), people.organisation("Nordwind AG")
    made = invited(clara, organisation=row)
    merging.merge(organisation=row, into=kept, user=clara, now=NOW)
    assert PreparedProfile.objects.get(pk=made.pk).organisation == kept
