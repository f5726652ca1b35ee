"""Cards for tests: small ones by hand, and Hypothesis strategies in which every rule is broken often."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from matching.engine import IndustryPreference, MenteeCard, MentorCard, Part, Pool, Rules, Weights
from matching.engine.facts.slots import SLOTS

MENTEE, MENTOR = 1, 2

# No verdict here depends on how fast the machine is.
steady = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def mentee(**fields: Any) -> MenteeCard:
    return MenteeCard(**{"id": MENTEE, **fields})


def mentor(**fields: Any) -> MentorCard:
    return MentorCard(**{"id": MENTOR, **fields})


def some(values: st.SearchStrategy[Any], most: int = 2) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(values, max_size=most)


people = st.integers(0, 9)
families = st.integers(0, 25)
topics = st.sampled_from(["boards", "growth", "crisis", "teams", "exit"])
industries = st.sampled_from(["energy", "media", "retail"])
either = st.booleans()
mostly = st.sampled_from([True, True, True, True, False])
no: st.SearchStrategy[frozenset[Any]] = st.just(frozenset())

COMMON: dict[str, st.SearchStrategy[Any]] = {
    "id": people,
    "organisations": some(families, 1),
    "families": some(families),
    "current_ties": some(families),
    "former_families": some(families),
    "competitor_families": some(families),
    "employer_confirmed": mostly,
    "never_with": some(people, 1),
    "never_with_families": some(families, 1),
    "list_readable": st.sampled_from([True] * 9 + [False]),
    "would_pair_again": some(people, 6),
    "industries": some(industries),
    "function": st.sampled_from([None, "finance", "people"]),
    "seniority": st.none() | st.integers(0, 6),
    "languages": some(st.sampled_from(["en", "de", "sv"])),
    "hours": st.none() | st.integers(0, (1 << SLOTS) - 1) | st.integers(0, 255),
}
mentees = st.builds(
    MenteeCard,
    **COMMON,
    aims=st.lists(topics, max_size=4).map(tuple),
    challenges=some(topics, 3),
    industry_preference=st.sampled_from(IndustryPreference),
    declined_by=some(people, 1),
    asked=some(people, 1),
    paired_with=some(people, 1),
    mentors_now=some(people, 1),
    paired_before=some(people, 2),
    shortlist=st.lists(st.one_of(people, st.integers(10, 60)), max_size=3, unique=True).map(tuple),
    let_down=either,
)
mentors = st.builds(
    MentorCard,
    **COMMON,
    expertise=st.dictionaries(topics, st.integers(1, 3), max_size=4).map(lambda held: frozenset(held.items())),
    open_places=st.integers(0, 3),
    away=mostly.map(lambda here: not here),
    available=mostly,
)
weights = (
    st.tuples(*[st.integers(0, 9)] * len(Part))
    .filter(any)
    .map(lambda each: Weights(**dict(zip((part.value for part in Part), each, strict=True))))
)
pools = st.builds(
    Pool,
    mentors=st.lists(mentors, max_size=7, unique_by=lambda card: card.id).map(tuple),
    rules=st.builds(Rules, competitors_flag_only=either),
    weights=weights,
    waived=st.frozensets(st.tuples(people, people), max_size=8),
)
# The same pool without any reason to exclude, so that ranking is seen at work.
FREE = {name: no for name in MentorCard.set_fields if name not in {"expertise", "industries", "languages"}}
free_mentors = st.builds(
    MentorCard,
    **{
        **COMMON,
        **FREE,
        "id": st.integers(10, 60),
        "employer_confirmed": st.just(True),
        "list_readable": st.just(True),
        "would_pair_again": some(people, 6),
        "expertise": st.dictionaries(topics, st.integers(1, 3), max_size=4).map(lambda held: frozenset(held.items())),
    },
)
free_pools = st.builds(
    Pool,
    mentors=st.lists(free_mentors, max_size=12, unique_by=lambda card: card.id).map(tuple),
    weights=weights,
)
