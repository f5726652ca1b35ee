"""How people are called."""

import pytest

from accounts.models import User


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ruth Adeyemi", "Ruth"),
        ("Dr Maximiliane von Hohenfels-Achterberg", "Maximiliane"),
        ("Prof. Dr. Anders Holm", "Anders"),
        ("Mag. Eva Huber", "Eva"),
        ("Frau Dr. Petra Klein", "Petra"),
        ("Dipl.-Ing. Tomas Berg", "Tomas"),
        ("Ing-Marie Lund", "Ing-Marie"),
        ("J. Robert Lane", "Robert"),
        ("Sir", "Sir"),
        ("", ""),
    ],
)
def test_the_short_name_is_no_title(name, short):
    assert User(name=name).get_short_name() == short
