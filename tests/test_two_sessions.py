"""What one person's page holds is never on another's, when both are answered by one process, in turn."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from engagements.domain import goals
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db

DIFFERS = re.compile(rb'[A-Za-z0-9]{64}|(nonce|value)="[.:\w-]{16,}"')  # with each request: tokens and nonces
# Of each pair: the mentee's name, the mentor's, and a goal.
MARKS = (
    ("Aurelia Vantongeren", "Bartholomew Quist", "Close the mill in Tampere"),
    ("Clotilde Ferreyra", "Dagfinn Oyelaran", "Win the Lagos tender"),
)
ROUNDS = 3


def pages(pairing):
    """The addresses of everything that is this pair's own."""
    here = [reverse("engagements:pairing", args=[pairing.pk]), reverse("matching:request", args=[pairing.request_id])]
    here += [reverse("engagements:check_in", args=[pairing.check_ins.get(side="mentee", round=1).pk])]
    return here


@pytest.fixture
def couples(clock):
    made = []
    for mentee, mentor, text in MARKS:
        pairing = stories.active()
        User.objects.filter(pk=pairing.mentee_id).update(name=mentee)
        User.objects.filter(pk=pairing.mentor_id).update(name=mentor)
        words = goals.GoalWords(title=text)
        goals.propose(pairing=pairing, user=pairing.mentee, words=words, now=NOW)
        browser = Client()
        browser.force_login(User.objects.get(pk=pairing.mentee_id))
        made.append((browser, pairing))
    clock.moment = made[0][1].check_ins.get(side="mentee", round=1).due_at
    return made


def test_two_people_in_turn_see_each_their_own(couples):
    shared = [reverse(name) for name in ("home", "matching:inbox", "matching:suggestions", "accounts:profile")]
    paths = [[*shared, *pages(pairing)] for _browser, pairing in couples]
    seen: dict[tuple[int, str], bytes] = {}
    for _round in range(ROUNDS):
        for one, path in [(one, paths[one][place]) for place in range(len(paths[0])) for one in (0, 1)]:
            answer = couples[one][0].get(path)
            assert answer.status_code == 200, path
            body = DIFFERS.sub(b"", answer.content)
            assert seen.setdefault((one, path), body) == body, path
            assert not [mark for mark in MARKS[1 - one] if mark.encode() in body], path
    for one in (0, 1):
        whole = b"".join(body for (whose, _path), body in seen.items() if whose == one)
        assert all(mark.encode() in whole for mark in MARKS[one])


def test_a_page_just_shown_to_its_owner_is_missing_for_another(couples):
    (ours, pairing), (theirs, _other) = couples
    for path in pages(pairing):
        assert ours.get(path).status_code == 200
        assert theirs.get(path).status_code == 404
        assert ours.get(path).status_code == 200
