"""The command that looks for what must never be: what it says, and that it fails."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cohorts.models import Enrolment
from tests.test_invariants import BREACHES, build


@pytest.mark.django_db(transaction=True)
def test_the_command_says_names_and_ids_and_fails():
    asking = build()
    out = StringIO()
    call_command("check_invariants", stdout=out)
    assert f"All {len(BREACHES)} invariants hold." in out.getvalue()
    Enrolment.objects.filter(pk=asking.pk).update(state="withdrawn")
    out = StringIO()
    with pytest.raises(CommandError, match="1 of"):
        call_command("check_invariants", stdout=out)
    waiting = asking.requests_made.get(state="pending")
    assert out.getvalue() == f"who_left_is_not_asked: {waiting.pk}\n"
