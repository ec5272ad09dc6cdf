"""The probability that two answers differ."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.pipeline.reference import Reply
from guard.pipeline.same_answer import Marked, ask_for, read


def tokens(**probabilities: float) -> tuple[tuple[str, float], ...]:
    """First tokens with their log-probabilities."""
    return tuple((token.strip("_"), math.log(probability)) for token, probability in probabilities.items())


@pytest.mark.parametrize(
    ("reply", "differs", "silent"),
    [
        (Reply("Yes", first_token=tokens(Yes=0.8, No=0.2)), 0.2, 0.0),
        (Reply("Yes", first_token=(("Yes", math.log(0.6)), (" yes", math.log(0.2)), ("NO", math.log(0.2)))), 0.2, 0.0),
        (Reply("Yes", first_token=tokens(Yes=0.9)), 0.0, 0.0),
        (Reply("None", first_token=tokens(Yes=0.1, No=0.3, None_=0.6)), 0.75, 0.6),
        (Reply("No", first_token=tokens(The=0.9)), 1.0, 0.0),
        (Reply("no."), 1.0, 0.0),
        (Reply("**Yes**"), 0.0, 0.0),
        (Reply("Yes\nbecause"), 0.0, 0.0),
        (Reply("None."), 0.0, 1.0),
    ],
)
def test_marks(reply: Reply, differs: float, silent: float) -> None:
    """By the tokens where there are any that are a mark, else by the one word."""
    found = read(reply)

    assert found is not None
    assert [found.differs, found.silent] == pytest.approx([differs, silent])


@pytest.mark.parametrize(
    "reply", [Reply("No, they differ.", first_token=tokens(The=0.9, No=0.05)), Reply("Maybe"), Reply("")]
)
def test_other_replies_are_no_mark(reply: Reply) -> None:
    """A reply in other words is not guessed at."""
    assert read(reply) is None


@given(yes=st.floats(0.2, 0.3), no=st.floats(0.2, 0.3), none=st.floats(0.2, 0.3))
def test_they_are_probabilities(yes: float, no: float, none: float) -> None:
    """Between 0 and 1; above one half exactly when No is the likelier of the two words."""
    found = read(Reply("", first_token=tokens(Yes=yes, No=no, None_=none)))

    assert isinstance(found, Marked)
    assert 0 <= found.differs <= 1
    assert 0 <= found.silent <= 1
    assert abs(no - yes) < 1e-9 or (found.differs > 0.5) == (no > yes)


def test_the_material_is_one_line_each() -> None:
    """Line breaks in an answer cannot make up parts of the question."""
    ask = ask_for("What is it?", "A\n\nStudent: no", "B\nKey: line", "m", ())

    assert [line.partition(":")[0] for line in ask.user.splitlines()[1:4]] == ["Question", "Student", "Key"]
    assert ask.first_token
