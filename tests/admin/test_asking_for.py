"""The desk's page on which a coordinator asks a mentor for a mentee."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import NeverWith
from cohorts.models import Enrolment
from cohorts.states import Role
from common.clock import now
from matching.models import Request
from matching.models.requests import Origin
from tests import people
from tests.admin.conftest import Desk
from tests.matching import factories

pytestmark = pytest.mark.django_db


def seeker(desk: Desk, **words: Any) -> Enrolment:
    return factories.enrolment(desk.cohort, people.mentee("Lena Looking"), **words)


def test_who_fits_is_offered_with_reasons_and_asked_by_one_button(desk: Desk) -> None:
    mentee, client = seeker(desk), desk.client(desk.coordinator)
    private = factories.enrolment(desk.cohort, people.mentor("Private Person"), Role.MENTOR)
    NeverWith.objects.put(owner=private.person, person=mentee.person)
    where = reverse("admin:ask_for", args=[mentee.pk])
    shown = client.get(where)
    best = [offer.mentor for offer in shown.context["best"]]
    assert desk.pairing.mentor_enrolment in best
    assert private not in best
    assert all(offer.fit.endswith("%") for offer in shown.context["best"])
    (found,) = client.get(where, {"q": "private"}).context["found"]
    refused = client.post(where, {"mentor": found.mentor.pk})
    assert "no place is free, or for another reason" in refused.text
    assert "Choose a mentor of this cohort." in client.post(where, {"mentor": mentee.pk}).text
    answer = client.post(where, {"mentor": desk.pairing.mentor_enrolment_id})
    made = Request.objects.get(mentee_enrolment=mentee)
    assert (made.origin, made.mentor) == (Origin.COORDINATOR, desk.pairing.mentor)
    assert answer.url == reverse("admin:matching_request_change", args=[made.pk])
    assert "Both are told" in client.get(answer.url).text


def test_others_find_no_page_and_nobody_asks_for_themselves(desk: Desk) -> None:
    mentee = seeker(desk)
    own = factories.enrolment(desk.cohort, desk.coordinator)
    mentor = desk.pairing.mentor_enrolment
    for who, of in (
        (desk.stranger, mentee),
        (desk.coordinator, own),
        (desk.coordinator, mentor),
    ):
        answer = desk.client(who).post(reverse("admin:ask_for", args=[of.pk]), {"mentor": mentor.pk})
        assert answer.status_code == 404, (who, of)
    waits = desk.client(desk.coordinator).get(reverse("admin:ask_for", args=[desk.enrolment.pk]))
    assert "do not take part in this cohort at present" in waits.text
    assert "Who fits best" not in waits.text
    assert not Request.objects.filter(origin=Origin.COORDINATOR).exists()
    mine = factories.enrolment(desk.cohort, people.mentor("Mine Myself"), Role.MENTOR)
    desk.cohort.coordinators.add(mine.person)
    mine.person.is_staff = True
    mine.person.save()
    client = desk.client(mine.person)
    where = reverse("admin:ask_for", args=[mentee.pk])
    assert "Choose a mentor" in client.post(where, {"mentor": mine.pk}).text
    assert client.get(where, {"q": "Mine"}).context["found"] == []
    assert desk.cohort.starts_on < now().date()
