"""The whole life of a pairing over HTTP: invitations, profiles, request, chemistry, agreement, check-in, closing; and
of the mentor, who then asks for a mentor, too.

Nothing is done behind the site's back: every step is a page's POST, every link comes out of a letter that was
sent, and time passes on the demo's clock, which runs what the scheduler would have run.
"""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, User
from cohorts.models import Cohort, Enrolment
from common.clock import now
from common.models import Event
from engagements.models import Assistant, CheckIn, Decision, Goal
from matching.models import Pairing, Request
from mentorship.demo import clock
from outbox.tasks import deliver
from tests import people
from tests.engagements import stories
from tests.matching import factories

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow(reason="a whole programme over HTTP, with every letter delivered"),
]

NOTE = "I must tell my chair something he will not like."
PLACE = "The small room behind the library."
LINE = "Bring the story of the second plant."
GOAL = "Be asked before the board decides"
SITUATION, VIEW = "The town owns the land.", "They will hear of it before you speak."
NINE_WEEKS = timedelta(weeks=9)
STRENGTH, CHALLENGE = "She asks before she answers.", "Waiting for the last word."
PROGRESS = "Spoke with the chair alone."
LEARNED, TAKEN = "How much of what I know is habit.", "That I may ask before I know."


def path_in(letter: Any) -> str:
    """The path of the letter's one action, the same in its text as behind its button."""
    button = re.search(r'class="act".*?href="([^"]+)"', str(letter.alternatives[0][0]), re.DOTALL)
    assert button, letter.body
    assert button[1] in letter.body
    return urlsplit(button[1]).path


def letters_to(address: str) -> list[Any]:
    """What has reached this address, the oldest first."""
    deliver()
    return [letter for letter in mail.outbox if letter.to == [address]]


def post(client: Client, path: str, **said: Any) -> Any:
    """A POST that is accepted, which always leads on to another page; that page."""
    answer = client.post(path, said)
    assert answer.status_code == 302, answer.context["form"].errors if answer.context else answer.content
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    return page


def invited(coordinator: Client, cohort: Cohort, *, email: str, name: str, role: str) -> Client:
    """Somebody invited through the administration, who has come in by the link in the letter."""
    said = {"email": email, "name": name, "cohort": cohort.pk, "role": role}
    made = coordinator.post(reverse("admin:accounts_invitation_add"), said)
    assert made.status_code == 302, made.context["adminform"].form.errors
    link = path_in(letters_to(email)[-1])
    newcomer = Client()
    assert newcomer.get(link).status_code == 200
    assert not User.objects.filter(email=email).exists()
    post(newcomer, link, name=name, zone="Europe/London", password="", agree="on")
    assert newcomer.get(link).headers["Location"] == reverse("accounts:profile")  # they are in
    assert Client().get(link).status_code == coordinator.get(link).status_code == 404  # and nobody else is let in by it
    assert Enrolment.objects.get(person__email=email).state == "approved"
    return newcomer


def describe_themselves(client: Client, employer: Organisation) -> None:
    """The steps of the profile that both sides fill in."""

    def step(slug: str) -> str:
        return reverse("accounts:profile_step", args=[slug])

    position = {"headline": "Operations", "function": "operations", "seniority": "4", "city": "", "country": "GB"}
    post(
        client,
        step("position"),
        name=client.get(step("position")).context["form"]["name"].value(),
        phone="",
        **position,
    )
    times = {"work_starts": "09:00", "work_ends": "18:00", "languages": ["en"]}
    post(client, step("times"), zone="Europe/London", **times)
    post(client, step("ties"), kind="employer", organisation=str(employer.pk), starts_on="2019-04-01")


@pytest.fixture
def cohort() -> Cohort:
    today = now().date()
    coordinator = people.person("Ingrid Solberg", staff=True)
    return factories.cohort(
        coordinators=(coordinator,),
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=200),
        check_in_weeks=1,
    )


@pytest.fixture
def coordinator(cohort: Cohort) -> Client:
    client = Client()
    client.force_login(cohort.coordinators.get())
    return client


@pytest.fixture
def mentee(coordinator: Client, cohort: Cohort) -> Client:
    topic = people.topic("Working with a board")
    client = invited(coordinator, cohort, email="amara@north.example", name="Amara Diallo", role="mentee")
    describe_themselves(client, people.organisation("North Grid"))
    wish = reverse("accounts:profile_step", args=["intake"])
    post(client, wish, about="", industry_preference="any", topic_1=str(topic.pk), aim_1="Be heard by my board")
    return client


@pytest.fixture
def mentor(coordinator: Client, cohort: Cohort) -> Client:
    topic = people.topic("Working with a board")
    client = invited(coordinator, cohort, email="tomas@south.example", name="Tomas Varga", role="mentor")
    describe_themselves(client, people.organisation("South Mills", industry="industry"))
    offer = reverse("accounts:profile_step", args=["offer"])
    post(client, offer, about="Six years a chief.", capacity="1", topic_1=str(topic.pk), depth_1="2")
    return client


def introduced(mentee: Client, mentor: Client) -> Pairing:
    """The mentee finds and asks the mentor, who accepts by the link in the letter."""
    page = mentee.get(reverse("matching:suggestions")).content.decode()
    assert "Tomas Varga" in page
    assert "working with a board" in page.lower()
    wanted = Enrolment.objects.get(person__email="tomas@south.example")
    post(mentee, reverse("matching:ask", args=[wanted.pk]), note=NOTE)
    asked = Request.objects.get()
    letter = letters_to("tomas@south.example")[-1]
    assert NOTE not in str(letter.body)
    page = mentor.get(path_in(letter)).content.decode()
    assert NOTE in page
    assert "amara@north.example" not in page
    post(mentor, reverse("matching:accept", args=[asked.pk]))
    pairing = Pairing.objects.get()
    assert "tomas@south.example" in mentee.get(reverse("engagements:pairing", args=[pairing.pk])).content.decode()
    return pairing


def met(pairing: Pairing, mentee: Client, mentor: Client) -> None:
    """The first conversation: times are suggested at once, the link in the letter leads to them, both are invited."""
    suggested = mentee.get(reverse("engagements:pairing", args=[pairing.pk])).context["meetings"]["first"]["form"]
    times = [value for value, _label in suggested.fields["times"].choices][:2]
    post(mentee, reverse("engagements:propose_meeting", args=[pairing.pk]), times=times, minutes="30", place=PLACE)
    meeting = pairing.meetings.get()
    page = path_in(letters_to("tomas@south.example")[-1])
    assert times[1] in mentor.get(page).content.decode()
    post(mentor, reverse("engagements:accept_meeting", args=[meeting.pk]), starts_at=times[0])
    for address in ("amara@north.example", "tomas@south.example"):
        (invitation,) = [letter for letter in letters_to(address) if "invitation.ics" in str(letter.message())]
        assert PLACE not in str(invitation.message())
    meeting.refresh_from_db()
    clock.advance(meeting.span()[1] - now() + timedelta(minutes=1))
    post(mentor, reverse("engagements:meeting_outcome", args=[meeting.pk]), outcome="held")
    assert "You met, as Tomas" in mentee.get(reverse("engagements:pairing", args=[pairing.pk])).content.decode()


def an_assistant_moves_it(pairing: Pairing, mentee: Client, mentor: Client) -> None:
    """The mentee invites one, who comes by the link, proposes another time from the e-mail, and is let go."""
    post(mentee, reverse("engagements:assistants"), name="Kim Lee", email="kim@north.example")
    kim = Client()
    link = path_in(letters_to("kim@north.example")[-1])
    kim.post(link, {"name": "Kim Lee", "zone": "Europe/Paris", "agree": "on"})
    assert kim.get(reverse("engagements:pairing", args=[pairing.pk])).status_code == 404
    row = Assistant.objects.get()
    where = reverse("engagements:assisted_propose", kwargs={"assistant": row.pk, "pk": pairing.pk})
    times = [value for value, _label in kim.get(where).context["form"].fields["times"].choices][:1]
    post(kim, where, times=times, minutes="30")
    page = path_in(letters_to("tomas@south.example")[-1])
    assert "Proposed by Kim Lee for Amara" in mentor.get(page).content.decode()
    meeting = pairing.meetings.get(state="proposed")
    post(mentor, reverse("engagements:accept_meeting", args=[meeting.pk]), starts_at=times[0])
    clock.advance(timedelta(minutes=5))
    told = letters_to("kim@north.example")[-1]
    assert "invitation.ics" not in str(told.message())
    where = path_in(told)
    assert kim.get(where).status_code == 200
    post(kim, f"{where}cancel/")
    post(mentee, reverse("engagements:assistant_end", args=[row.pk]))
    assert kim.get(where).status_code == 404


def agreed(pairing: Pairing, mentee: Client, mentor: Client) -> None:
    """Both go ahead; the mentee writes the agreement, the mentor signs it."""
    for side in (mentee, mentor):
        post(side, reverse("engagements:chemistry", args=[pairing.pk]), go_ahead="yes")
    form = mentee.get(reverse("engagements:change_agreement", args=[pairing.pk])).context["form"]
    words = {name: form[name].value() for name in form.fields}
    words["planned_end"] = (now().date() + NINE_WEEKS).isoformat()
    words["amendments"] = words["amendments"] or ""
    post(mentee, reverse("engagements:change_agreement", args=[pairing.pk]), **words)
    post(mentor, reverse("engagements:sign", args=[pairing.agreements.get().pk]))
    pairing.refresh_from_db()
    assert pairing.state == "active"


def a_goal_is_set(pairing: Pairing, mentee: Client, mentor: Client) -> Goal:
    """The mentor proposes it, the mentee takes it up from the e-mail, a milestone is done, and progress noted."""
    said = {"title": GOAL, "milestone_1": "See the chair"}
    post(mentor, reverse("engagements:new_goal", args=[pairing.pk]), **said)
    goal = Goal.objects.get()
    clock.advance(timedelta(minutes=5))
    assert path_in(letters_to("amara@north.example")[-1]) == reverse("engagements:goal", args=[goal.pk])
    post(mentee, reverse("engagements:goal_take_up", args=[goal.pk]))
    post(mentee, reverse("engagements:tick", args=[goal.milestones.get().pk]), done="yes")
    post(mentor, reverse("engagements:goal_note", args=[goal.pk]), line=PROGRESS)
    goal.refresh_from_db()
    assert goal.state == "open"
    return goal


def something_is_decided(pairing: Pairing, mentee: Client, mentor: Client) -> None:
    """The mentee asks, the mentor answers from the e-mail, and the mentee records what was decided."""
    day = (now() + timedelta(days=9)).date().isoformat()
    words = {"title": "Close the plant?", "situation": SITUATION, "confidence_before": "40", "decide_by": day}
    post(mentee, reverse("engagements:new_decision", args=[pairing.pk]), **words)
    made = Decision.objects.get()
    clock.advance(timedelta(days=1))
    assert path_in(letters_to("tomas@south.example")[-1]) == reverse("engagements:decision", args=[made.pk])
    post(mentor, reverse("engagements:decision_view", args=[made.pk]), consequences=VIEW)
    said = {"choice": "Not this year.", "confidence_after": "70", "look_back_on": day}
    post(mentee, reverse("engagements:decision_decide", args=[made.pk]), **said)
    post(mentee, reverse("engagements:decision_look_back", args=[made.pk]), outcome="hoped", lesson="It held.")
    made.refresh_from_db()
    assert made.state == "looked_back"


def stock_is_taken(pairing: Pairing, mentee: Client, mentor: Client, moment: str, mark: int) -> None:
    """The round opens, both are written to, both answer from the e-mail; the mentee reads the mentor only then."""
    row = pairing.stock_rounds.get(moment=moment, state="planned")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "STEP", timedelta(hours=12))  # weeks pass: what is due waits for half a day at most
        clock.advance(max(row.opens_on - now().date(), timedelta()) + timedelta(days=2))
    page, here = reverse("engagements:stock", args=[pairing.pk]), reverse("engagements:take_stock", args=[row.pk])
    for client, address in ((mentor, "tomas@south.example"), (mentee, "amara@north.example")):
        assert any(here in str(letter.body) for letter in letters_to(address))
        said = {f"topic_{row.topics[0].hex}": mark, "strengths": STRENGTH, "challenges": CHALLENGE}
        before = mentee.get(page).content.decode().count(STRENGTH)
        assert before == 2 * pairing.stock_rounds.filter(opens_on__lt=row.opens_on).count()
        post(client, here, **said)
    taken = pairing.stock_rounds.filter(answers__isnull=False).distinct().count()
    assert mentee.get(page).content.decode().count(STRENGTH) == 2 * taken


def test_from_the_invitation_to_the_end(coordinator: Client, mentee: Client, mentor: Client) -> None:
    pairing = introduced(mentee, mentor)
    met(pairing, mentee, mentor)
    an_assistant_moves_it(pairing, mentee, mentor)
    agreed(pairing, mentee, mentor)
    stock_is_taken(pairing, mentee, mentor, "start", 2)
    post(mentor, reverse("engagements:note_meeting", args=[pairing.pk]), held_on=now().date().isoformat())

    first = CheckIn.objects.filter(pairing=pairing, side="mentee").order_by("round")[0]
    mail.outbox.clear()
    clock.advance(first.due_at - now() + timedelta(hours=1))
    reminder = letters_to("amara@north.example")[-1]
    assert path_in(reminder) == reverse("engagements:check_in", args=[first.pk])
    assert first.due_at.astimezone(ZoneInfo("Europe/London")).hour == 9
    assert letters_to("tomas@south.example")
    goal = a_goal_is_set(pairing, mentee, mentor)
    something_is_decided(pairing, mentee, mentor)
    answers = {
        f"goal_{goal.pk.hex}": "on_track",
        "connection": "4",
        "clarity": "3",
        "competency": "4",
        "met": "yes",
        "line": LINE,
    }
    post(mentee, path_in(reminder), **answers)
    first.refresh_from_db()
    assert first.state == "answered"
    assert "said in a check-in: On track" in mentor.get(reverse("engagements:goal", args=[goal.pk])).content.decode()

    stock_is_taken(pairing, mentee, mentor, "middle", 3)
    stock_is_taken(pairing, mentee, mentor, "end", 4)
    stock = mentee.get(reverse("engagements:stock", args=[pairing.pk])).content.decode()
    assert "You: 2, 3, 4; Tomas: 2, 3, 4" in stock
    both_look_back(pairing, mentee, mentor)
    pairing.refresh_from_db()
    assert pairing.state == "completed"
    assert pairing.ended_at is not None
    assert not CheckIn.objects.filter(pairing=pairing, state="scheduled").exists()

    history = set(Event.objects.filter(subject_id=pairing.pk).values_list("verb", flat=True))
    assert {"activate", "begin_closing", "complete"} <= history
    assert_nobody_else_was_told(coordinator, pairing)
    asked_as_a_mentee(coordinator, mentor)


def both_look_back(pairing: Pairing, mentee: Client, mentor: Client) -> None:
    """The mentor closes and looks back, and asks for a mentor, too; the mentee does it from the e-mail; both are
    thanked.
    """
    post(mentor, reverse("engagements:close", args=[pairing.pk]))
    review = reverse("engagements:review", args=[pairing.pk])
    post(mentor, review, learned=LEARNED, does_differently="", again="yes", shared="on")
    too = reverse("engagements:mentor_too", args=[pairing.pk])
    post(mentor, too, cohort=mentor.get(too).context["form"]["cohort"].value())
    assert path_in(letters_to("amara@north.example")[-1]) == review
    page = post(mentee, review, **stories.LOOKED_BACK, takes_away=TAKEN).content.decode()
    assert LEARNED in page
    assert TAKEN not in mentor.get(reverse("engagements:pairing", args=[pairing.pk])).content.decode()
    clock.advance(timedelta(minutes=5))
    for address in ("amara@north.example", "tomas@south.example"):
        assert "may stay in touch" in " ".join(str(letters_to(address)[-1].body).split())


def asked_as_a_mentee(coordinator: Client, mentor: Client) -> None:
    """A coordinator says yes; then somebody else is asked, by the same rules: the own mentee is not suggested."""
    place = Enrolment.objects.get(person__email="tomas@south.example", role="mentee")
    said = {"action": "approve", "_selected_action": [str(place.pk)], "from_page": "1", "confirmed": "1"}
    coordinator.post(reverse("admin:cohorts_enrolment_changelist"), said)
    wish = reverse("accounts:profile_step", args=["intake"])
    assert "Six years a chief." in mentor.get(wish).content.decode()
    topic = str(people.topic("Working with a board").pk)
    post(mentor, wish, about="", industry_preference="any", topic_1=topic, aim_1="Be heard, too")
    wanted = factories.enrolment(place.cohort, people.mentor("Ruth Adeyemi"), "mentor")
    post(mentor, reverse("matching:ask", args=[wanted.pk]), note="")
    assert Request.objects.get(mentee=place.person).mentor == wanted.person


def assert_nobody_else_was_told(coordinator: Client, pairing: Pairing) -> None:
    """The coordinator sees that it happened, never what was said; no letter says it either."""
    seen = coordinator.get(reverse("admin:matching_pairing_change", args=[pairing.pk])).content.decode()
    assert "completed" in seen.lower()
    for words in (NOTE, LINE, GOAL, PROGRESS, SITUATION, VIEW, PLACE, LEARNED, TAKEN, STRENGTH, CHALLENGE):
        assert words not in seen
        assert not any(words in str(letter.body) + str(letter.alternatives) for letter in mail.outbox)
    assert coordinator.get(reverse("engagements:pairing", args=[pairing.pk])).status_code == 404
