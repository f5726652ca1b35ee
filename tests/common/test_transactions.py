"""Verbs are whole, are repeated after a deadlock, and refuse with words."""

import pytest
from django.db import IntegrityError, OperationalError, transaction

from common.errors import Refused
from common.transactions import atomically

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
