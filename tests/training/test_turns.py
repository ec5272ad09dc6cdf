"""The sets of turns: what thresholds are chosen and scores measured on."""

import pytest

from guard.core.reading import EMOTIONS
from guard.training import turns
from guard.training.data import OWN, Example
from tests.training.conftest import Make


@pytest.fixture
def examples(example: Make) -> list[Example]:
    """A few texts of every kind."""
    return [
        *(example(f"I feel so much {e} now", source="goemotions", emotion=[e], domain=[]) for e in EMOTIONS),
        *(example(f"set timer {i}", source="clinc150", emotion=[], domain=[], belief=0) for i in range(30)),
        example("thanks a lot", source="clinc150", emotion=[], domain=[], belief=0),
        *(example(f"Is drug {i} safe?", source="bioasq", emotion=[], domain=["medical"]) for i in range(30)),
        example("My ex took the house.", source="syn_legal", domain=["legal"]),
        example("Sort this list.", source=OWN, kind="general", emotion=[], domain=[]),
    ]


def test_own_turns_and_goemotions_are_taken_whole(examples: list[Example]) -> None:
    """They are what is tuned and measured on: none is left out, none is changed."""
    found = turns.build(examples, count=10, seed=0)

    assert [e.text for e in found["own"]] == ["Sort this list."]
    assert len(found["goemotions"]) == len(EMOTIONS)


def test_requests_and_questions_are_calm(examples: list[Example]) -> None:
    """False flags are counted on turns that are known to be free of emotion; small talk is not among them."""
    found = turns.build(examples, count=40, seed=0)

    assert {len(e.text.split("set timer")) - 1 for e in found["requests"]} == {1, 2}
    assert len(found["requests"]) == 40
    assert all("set timer" in e.text for e in found["requests"])
    assert all(e.head("emotion").sum() == 0 and e.head("domain").sum() == 1 for e in found["questions"])
    assert len(found["questions"]) == 30


def test_what_nobody_read_for_emotion_is_in_no_set(examples: list[Example]) -> None:
    """A text that may be full of feeling is not counted as a false flag."""
    found = turns.build(examples, count=40, seed=0)

    assert not any("My ex" in e.text for given in found.values() for e in given)


def test_a_set_without_turns_is_left_out(examples: list[Example]) -> None:
    """Nothing is divided by nothing."""
    assert turns.build(examples[:6], count=40, seed=0).keys() == {"goemotions"}


def test_turns_repeat_with_their_seed(examples: list[Example]) -> None:
    """Scores can be measured again."""
    one, two, other = (turns.build(examples, count=40, seed=seed) for seed in (3, 3, 4))
    texts = [[e.text for found in sets.values() for e in found] for sets in (one, two, other)]

    assert texts[0] == texts[1] != texts[2]
