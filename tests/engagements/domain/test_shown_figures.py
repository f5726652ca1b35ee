"""Nobody can be found in what a report shows: every number of people and answers is tried against it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from itertools import product

import pytest

from engagements.domain.shown_figures import BANDS, FEWEST, Figures, band, people_range, rate, shown

SMALL = range(1, 5)  # a group of one to four people
MANY = 60
# How many did not answer, said yes, and said no.
World = tuple[int, int, int]
Publish = Callable[[World], Hashable]
# Who reads: somebody outside, and one of each group, who knows of themselves.
READERS: tuple[World, ...] = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))


def as_shown(world: World) -> Hashable:
    silent, yes, no = world
    people = [*[None] * silent, *[{"q": True}] * yes, *[{"q": False}] * no]
    return repr(shown(people).as_json())


def as_counted(world: World) -> Hashable:
    """The same without suppression."""
    return world


def with_the_rest_left_out(world: World) -> Hashable:
    """What is often done: a count below five is left out, and the total stands beside it."""
    silent, yes, no = world
    return sum(world), *(each if each not in SMALL else None for each in (silent, yes, no))


def derived(publish: Publish, worlds: Iterator[World], *, knows_who_answered: bool) -> list[object]:
    """All that a reader who knows the rules could be certain of: for what is published, and each reader, groups of
    others that have one to four people in every world that would be published like this.

    A coordinator knows by name who answered, so that `knows_who_answered` takes the worlds of one number apart.
    """
    ranges: dict[Hashable, dict[int, list[int]]] = defaultdict(dict)
    for world, (place, reader) in product(worlds, enumerate(READERS)):
        others = tuple(each - own for each, own in zip(world, reader, strict=True))
        if min(others) < 0:
            continue
        known = (world[0], sum(world)) if knows_who_answered else None
        groups = (others[1], others[2]) if knows_who_answered else (*others, others[1] + others[2])
        kept = ranges[publish(world), known, place]
        for group, size in enumerate(groups):
            low, high = kept.get(group, (size, size))
            kept[group] = [min(low, size), max(high, size)]
    return [
        (what, group, size)
        for what, sizes in ranges.items()
        for group, size in sizes.items()
        if size[0] in SMALL and size[1] in SMALL
    ]


def worlds(most: int) -> Iterator[World]:
    for number in range(most + 1):
        for yes in range(number + 1):
            for no in range(number - yes + 1):
                yield number - yes - no, yes, no


@pytest.mark.parametrize("knows", [False, True])
def test_no_group_of_one_to_four_can_be_derived(knows: bool) -> None:
    seen: dict[World, Hashable] = {}

    def publish(world: World) -> Hashable:
        if world not in seen:
            seen[world] = as_shown(world)
        return seen[world]

    assert derived(publish, worlds(MANY if knows else 40), knows_who_answered=knows) == []


@pytest.mark.parametrize("publish", [as_counted, with_the_rest_left_out])
@pytest.mark.parametrize("knows", [False, True])
def test_the_same_attack_finds_people_where_nothing_or_too_little_is_suppressed(publish: Publish, knows: bool) -> None:
    assert derived(publish, worlds(20), knows_who_answered=knows) != []


def test_finer_bands_would_give_somebody_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for least, bands in BANDS[1:]:
        finer = tuple((of, 5 if of == least and bands < 5 else many) for of, many in BANDS)
        if finer == BANDS:
            continue
        monkeypatch.setattr("engagements.domain.shown_figures.BANDS", finer)
        assert derived(as_shown, worlds(20), knows_who_answered=True) != [], least


def test_reasons_are_named_only_where_no_number_of_anybody_follows() -> None:
    """Completed, and two reasons to end early: whoever reads both the share and the names learns no small group."""
    ranges: dict[Hashable, list[list[int]]] = {}
    for completed, time, moved in product(range(20), range(16), range(16)):
        people = [{"completed": True}] * completed + [{"completed": False}] * (time + moved)
        what = repr(shown(people, classes=["time"] * time + ["moved"] * moved).as_json())
        for kept, size in zip(ranges.setdefault(what, [[99, 0], [99, 0]]), (time, moved), strict=True):
            kept[:] = [min(kept[0], size), max(kept[1], size)]
    assert [each for each in ranges.items() for low, high in each[1] if low in SMALL and high in SMALL] == []


def test_ranges_of_people() -> None:
    assert [people_range(number) for number in (0, 5, 6, 9, 10, 14, 15)] == [
        *(None, None, (6, 9), (6, 9), (10, 14), (10, 14), (15, 19)),
    ]


def test_bands_of_shares() -> None:
    assert [band(number, 6) for number in (0, 2, 3, 6)] == [(0, 50), (0, 50), (50, 100), (50, 100)]
    assert [band(number, 12) for number in (0, 4, 11, 12)] == [(0, 33), (33, 67), (67, 100), (67, 100)]
    assert band(30, 35) == (80, 90)
    with pytest.raises(ValueError, match="fewer than six"):
        band(1, FEWEST - 1)


def test_the_rate_of_answers_lies_between_what_both_numbers_allow() -> None:
    figures = shown([{"q": True}] * 8 + [None] * 3)
    assert (figures.asked, figures.answered, rate(figures)) == ((10, 14), (6, 9), (42, 90))
    assert rate(shown([{"q": True}] * 12)) == (71, 100)
    assert rate(shown([None] * 12)) is None
    assert rate(Figures(None)) is None


def test_what_is_kept_is_read_again() -> None:
    figures = shown([{"q": True, "r": False}] * 8 + [None], classes=["time"] * 7)
    assert Figures.from_json(figures.as_json()) == figures
    assert figures.named == ("time",)
    assert Figures.from_json(shown([]).as_json()) == Figures(None)
