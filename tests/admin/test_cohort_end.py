"""A coordinator moves the end of a cohort, having read whom it touches; days that cannot be are refused in place."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cohorts.domain import dates
from cohorts.models import Cohort
from common.clock import now as clock
from matching.models import Pairing
from tests.admin.conftest import Desk
from tests.admin.test_verbs import act

pytestmark = pytest.mark.django_db


def test_the_end_is_moved_by_a_verb_that_first_says_whom_it_touches(desk: Desk) -> None:
    Pairing.objects.filter(pk=desk.pairing.pk).update(planned_end=desk.cohort.ends_on)
    new = desk.cohort.ends_on + timedelta(days=90)
    shown = act(desk, desk.cohort, "move_end", ends_on=new)
    assert "1 pairing that has begun was planned until the former last day" in shown
    assert desk.cohort.ends_on != new
    told = dates.foreseen(cohort=desk.cohort, ends_on=new, now=clock())
    act(desk, desk.cohort, "move_end", ends_on=new, told=told)
    desk.pairing.refresh_from_db()
    assert desk.pairing.planned_end != desk.cohort.ends_on == new
    assert desk.pairing.length_proposals.get().planned_end == new
    assert (
        "moved the end of the cohort"
        in desk.client(desk.coordinator).get(reverse("admin:common_event_changelist")).content.decode()
    )


def test_a_day_that_is_over_is_refused_with_what_to_do_instead(desk: Desk) -> None:
    before = desk.cohort.ends_on
    text = act(desk, desk.cohort, "move_end", ends_on=clock().date() - timedelta(days=1))
    assert "Choose today or a later day; to end pairings earlier, begin their closing" in text
    assert desk.cohort.ends_on == before


def test_the_start_stays_before_the_end_and_says_so_beside_itself(desk: Desk) -> None:
    where = reverse("admin:cohorts_cohort_change", args=[desk.cohort.pk])
    client = desk.client(desk.coordinator)
    form = client.get(where).context["adminform"].form
    assert "ends_on" not in form.fields
    said = {**{name: value for name, value in form.initial.items() if value is not None}, "coordinators": []}
    answer = client.post(where, {**said, "starts_on": desk.cohort.ends_on})
    assert list(answer.context["adminform"].form.errors) == ["starts_on"]
    adding = client.post(reverse("admin:cohorts_cohort_add"), {**said, "name": "New", "ends_on": "2020-01-01"})
    assert list(adding.context["adminform"].form.errors) == ["ends_on"]


def test_it_is_not_anothers_to_move(desk: Desk) -> None:
    words = {"action": "move_end", "_selected_action": [str(desk.cohort.pk)], "ends_on": "2040-01-01"}
    desk.client(desk.stranger).post(
        reverse("admin:cohorts_cohort_changelist"), {**words, "confirmed": "1"}, follow=True
    )
    assert Cohort.objects.get(pk=desk.cohort.pk).ends_on == desk.cohort.ends_on
