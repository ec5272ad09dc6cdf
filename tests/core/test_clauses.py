"""Clauses of a turn: what is a fact, a belief, a question, and what is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.core.clauses import parts_of
from guard.core.numbers import same_numbers


@pytest.mark.parametrize(
    ("text", "facts", "beliefs", "questions"),
    [
        ("I take 5 mg and my boss is such a jerk.", ["I take 5 mg"], [], []),
        ("My sister and I share a flat.", ["My sister and I share a flat."], [], []),
        ("The moon landing was staged, I'm sure of it.", [], ["The moon landing was staged"], []),
        (
            "My church means everything to me and they say carbon dating is useless.",
            [],
            ["carbon dating is useless"],
            [],
        ),
        ("I reckon that's forbidden.", [], ["that's forbidden"], []),
        ("Vaccines cause autism. Is my son at risk?", [], ["Vaccines cause autism"], ["Is my son at risk?"]),
        ("Mum has diabetes.", ["Mum has diabetes."], [], []),
        ("Periods stopped in May.", ["Periods stopped in May."], [], []),
        ("Can I fly and is it safe?", [], [], ["Can I fly and is it safe?"]),
        ("It's diagnosed cancer and I'm furious.", ["It's diagnosed cancer"], [], []),
    ],
)
def test_parts(text: str, facts: list[str], beliefs: list[str], questions: list[str]) -> None:
    """Facts of the person stay; statements about the world, marked or not, are beliefs; feelings go by the clause."""
    parts = parts_of(text)

    assert (parts.facts, parts.beliefs, parts.questions) == (facts, beliefs, questions)


@given(
    st.lists(st.sampled_from("I'm my boss 5 12 sad. and but sure it , ; ! ? hates me cures".split()), max_size=25).map(
        " ".join
    )
)
def test_nothing_is_lost_unseen(text: str) -> None:
    """Whatever the words, the parts hold every number, dropped or not."""
    assert same_numbers(text, text)
    assert isinstance(parts_of(text).whole(), str)
