"""Composed turns: what thresholds are chosen and measured on."""

import numpy as np
import pytest

from guard.core.reading import EMOTIONS
from guard.training import turns
from guard.training.data import Example
from tests.training.conftest import Make


@pytest.fixture
def examples(example: Make) -> list[Example]:
    """A few texts of every kind."""
    return [
        *(example(f"I feel so much {e} now", source="goemotions", emotion=[e]) for e in EMOTIONS),
        *(example(f"set timer {i}", source="clinc150", emotion=[], domain=[], belief=[]) for i in range(30)),
        example("thanks a lot", source="clinc150", emotion=[], domain=[], belief=[]),
        *(example(f"Is drug {i} safe?", source="bioasq", emotion=[], domain=["medical"]) for i in range(30)),
        example("My ex took the house.", source="syn_legal", domain=["legal"]),
    ]


def test_emotional_turns_hold_a_feeling_and_something_asked(examples: list[Example]) -> None:
    """As many of each emotion, each with the labels of both its parts."""
    found = turns.build(examples, count=60, seed=0)["emotional"]
    assert np.sum([e.head("emotion") for e in found], axis=0).tolist() == [10] * 6
    assert all("I feel so much" in e.text and ("timer" in e.text or "drug" in e.text) for e in found)
    assert all(bool(e.head("domain").any()) == ("drug" in e.text) for e in found)


def test_requests_and_questions_are_calm(examples: list[Example]) -> None:
    """False flags are counted on turns that are known to be free of emotion; small talk is not among them."""
    found = turns.build(examples, count=40, seed=0)
    assert {len(e.text.split("set timer")) - 1 for e in found["requests"]} == {1, 2}
    assert not any("thanks" in e.text for e in found["requests"])
    assert all(e.head("emotion").sum() == 0 and e.head("domain").sum() == 1 for e in found["questions"])
    assert not any("My ex" in e.text for e in found["questions"])


def test_turns_repeat_with_their_seed(examples: list[Example]) -> None:
    """Scores can be measured again."""
    one, two = (turns.build(examples, count=40, seed=3) for _ in range(2))
    assert [e.text for found in one.values() for e in found] == [e.text for found in two.values() for e in found]
