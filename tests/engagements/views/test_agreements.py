"""Reading, changing and signing the agreement."""

import pytest
from django.urls import reverse

from engagements.domain import agreements
from engagements.models import Agreement
from tests import people
from tests.engagements import stories
from tests.engagements.stories import SECRET, TERMS
from tests.engagements.views.conftest import MISSING, as_missing
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
TYPED = {
    "meetings_a_month": "2",
    "cadence": "week-4",
    "day": "",
    "planned_end": "2026-12-11",
    "amendments": SECRET,
    "based_on": "0",
}


def page_of(response):
    return " ".join(response.content.decode().split())


def written(pairing, user=None, **words):
    return agreements.propose(pairing=pairing, user=user or pairing.mentee, **{**TERMS, **words}, now=NOW)


def test_the_first_version_starts_from_the_cohort(visit):
    pairing = stories.agreeing()
    assert visit(pairing.mentee, "agreement", pairing.pk).headers["Location"] == reverse(
        "engagements:change_agreement", args=[pairing.pk]
    )
    response = visit(pairing.mentee, "change_agreement", pairing.pk)
    assert response.context["form"].initial == {
        "meetings_a_month": 1,
        "cadence": "week-4",
        "day": "",
        "planned_end": pairing.cohort.ends_on,
        "amendments": "",
        "based_on": 0,
    }
    assert 'value="2026-12-11"' in page_of(response)


def test_what_one_has_written_oneself_is_not_the_other_s(send):
    pairing = stories.agreeing()
    written(pairing)
    page = page_of(send(pairing.mentee, "change_agreement", pairing.pk, **TYPED))
    assert "You have sent another version meanwhile" in page
    assert "The other side has written" not in page
    assert SECRET in page


def test_written_sent_read_and_signed(visit, send):
    pairing = stories.agreeing()
    response = send(pairing.mentee, "change_agreement", pairing.pk, **TYPED)
    assert response.headers["Location"] == reverse("engagements:agreement", args=[pairing.pk])
    agreement = Agreement.objects.get()
    mine = page_of(visit(pairing.mentee, "agreement", pairing.pk))
    assert "You have signed" in mine
    assert reverse("engagements:sign", args=[agreement.pk]) not in mine
    theirs = page_of(visit(pairing.mentor, "agreement", pairing.pk))
    for expected in (SECRET, "2 times a month", "Every 4 weeks", "Friday 11 December", "Not yet signed"):
        assert expected in theirs
    assert reverse("engagements:sign", args=[agreement.pk]) in theirs
    response = send(pairing.mentor, "sign", agreement.pk)
    assert response.headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    pairing.refresh_from_db()
    assert pairing.state == "active"
    after = page_of(visit(pairing.mentor, "agreement", pairing.pk))
    assert "Sign the agreement" not in after
    assert "Change it" not in after
    assert SECRET in after


def test_a_change_starts_from_what_stands(visit, send):
    pairing = stories.agreeing()
    written(pairing, amendments=SECRET)
    response = visit(pairing.mentor, "change_agreement", pairing.pk)
    assert response.context["form"].initial["amendments"] == SECRET
    assert response.context["form"].initial["based_on"] == 1
    other = {"based_on": "1", "cadence": "month-2", "day": "3-1"}
    send(pairing.mentor, "change_agreement", pairing.pk, **{**TYPED, **other})
    assert Agreement.objects.filter(pairing=pairing).count() == 2
    assert "Every 2 months, on the third Tuesday" in page_of(visit(pairing.mentee, "agreement", pairing.pk))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("planned_end", "2026-03-09"),
        ("planned_end", "2026-03-20"),
        ("planned_end", "next year"),
        ("planned_end", ""),
        ("planned_end", "9999-12-31"),
        ("cadence", "week-14"),
        ("cadence", "often"),
        ("cadence", ""),
        ("day", "3-1"),
        ("day", "6-1"),
        ("meetings_a_month", "9"),
        ("amendments", "x" * 2001),
        ("based_on", "-1"),
        ("based_on", "one"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(send, field, value):
    pairing = stories.agreeing()
    response = send(pairing.mentee, "change_agreement", pairing.pk, **{**TYPED, field: value})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    if field != "amendments":
        assert SECRET in page_of(response)
    assert not Agreement.objects.exists()


def test_over_a_newer_version_nothing_is_lost_and_sending_again_works(send):
    pairing = stories.agreeing()
    written(pairing, user=pairing.mentor, amendments="Theirs, meanwhile.")
    response = send(pairing.mentee, "change_agreement", pairing.pk, **TYPED)
    page = page_of(response)
    assert "has written a new version meanwhile" in page
    assert "Theirs, meanwhile." in page
    assert SECRET in page
    assert response.context["form"].data["based_on"] == "1"
    send(pairing.mentee, "change_agreement", pairing.pk, **response.context["form"].data)
    assert Agreement.objects.filter(pairing=pairing).count() == 2


def test_signing_an_old_version_leads_to_the_new_one(send):
    pairing = stories.agreeing()
    old = written(pairing)
    written(pairing, user=pairing.mentee)
    response = send(pairing.mentor, "sign", old.pk)
    assert response.headers["Location"] == reverse("engagements:agreement", args=[pairing.pk])
    pairing.refresh_from_db()
    assert pairing.state == "introduced"


def test_signing_twice_by_double_click(send):
    pairing = stories.agreeing()
    agreement = written(pairing)
    for user in (pairing.mentee, pairing.mentor, pairing.mentor):
        assert send(user, "sign", agreement.pk).headers["Location"] == reverse("engagements:pairing", args=[pairing.pk])
    pairing.refresh_from_db()
    assert pairing.state == "active"


def test_signing_is_a_post(visit):
    pairing = stories.agreeing()
    assert visit(pairing.mentor, "sign", written(pairing).pk).status_code == 405


def test_a_foreign_agreement_is_a_missing_one(send):
    agreement = written(stories.agreeing())
    for stranger in (people.person(), people.person(staff=True), stories.agreeing().mentee):
        assert as_missing(send(stranger, "sign", agreement.pk), send(stranger, "sign", MISSING), agreement.pk, MISSING)


@pytest.mark.parametrize("story", [stories.introduced, stories.active])
def test_out_of_its_time_it_can_be_read_but_not_written(visit, send, story):
    pairing = story()
    assert visit(pairing.mentee, "change_agreement", pairing.pk).status_code == 302
    assert visit(pairing.mentee, "agreement", pairing.pk).status_code == 200
    before = Agreement.objects.count()
    response = send(pairing.mentee, "change_agreement", pairing.pk, **TYPED)
    assert "This has changed since the page was shown" in page_of(response)
    assert SECRET in page_of(response)
    assert Agreement.objects.count() == before
