"""How people are called."""

import pytest

from accounts.models import User
from accounts.models.users import name_key


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
        ("Baroness Kidron", "Kidron"),
        ("Dott.ssa Lia Neri", "Lia"),
        ("Tan Sri Yeoh Lee", "Yeoh"),
        ("Tan Wei Ling", "Tan"),
        ("Datuk Seri Lim Boon", "Lim"),
        ("Sri Mulyani", "Sri"),
        ("Shri Arun Rao", "Arun"),
        ("von Hohenfels, Max", "Max"),
        ("Klein, Dr. Petra", "Petra"),
        ("Max Roth, PhD, MBA", "Max"),
        ("Robert Lane, Jr.", "Robert"),
        ("Robert Lane, Esq", "Robert"),
        ("", ""),
    ],
)
def test_the_short_name_is_no_title(name, short):
    assert User(name=name).get_short_name() == short


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ruth Adeyemi", "ADEYEMI Ruth", True),
        ("Ruth Adeyemi", "Adeyemi, Ruth", True),
        ("Ruth Adeyemi", "Dr. Ruth Adeyemi", True),
        ("Ruth Adeyemi", "Dame Ruth  Adeyemi, MBA", True),
        ("Zoë Klein", "Zoe Klein", True),
        ("Ruth Adeyemi", "Ruth Adeyemi-Cole", False),
        ("Ruth Adeyemi", "Ruth", False),
        ("Sir", "Dame", False),
    ],
)
def test_a_name_is_known_however_it_is_written(one, other, same):
    assert (name_key(one) == name_key(other)) is same
