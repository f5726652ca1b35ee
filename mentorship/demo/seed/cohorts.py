"""Three cohorts: one under way, with a pairing and a request in every state, one about to match, and one that ended."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import User
from cohorts.domain import enrolments as verbs
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.transitions import Actor
from engagements.domain import check_in_silence, outcomes
from matching.domain import pairings, requests, shortlist
from matching.models.pairings import EndClass
from matching.models.requests import DeclineClass
from mentorship.demo.seed import assistants, decisions, goals, match_runs, notes, reviews, sharing, stock
from mentorship.demo.seed.mentees import UNDER_WAY
from mentorship.demo.seed.story import HALF_A_YEAR, Story, close

Teller = Callable[[str, str], Story]

BEGAN = 250
NOT_YET_APPROVED = 4
SEASONS = ("Winter", "Spring", "Summer", "Autumn")  # a cohort is called after the one in which it begins

# Mentee, mentor, how many days ago they became active.
AT_WORK: tuple[tuple[str, str, int], ...] = (
    ("Nadia Haddad", "Agnieszka Nowicka", 40),
    ("Zanele Khumalo", "Fiona MacAllister", 95),
    ("Jakub Zieliński", "Laura Bennett", 150),
    ("Elena Petrova-Ruiz", "Henrik Sørensen", 70),
    ("Marcus Whitehead", "Sunita Deshpande", 120),
    ("Aylin Kaya", "Wolfgang Eichner", 29),
    ("Gabriel Tremblay", "David Mokoena", 85),
    ("Freja Madsen", "Ruth Adeyemi", 60),
    ("Meera Iyer", "Adaeze Nwosu", 110),
    ("Grace Nakamura", "Oliver Strand", 14),
)
LONGER = {"Meera Iyer": 204}  # days agreed on, where it is not half a year: the middle has just passed
LONG_ENOUGH = 110  # days, for six decisions to be looked back on
SHARING = "Meera Iyer"  # who shares scores with the mentor
ASSISTED = "Aylin Kaya"  # who has an assistant
PROPOSED_TO = "Grace Nakamura"  # whose mentor has proposed a goal that waits
ROOM = "https://video.example/our-room"
NOTE = (
    "What you write about your own first years is close to where I stand. I would bring one decision to each "
    "conversation, and would rather hear an uncomfortable question than good advice."
)


def write(mentors: list[User], mentees: list[User], coordinators: list[User], *, now: datetime) -> None:
    """All cohorts with everybody in them, in the order in which they began."""
    _write_last_year(mentors[20:40], mentees[UNDER_WAY : UNDER_WAY + 16], coordinators, now)
    under_way = _cohort(coordinators, now - timedelta(days=BEGAN), 480)
    about = _cohort(coordinators, now + timedelta(days=30), 360)
    early, lately = now - timedelta(days=BEGAN), now - timedelta(days=9)
    people = _enrol(under_way, mentors, Role.MENTOR, coordinators[0], early)
    people |= _enrol(under_way, mentees[:UNDER_WAY], Role.MENTEE, coordinators[0], early)
    _tell(people, now)
    _enrol(about, mentors[10:], Role.MENTOR, coordinators[1], lately)
    _enrol(about, mentees[UNDER_WAY:-NOT_YET_APPROVED], Role.MENTEE, coordinators[1], lately)
    for person in mentees[-NOT_YET_APPROVED:]:
        verbs.enrol(cohort=about, person=person, role=Role.MENTEE, user=person, now=lately)
    match_runs.publish_some(about, coordinators[1], now=now)
    outcomes.sweep(now=now)


def _write_last_year(mentors: list[User], mentees: list[User], coordinators: list[User], now: datetime) -> None:
    began = now - timedelta(days=reviews.LAST_YEAR)
    cohort = _cohort(coordinators, began, reviews.LASTED)
    guided = _enrol(cohort, mentors, Role.MENTOR, coordinators[0], began)
    seeking = _enrol(cohort, mentees, Role.MENTEE, coordinators[0], began)
    reviews.tell_last_year(list(seeking.values()), list(guided.values()), NOTE, now=now)


def _cohort(coordinators: list[User], starts: datetime, days: int) -> Cohort:
    made = Cohort.objects.create(
        name=f"{SEASONS[starts.month % 12 // 3]} programme {starts.year}",
        starts_on=starts.date(),
        ends_on=(starts + timedelta(days=days)).date(),
        concern_name="Ana Whitlock, ombudsperson",
        concern_email="concerns@counterpoint.example",
    )
    made.coordinators.set(coordinators)
    return made


def _enrol(cohort: Cohort, people: list[User], role: str, by: User, at: datetime) -> dict[str, Enrolment]:
    enrolled = {}
    for person in people:
        enrolment = verbs.enrol(cohort=cohort, person=person, role=role, user=by, now=at)
        enrolled[person.name] = verbs.approve(enrolment=enrolment, user=by, now=at)
    return enrolled


def _tell(people: dict[str, Enrolment], now: datetime) -> None:
    def story(mentee: str, mentor: str) -> Story:
        return Story(people[mentee], people[mentor], now)

    _over(story)
    for mentee, mentor, days in AT_WORK:
        told = story(mentee, mentor)
        begun = told.begin(days, NOTE, days_long=LONGER.get(mentee, HALF_A_YEAR))
        goals.set_goals(told, begun, days, goals.TOLD + ((goals.PROPOSED,) if mentee == PROPOSED_TO else ()))
        notes.take(told, begun, days)
        decisions.tell(told, begun)
        if days >= LONG_ENOUGH:
            decisions.tell_past(told, begun, days)
        told.meet(begun, min(days - 5, 32), ROOM)
        if mentee == SHARING:
            sharing.agree(told, begun, days - 3)
            sharing.talk(told, begun)
        told.report(begun)
        stock.take(told, begun)
        told.meet(begun, 2, ROOM)
        if mentee == ASSISTED:
            assistants.tell(told, begun)
    told = story("Kofi Mensah-Boateng", "Birgitta Ekström")
    told.report(told.begin(115, NOTE), silent=Role.MENTOR, last=1)
    _resting_and_closing(story)
    _beginning(story)
    _asked(story, now)
    check_in_silence.sweep(now=now)
    pairings.sweep_introduced(now=now)


def _over(story: Teller) -> None:
    """Completed, and ended before time."""
    completed = (("Daniel Osei", "Michael Brandt"), ("Sofia Marchetti", "Helena Sandberg"))
    for number, (mentee, mentor) in enumerate(completed):
        told = story(mentee, mentor)
        begun = told.begin(222, NOTE)
        goals.set_goals(told, begun, 222, goals.OVER)
        decisions.tell_past(told, begun, 222)
        told.meet(begun, 100)
        stock.take(told, begun)
        close(told, begun, began=40)
        reviews.look_back(told, begun, number, mentee=22, mentor=30)
    told = story("Emeka Obi", "Thandiwe Dlamini")
    begun = told.begin(130, NOTE)
    told.report(begun, until_days_ago=60)
    pairings.end_early(
        pairing=begun,
        user=told.mentee.person,
        actor=Actor.MENTEE,
        end_class=EndClass.TIME,
        text="The branches take all of my evenings this year. It is not about Thandiwe, who was generous.",
        now=told.at(60),
    )
    told = story("Hannah Fischer", "Robert Hale")
    introduced = told.introduce(30, NOTE)
    told.agree_to_go_on(introduced, 24, sides=[told.mentor.person])
    pairings.answer_chemistry(pairing=introduced, user=told.mentee.person, go_ahead=False, now=told.at(23))


def _resting_and_closing(story: Teller) -> None:
    """Paused until after the holidays, and about to end as planned."""
    told = story("Chiara Lombardi", "Olumide Bankole")
    resting = told.begin(100, NOTE)
    told.report(resting, until_days_ago=12)
    until = (told.today + timedelta(days=25)).date()
    pairings.pause(pairing=resting, user=told.mentee.person, actor=Actor.MENTEE, until=until, now=told.at(12))
    told = story("Arjun Mehta", "Tomás Aguilar")
    closing = told.begin(190, NOTE)
    close(told, closing, began=8)
    reviews.look_back(told, closing, 0, mentee=None, mentor=5)
    told.propose_to_meet(closing, 1)


def _beginning(story: Teller) -> None:
    """Introduced: just now, half agreed, with an agreement to sign, and gone quiet."""
    story("Takeshi Mori", "Priya Raghunathan").introduce(3, NOTE)
    told = story("Beatriz Nogueira", "Emre Yıldız")
    told.agree_to_go_on(told.introduce(9, NOTE), 4, sides=[told.mentee.person])
    told = story("Liam Gallagher-Wong", "Anneke de Wit")
    agreed = told.introduce(10, NOTE)
    told.meet(agreed, 10)
    told.agree_to_go_on(agreed, 5, sides=told.both())
    told.sign(agreed, 2, days_long=HALF_A_YEAR, sides=[told.mentee.person])
    story("Pieter van Rijn", "Peter Lindgren").introduce(28, NOTE)


def _asked(story: Teller, now: datetime) -> None:
    """Requests in every state; three of them wait for an answer."""
    told = story("Rohan Kapoor", "Carlos Echeverría")
    requests.decline(
        request=told.ask(9, NOTE),
        user=told.mentor.person,
        reason_class=DeclineClass.TIME,
        text="Two new mandates since summer; I would not do it justice.",
        now=told.at(6),
    )
    told = story("Ines Carvalho", "Olumide Bankole")
    requests.withdraw(
        request=told.ask(20, NOTE), user=told.mentee.person, actor=Actor.MENTEE, ask_next=False, now=told.at(19)
    )
    told = story("William Thornbury", "Samuel Whitfield")
    told.ask(24, NOTE)
    requests.expire_due(now=told.at(11))
    story("Tunde Adebayo", "Catherine Penhaligon").ask(6, NOTE)
    story("Naomi Fletcher", "Catherine Penhaligon").introduce(3, NOTE)
    story("Oscar Bergström", "Laura Bennett").ask(1, NOTE)
    story("Charlotte Ashby", "Maximiliane von Hohenfels").ask(2, NOTE)
    told = story("Luis Ortega", "Kenji Watanabe-Rao")
    told.ask(3, NOTE)
    for second in ("Elif Demirtaş", "Jean-Luc Tremblay"):
        wish = story("Luis Ortega", second)
        shortlist.add(mentee_enrolment=wish.mentee, mentor_enrolment=wish.mentor, user=wish.mentee.person, now=now)
