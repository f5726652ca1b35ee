"""What the picture of the house calls wrong."""

from tools.house import arrows, circles, function_lengths


def test_arrows_between_rooms_are_counted_and_those_inside_are_not() -> None:
    graph = {
        "accounts": {"common"},
        "accounts.views": {"common.clock", "accounts.models"},
        "accounts.models": (),
        "common": (),
        "common.clock": (),
    }
    assert dict(arrows(graph)) == {("accounts", "common"): 2}


def test_a_circle_is_found_however_long_and_a_line_is_none() -> None:
    line = {"a.one": ["a.two", "a.three"], "a.two": ["a.three"], "a.three": [], "a.four": ["a.one"]}
    assert circles(line) == []
    assert circles({**line, "a.three": ["a.one"]}) == [{"a.one", "a.two", "a.three"}]


def test_functions_are_measured_to_their_end(tmp_path) -> None:
    file = tmp_path / "some.py"
    file.write_text("def one():\n    return 1\n\n\nclass Two:\n    def three(self):\n        a = 1\n        return a\n")
    assert function_lengths([file]) == [2, 3]
