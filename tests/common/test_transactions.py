"""Verbs are whole, are repeated after a deadlock, and refuse with words."""

import pytest
from django.db import IntegrityError, OperationalError, transaction

from common.errors import Refused
from common.models import ContentKey
from common.transactions import atomically, before_commit, unit_of_work

pytestmark = pytest.mark.django_db(transaction=True)


class TestRepeating:
    class DeadlockError(OperationalError):
        def __init__(self, sqlstate):
            super().__init__("deadlock detected")
            self.__cause__ = type("Cause", (Exception,), {"sqlstate": sqlstate})()

    def failing(self, times, sqlstate):
        calls = []

        @atomically
        def verb():
            calls.append(1)
            if len(calls) <= times:
                raise self.DeadlockError(sqlstate)
            return len(calls)

        return verb, calls

    @pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
    def test_a_deadlock_is_tried_three_times_more(self, sqlstate):
        assert self.failing(3, sqlstate)[0]() == 4
        verb, calls = self.failing(4, sqlstate)
        with pytest.raises(OperationalError):
            verb()
        assert len(calls) == 4

    def test_another_error_or_an_outer_transaction_is_not(self):
        verb, calls = self.failing(1, "57014")
        with pytest.raises(OperationalError):
            verb()
        assert len(calls) == 1
        verb, calls = self.failing(1, "40P01")
        with pytest.raises(OperationalError), transaction.atomic():
            verb()
        assert len(calls) == 1

    def test_a_broken_constraint_becomes_a_sentence(self):
        @atomically
        def verb():
            raise IntegrityError("whatever")

        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "integrity"


class TestBeforeCommit:
    @pytest.fixture(autouse=True)
    def _nothing_finished(self):
        self.finished = []

    def finish(self, collected):
        assert transaction.get_connection().in_atomic_block
        self.finished.append(list(collected))

    def note(self, word):
        before_commit(self.finish, start=list).append(word)

    def test_what_nested_verbs_collect_is_finished_once_at_the_end_of_the_outermost(self):
        noting = atomically(self.note)
        with unit_of_work():
            noting("one")
            noting("two")
            assert self.finished == []
        assert self.finished == [["one", "two"]]
        noting("three")
        assert self.finished == [["one", "two"], ["three"]]

    def test_in_a_plain_transaction_every_verb_has_its_own_end(self):
        noting = atomically(self.note)
        with transaction.atomic():
            noting("one")
            noting("two")
            assert self.finished == [["one"], ["two"]]

    def test_what_finishes_may_put_off_more(self):
        def twice(collected):
            self.finish(collected)
            self.note("more")

        with unit_of_work():
            before_commit(twice, start=list).append("one")
        assert self.finished == [["one"], ["more"]]

    def test_what_raises_at_the_end_undoes_everything(self):
        def refuse(collected):
            raise Refused("no")

        @atomically
        def verb():
            ContentKey.make()
            before_commit(refuse, start=list)

        with pytest.raises(Refused):
            verb()
        assert not ContentKey.objects.exists()

    def test_a_savepoint_that_is_rolled_back_is_still_looked_at(self):
        @atomically
        def refusing():
            self.note("one")
            raise Refused("no")

        with unit_of_work():
            with pytest.raises(Refused):
                refusing()
            self.note("two")
        assert self.finished == [["one", "two"]]

    def test_nothing_is_left_over_for_the_next_attempt_or_transaction(self):
        attempts = []

        @atomically
        def verb():
            attempts.append(1)
            self.note(len(attempts))
            if len(attempts) == 1:
                raise TestRepeating.DeadlockError("40P01")

        verb()
        assert self.finished == [[2]]

        @atomically
        def failing():
            self.note("lost")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            failing()
        with unit_of_work():
            self.note("kept")
        assert self.finished == [[2], ["kept"]]

    def test_what_is_to_be_rolled_back_is_not_looked_at(self):
        with unit_of_work():
            self.note("one")
            transaction.set_rollback(True)
        with unit_of_work():
            self.note("two")
        assert self.finished == [["two"]]

    def test_outside_nothing_can_be_put_off(self):
        with pytest.raises(transaction.TransactionManagementError):
            self.note("one")
