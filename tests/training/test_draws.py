"""What is drawn for training: known shares, every text as often as others, labels that stay true."""

import random
from collections import Counter

import numpy as np
import pytest

from guard.core.reading import EMOTIONS
from guard.training import draws
from guard.training.data import OWN, Example
from tests.training.conftest import Make, is_own


@pytest.fixture
def public(example: Make) -> list[Example]:
    """Texts of the public sources."""
    return [
        *(example(f"I am full of {e} once again", source="goemotions", emotion=[e], domain=[]) for e in EMOTIONS),
        *(example(f"medical {i}", emotion=[], domain=["medical"], belief=0) for i in range(20)),
        *(example(f"plain {i}", emotion=[], domain=[], belief=0) for i in range(20)),
        *(example(f"I think {i}, right?", source="syn_syc", belief=1) for i in range(20)),
    ]


@pytest.fixture
def own(example: Make) -> list[Example]:
    """Own turns of the kinds that are treated differently."""
    kinds = ("venting", "emotional", "neutral_stakes", "general", "crisis", "near_miss")
    return [
        example(f"Own, {kind}. It's {i}.", source=OWN, kind=kind, emotion=["fear"] if kind == "venting" else [])
        for kind in kinds
        for i in range(10)
    ]


def test_a_composed_turn_unites_labels(example: Make) -> None:
    """The feeling of one text and the domain of the other; neither text is lost, neither example is changed."""
    feeling = example("I am in tears.", emotion=["sadness"], domain=[])
    question = example("Which dose is safe?", emotion=[], domain=["medical"], belief=0)
    turn = draws.compose(feeling, question, feeling_first=True)

    assert turn.text == "I am in tears. Which dose is safe?"
    assert draws.compose(feeling, question, feeling_first=False).text == "Which dose is safe? I am in tears."
    assert turn.head("emotion").tolist() == [1, 0, 0, 0, 0, 0]
    assert turn.head("domain").tolist() == [1, 0, 0, 0, 0]
    assert question.head("emotion").sum() == 0
    assert np.isnan(turn.head("belief")).all()


def test_draws_repeat_with_their_seed(public: list[Example], own: list[Example]) -> None:
    """`coolhead train` can be done again: the same seed gives the same examples, another seed others."""
    for draw, examples in ((draws.public, public), (draws.own, public + own)):
        first, again, other = ([e.text for e in draw(examples, 300, seed)] for seed in (0, 0, 1))

        assert first == again != other
        assert len(first) == 300


def test_emotional_texts_are_seen_equally_often(public: list[Example]) -> None:
    """They are gone through in order and not drawn at random, so that none is left out."""
    found = Counter(e.text for e in draws.public(public, 600, 0) if e.source == "goemotions")

    assert len(found) == len(EMOTIONS)
    assert max(found.values()) - min(found.values()) <= 1
    assert sum(found.values()) / 600 == pytest.approx(draws.SHARES["emotion"], abs=0.06)


def test_some_questions_get_a_feeling_beside_them(public: list[Example]) -> None:
    """People feel and ask in one message; what nobody read for emotion is never composed."""
    found = draws.public(public, 600, 0)
    composed = [e for e in found if "+" in e.source]

    assert len(composed) > 30
    assert all("full of" in e.text and e.head("emotion").sum() == 1 for e in composed)
    assert not any("right?" in e.text for e in composed)


def test_a_source_that_is_missing_is_no_error(public: list[Example]) -> None:
    """Its share goes to the others."""
    found = draws.public([e for e in public if e.source == "goemotions"], 50, 0)

    assert {e.source for e in found} == {"goemotions"}
    assert len(found) == 50


def test_the_second_stage_is_mostly_own_turns(public: list[Example], own: list[Example]) -> None:
    """Own turns, some altered or put together, and a fifth of public texts, so that nothing is forgotten."""
    found = draws.own(public + own, 1000, 0)
    texts = {e.text for e in own}

    assert sum(is_own(e) and e.text in texts for e in found) / 1000 == pytest.approx(0.63, abs=0.05)
    assert sum(is_own(e) and e.text not in texts for e in found) / 1000 == pytest.approx(0.06, abs=0.03)
    assert sum(OWN in e.source and "+" in e.source for e in found) / 1000 == pytest.approx(0.10, abs=0.03)


def test_crises_and_near_misses_are_seen_twice_as_often(public: list[Example], own: list[Example]) -> None:
    """They are few, and what matters most to tell apart."""
    found = Counter(e.kind for e in draws.own(public + own, 3000, 0, augment=False) if is_own(e))

    assert found["crisis"] / found["general"] == pytest.approx(2, abs=0.3)
    assert found["near_miss"] / found["venting"] == pytest.approx(2, abs=0.3)


def test_without_augmenting_turns_are_as_written(public: list[Example], own: list[Example]) -> None:
    """The ablation leaves out what it says: no own turn is altered or composed."""
    found = draws.own(public + own, 500, 0, augment=False)

    assert {e.text for e in found if OWN in e.source} <= {e.text for e in own}


def test_a_feeling_of_an_earlier_message_is_not_taught_by_the_newest(public: list[Example], example: Make) -> None:
    """Training sees one message at a time: without those before it the emotion of a turn is unknown."""
    turn = example("And the pasta?", source=OWN, kind="conversation", earlier=("I am sad.",), emotion=["sadness"])
    calm = example("Sort a list.", source=OWN, kind="general", emotion=[], domain=[])
    found = [e for e in draws.own([*public, turn, calm], 200, 0, augment=False) if e.kind == "conversation"]

    assert found
    assert all(np.isnan(e.head("emotion")).all() and not e.earlier for e in found)
    assert turn.head("emotion").sum() == 1


def test_an_altered_turn_keeps_its_labels_and_most_letters(example: Make) -> None:
    """As a hasty typist would leave it: no capitals, no stops or letters swapped, never another message."""
    turn = example("It's Monday, and I'm SCARED.", source=OWN, kind="emotional", emotion=["fear"])
    found = [draws._altered(turn, random.Random(seed)) for seed in range(20)]

    assert all(np.array_equal(e.targets, turn.targets, equal_nan=True) for e in found)
    assert all((e.kind, e.source) == (turn.kind, turn.source) and e.text != turn.text for e in found)
    letters = Counter("itsmondayandimscared")
    assert all(Counter(c for c in e.text.lower() if c.isalpha()) == letters for e in found)
    assert len({e.text for e in found}) > 2


def test_texts_are_put_together_in_one_language(public: list[Example], example: Make) -> None:
    """Nobody feels in one language and asks in another."""
    turns = [
        example(f"{language} {kind} {i}.", source=OWN, kind=kind, emotion=[], language=language)
        for language in ("en", "de")
        for kind in ("venting", "general")
        for i in range(9)
    ]
    composed = [e.text for e in draws.own([*public, *turns], 400, 0) if e.source == f"{OWN}+{OWN}"]

    assert any(text.count("de ") == 2 for text in composed)
    assert not any("en " in text and "de " in text for text in composed)
