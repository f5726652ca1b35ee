"""What is done with an import: whose it is, how long it is kept, and that all of it is written or nothing."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import Invitation, User
from cohorts import tasks
from cohorts.domain.imports import contents, verbs, writing
from cohorts.models import Cohort, RoleOffer, SheetImport
from cohorts.states import ImportState, Role, SheetKind
from common.content import rotation
from common.content.keys import ContentTampered
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from outbox.models import Letter
from tests import people
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
SHEET = b"E-mail,Name,Role\nbo@example.org,Bo Lind,mentor\nal@example.org,Al Ek,mentee\n"
DAY = timedelta(days=1)


@pytest.fixture
def clara() -> User:
    return people.person("Clara", staff=True)


@pytest.fixture
def here(clara: User) -> Cohort:
    return factories.cohort("Spring", coordinators=(clara,))


def upload(cohort: Cohort | None, user: User, content: bytes = SHEET) -> SheetImport:
    kind = SheetKind.PEOPLE if cohort else SheetKind.ORGANISATIONS
    return verbs.upload(kind=kind, cohort=cohort, file_name="a.csv", content=content, user=user, now=NOW)


def confirmed(cohort: Cohort, user: User) -> SheetImport:
    row = upload(cohort, user)
    return verbs.confirm(row=row, promised=verbs.plan_of(row, now=NOW).digest(), user=user, now=NOW)


def verbs_of(row: SheetImport) -> list[tuple[str, str]]:
    return list(Event.objects.filter(subject_id=row.pk).order_by("id").values_list("verb", "actor"))


def nothing_written() -> bool:
    return not (Invitation.objects.exists() or RoleOffer.objects.exists() or Letter.objects.exists())


def test_only_who_coordinates_the_cohort_uploads_and_only_while_it_runs(here: Cohort, clara: User) -> None:
    with pytest.raises(NotPermitted):
        upload(here, people.person(staff=True))
    with pytest.raises(Refused, match="ended"):
        verbs.upload(kind=SheetKind.PEOPLE, cohort=here, file_name="a", content=SHEET, user=clara, now=NOW + 400 * DAY)
    assert not SheetImport.objects.exists()


def test_what_was_read_is_sealed_and_moves_to_a_new_master_key(here: Cohort, clara: User) -> None:
    row = upload(here, clara)
    assert b"bo@example.org" not in bytes(row.sealed)
    from django.conf import settings

    with override_settings(CONTENT_KEYS=f"new:{'A' * 43}=,{settings.CONTENT_KEYS}"):
        assert [whole for _pk, whole in rotation.rotate(contents.SHEETS)] == [True]
        row.refresh_from_db()
        assert row.master == "new"
        assert contents.take(row).rows[0][1]["email"] == "bo@example.org"
    with pytest.raises(ContentTampered):
        contents.take(row)


def test_it_is_its_uploaders_alone_while_they_look_after_the_cohort(here: Cohort, clara: User) -> None:
    row, other = upload(here, clara), people.person(staff=True)
    here.coordinators.add(other)
    assert not SheetImport.objects.as_coordinator(other).exists()
    assert not SheetImport.objects.as_coordinator(people.superuser()).exists()
    with pytest.raises(WrongState):
        verbs.discard(row=row, user=other, now=NOW)
    here.coordinators.remove(clara)
    assert not SheetImport.objects.as_coordinator(clara).exists()


def test_brought_in_by_a_worker_and_nothing_of_the_file_is_kept(here: Cohort, clara: User) -> None:
    row = confirmed(here, clara)
    assert nothing_written()
    tasks.bring_in()
    row.refresh_from_db()
    assert (row.state, row.added, row.emails, row.sealed, row.master) == (ImportState.DONE, 2, 2, None, "")
    assert verbs_of(row) == [("upload", "coordinator"), ("confirm", "coordinator"), ("finish", "system")]
    assert set(RoleOffer.objects.values_list("role", flat=True)) == {Role.MENTEE, Role.MENTOR}
    tasks.bring_in()
    assert Letter.objects.filter(kind="invitation").count() == 2


def test_what_changed_since_the_preview_is_seen_before_anything_is_written(here: Cohort, clara: User) -> None:
    row = upload(here, clara)
    promised = verbs.plan_of(row, now=NOW).digest()
    factories.enrolment(here, people.mentor("Bo Lind", email="bo@example.org"), Role.MENTOR)
    with pytest.raises(verbs.Changed):
        verbs.confirm(row=row, promised=promised, user=clara, now=NOW)
    row.refresh_from_db()
    assert row.state == ImportState.WAITING
    with pytest.raises(verbs.Changed):
        verbs.confirm(row=row, promised="made up", user=clara, now=NOW)


def test_what_changes_before_the_worker_comes_gives_it_back(here: Cohort, clara: User) -> None:
    row = confirmed(here, clara)
    factories.enrolment(here, people.mentor("Bo Lind", email="bo@example.org"), Role.MENTOR)
    assert verbs.bring_in_all(now=NOW) == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == (ImportState.WAITING, verbs.CHANGED_MEANWHILE)
    assert nothing_written()
    again = verbs.confirm(row=row, promised=verbs.plan_of(row, now=NOW).digest(), user=clara, now=NOW)
    assert again.problem == ""
    assert verbs.bring_in_all(now=NOW) == 1


def test_who_no_longer_coordinates_brings_nobody_in(here: Cohort, clara: User) -> None:
    row = confirmed(here, clara)
    here.coordinators.clear()
    assert verbs.bring_in_all(now=NOW) == 0
    assert nothing_written()
    row.refresh_from_db()
    assert row.state == ImportState.WAITING


def test_an_error_of_ours_gives_it_back_whole(here: Cohort, clara: User, monkeypatch: Any) -> None:
    row = confirmed(here, clara)
    real = writing.write_people

    def broken(**words: Any) -> None:
        real(**words)
        raise RuntimeError("broke at the very end")

    monkeypatch.setattr(writing, "write_people", broken)
    assert verbs.bring_in_all(now=NOW) == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == (ImportState.WAITING, verbs.BROKE)
    assert nothing_written()


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.mark.parametrize("after", ["the plan", "the last row"])
def test_a_lost_worker_leaves_nothing_and_another_begins_anew(
    after: str, here: Cohort, clara: User, monkeypatch: Any
) -> None:
    row = confirmed(here, clara)
    real = writing.write_people

    def lost(**words: Any) -> None:
        if after == "the last row":
            real(**words)
        raise Killed

    with monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(writing, "write_people", lost)
        with pytest.raises(Killed):
            verbs.bring_in_all(now=NOW)
    row.refresh_from_db()
    assert (row.state, row.tries) == (ImportState.AT_WORK, 1)
    assert nothing_written()
    assert verbs.bring_in_all(now=NOW) == 1
    assert Letter.objects.filter(kind="invitation").count() == 2


def test_one_that_takes_its_workers_along_is_given_back_after_three_tries(
    here: Cohort, clara: User, monkeypatch: Any
) -> None:
    row = confirmed(here, clara)

    def lost(**_words: Any) -> None:
        raise Killed

    monkeypatch.setattr(writing, "write_people", lost)
    for _try in range(verbs.MOST_TRIES):
        with pytest.raises(Killed):
            verbs.bring_in_all(now=NOW)
    assert verbs.bring_in_all(now=NOW) == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == (ImportState.WAITING, verbs.LOST)
    assert nothing_written()


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_it_once(here: Cohort, clara: User) -> None:
    """While one worker holds the row, another leaves it alone; with the lock gone, it would begin."""
    row = confirmed(here, clara)
    done: list[int] = []

    def other() -> None:
        done.append(verbs.bring_in_all(now=NOW))
        connection.close()

    with transaction.atomic():
        SheetImport.objects.select_for_update().get(pk=row.pk)
        thread = Thread(target=other)
        thread.start()
        thread.join()
    assert done == [0]
    assert verbs.bring_in_all(now=NOW) == 1


def test_discarded_by_hand_or_after_a_day_nothing_is_kept(here: Cohort, clara: User) -> None:
    by_hand, left, fresh = (
        upload(here, clara),
        upload(here, clara),
        upload(None, clara, b"Name,Country,Industry\nA,DE,Energy"),
    )
    SheetImport.objects.filter(pk=fresh.pk).update(uploaded_at=NOW + DAY)
    verbs.discard(row=by_hand, user=clara, now=NOW)
    assert verbs.clear_outdated(now=NOW + DAY) == 1
    states = {each.pk: (each.state, each.sealed is None) for each in SheetImport.objects.all()}
    assert states[by_hand.pk] == states[left.pk] == (ImportState.DISCARDED, True)
    assert states[fresh.pk] == (ImportState.WAITING, False)
    assert verbs_of(left)[-1] == ("discard", "clock")
    with pytest.raises(WrongState):
        verbs.answer(row=left, answers={}, user=clara)
    with pytest.raises(LookupError):
        contents.take(SheetImport.objects.get(pk=left.pk))


def test_what_is_at_work_is_neither_discarded_nor_answered(here: Cohort, clara: User) -> None:
    row = confirmed(here, clara)
    for act in (
        lambda: verbs.discard(row=row, user=clara, now=NOW),
        lambda: verbs.answer(row=row, answers={}, user=clara),
        lambda: verbs.confirm(row=row, promised="", user=clara, now=NOW),
    ):
        with pytest.raises(WrongState):
            act()
    tasks.sweep_imports()
    row.refresh_from_db()
    assert row.state == ImportState.AT_WORK


def test_a_changed_answer_takes_the_place_of_the_first(here: Cohort, clara: User) -> None:
    row = upload(here, clara)
    verbs.answer(row=row, answers={"one": "a", "two": "b"}, user=clara)
    held = verbs.answer(row=row, answers={"one": "c", "two": ""}, user=clara)
    assert contents.take(held).answers == {"one": "c"}


def test_how_far_it_is_can_be_seen(here: Cohort, clara: User) -> None:
    row = confirmed(here, clara)
    assert verbs.progress_of(row) is None
    verbs.bring_in_all(now=NOW)
    assert verbs.progress_of(row) == (0, 2)
