"""The rule language {fact: [values]}, in which all must hold and unknown is neither yes nor no."""

from hypothesis import given
from hypothesis import strategies as st

from bot.content.conditions import holds, judge, undecided

FACTS = {"debt": frozenset({"car", "home"}), "age": frozenset({"adult"})}
names = st.sampled_from(["debt", "age", "work"])
values = st.sampled_from(["car", "home", "adult", "rider"])
conditions = st.dictionaries(names, st.lists(values, max_size=3).map(tuple))
facts = st.dictionaries(names, st.frozensets(values, min_size=1, max_size=3))


def test_an_empty_condition_always_holds() -> None:
    assert holds({}, {})


def test_one_shared_value_is_enough_for_a_fact() -> None:
    assert holds({"debt": ("car",)}, FACTS)


def test_all_facts_must_hold() -> None:
    assert judge({"debt": ("car",), "age": ("child",)}, FACTS) == "no"


def test_a_missing_fact_is_unknown_rather_than_false() -> None:
    assert judge({"work": ("rider",)}, FACTS) == "unknown"
    assert undecided({"work": ("rider",), "age": ("adult",)}, FACTS) == ("work",)


def test_one_failed_fact_settles_the_matter_even_when_another_is_missing() -> None:
    assert judge({"work": ("rider",), "age": ("child",)}, FACTS) == "no"


@given(condition=conditions, facts=facts, name=names, value=st.frozensets(values, min_size=1))
def test_learning_a_missing_fact_never_overturns_a_verdict(
    condition: dict[str, tuple[str, ...]], facts: dict[str, frozenset[str]], name: str, value: frozenset[str]
) -> None:
    before = judge(condition, facts)
    if name not in facts and before != "unknown":
        assert judge(condition, {**facts, name: value}) == before
