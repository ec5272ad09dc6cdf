"""The probability that two answers differ."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.pipeline.reference import Reply
from guard.pipeline.same_answer import ask_for, p_differs


def tokens(**probabilities: float) -> tuple[tuple[str, float], ...]:
    """First tokens with their log-probabilities."""
    return tuple((token, math.log(probability)) for token, probability in probabilities.items())


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("Yes", first_token=tokens(Yes=0.8, No=0.2)), 0.2),
        (Reply("Yes", first_token=(("Yes", math.log(0.6)), (" yes", math.log(0.2)), ("NO", math.log(0.2)))), 0.2),
        (Reply("Yes", first_token=tokens(Yes=0.9)), 0.0),
        (Reply("No, they differ.", first_token=tokens(The=0.9, No=0.05)), None),
        (Reply("No", first_token=tokens(The=0.9)), 1.0),
        (Reply("no."), 1.0),
        (Reply("**Yes**"), 0.0),
        (Reply("Yes\nbecause"), 0.0),
        (Reply("Maybe"), None),
        (Reply(""), None),
    ],
)
def test_replies(reply: Reply, expected: float | None) -> None:
    """By the tokens where there are any that mean yes or no, else by the one word; other replies are no answer."""
    found = p_differs(reply)

    assert found is None if expected is None else found == pytest.approx(expected)


@given(yes=st.floats(0.3, 0.5), no=st.floats(0.3, 0.5))
def test_it_is_a_probability(yes: float, no: float) -> None:
    """Between 0 and 1, and above one half exactly when No is the likelier word."""
    found = p_differs(Reply("", first_token=tokens(Yes=yes, No=no)))

    assert found is not None
    assert 0 <= found <= 1
    assert (found > 0.5) == (no > yes)


def test_the_material_is_one_line_each() -> None:
    """Line breaks in an answer cannot make up parts of the question."""
    ask = ask_for("What is it?", "A\n\nStudent: no", "B\nKey: line", "m", ())

    assert [line.partition(":")[0] for line in ask.user.splitlines()[1:4]] == ["Question", "Student", "Key"]
    assert ask.first_token
