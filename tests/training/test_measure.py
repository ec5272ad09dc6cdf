"""Scores and their intervals."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from guard.classifier.manifest import shipped
from guard.classifier.onnx import OnnxClassifier
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn
from guard.training import measure
from guard.training.calibrate import Matrix
from guard.training.labels import GOEMOTIONS, OUTPUTS, columns
from guard.training.measure import Judge, Scored
from tests.training.conftest import Make

RNG = np.random.default_rng(1)
NAN = float("nan")
ENGLISH = "I am heartbroken, I cried all night."
FOREIGN = "Estoy muy triste porque murió mi perro. ¿Qué hago?"


@pytest.fixture(scope="module")
def judge() -> Judge:
    """Of the shipped model."""
    return Judge(shipped())


@pytest.fixture(scope="module")
def classifier() -> Iterator[OnnxClassifier]:
    """The shipped model as it serves."""
    loaded = OnnxClassifier.load(shipped(), cache_entries=0)
    yield loaded
    loaded.close()


def scored(count: int) -> Scored:
    """So many turns about which nothing is known and on which nothing fires."""
    shape = (count, len(OUTPUTS))
    return Scored(np.full(shape, NAN), np.zeros(shape), np.zeros(shape))


def rows(found: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows by measure and what they are of."""
    return {(row["measure"], row["of"]): row for row in found["rows"]}


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("Which form do I need to appeal? I am so angry!", ()),
        ("And how do I get there?", (ENGLISH, "Where is the vet?")),
        ("And how do I get there?", (ENGLISH, "One.", "Two.", "Three.")),
        ("And how do I get there?", (FOREIGN,)),
        ("I am going to kill myself tonight.", ()),
    ],
)
def test_what_is_measured_is_what_is_served(
    judge: Judge, classifier: OnnxClassifier, example: Make, text: str, earlier: tuple[str, ...]
) -> None:
    """Memory, crisis rules and the language check count as in the service, to the last digit."""
    found = judge.score([example(text, earlier=earlier)])
    reading = classifier.score(Turn(text, earlier))

    assert isinstance(reading, Reading)
    for head in ("emotion", "domain"):
        part = found.head(head)
        assert part.probabilities[0].tolist() == list(reading.scores[head].values())
    assert found.head("crisis").probabilities[0, 0] == reading.crisis
    assert found.head("crisis").fires[0, 0] == reading.crisis_label
    assert found.head("emotion").fires.sum() == len(reading.emotion_labels)


@pytest.mark.parametrize(("text", "reason"), [(FOREIGN, Undetected.LANGUAGE), ("\u200b", Undetected.NO_TEXT)])
def test_what_is_not_read_fires_nothing(judge: Judge, example: Make, text: str, reason: Undetected) -> None:
    """A message that the service does not read misses its labels, also after one that it reads."""
    found = judge.score([example(text, earlier=(ENGLISH,), emotion=["sadness"])])

    assert judge.undetected(text) is reason
    assert judge.undetected(ENGLISH) is None
    assert found.fires[0, : columns(GOEMOTIONS).start].sum() == 0
    assert found.head("emotion").probabilities.max() == 0


def test_the_benchmark_reads_the_newest_message_only(judge: Judge, example: Make) -> None:
    """Its head has no memory: GoEmotions' texts have nothing before them."""
    alone, after = judge.score([example("Sort a list."), example("Sort a list.", earlier=(ENGLISH,))]).probabilities

    assert alone[columns(GOEMOTIONS)].tolist() == after[columns(GOEMOTIONS)].tolist()
    assert 0 < alone[columns(GOEMOTIONS)].min() < alone[columns(GOEMOTIONS)].max() < 1


def test_macro_f1_counts_known_targets_only() -> None:
    """2 hits, 1 false, 1 missed is F1 2/3; a wrong guess on an unknown target costs nothing."""
    targets = np.array([[1.0, 1], [1, 1], [1, 0], [0, 0], [NAN, 0]])
    fires = np.array([[1.0, 1], [1, 1], [0, 0], [1, 0], [1, 0]])

    assert measure.macro_f1(targets, fires).value == pytest.approx((2 / 3 + 1) / 2)


def test_an_interval_covers_the_truth() -> None:
    """A 95 % interval of a share of 0.3 holds 0.3 in nearly all repetitions, and is not absurdly wide."""
    found = [measure.share((RNG.random(100) < 0.3).astype(np.float64)) for _ in range(60)]

    assert sum(e.low <= 0.3 <= e.high for e in found) >= 52
    assert max(e.high - e.low for e in found) < 0.22


def test_false_flags_are_counted_where_nothing_is_there() -> None:
    """Turns known to be calm, turns with a label, and turns that nobody labelled are told apart."""
    given = scored(90)
    emotion = columns("emotion")
    given.targets[:60, emotion] = 0
    given.targets[30:60, 0] = 1
    given.fires[[0, 1, 2], 1] = 1
    given.fires[30:54, 0] = 1
    given.fires[60:75, 2] = 1
    found = rows(measure.measure("some", "about", given))

    assert (found["false_flags", "emotion"]["n"], found["false_flags", "emotion"]["value"]) == (30, 0.1)
    assert (found["any_recall", "emotion"]["n"], found["any_recall", "emotion"]["value"]) == (30, 0.8)
    assert found["flags_where_unlabelled", "emotion"]["value"] == 0.5
    assert ("flags_where_unlabelled", "domain") in found
    assert ("false_flags", "domain") not in found
    assert not any(of == GOEMOTIONS for _, of in found)


def test_a_label_with_few_positives_is_not_scored() -> None:
    """Nobody is shown an F1 over three texts."""
    given = scored(100)
    given.targets[:, columns("belief")] = 0
    given.targets[:3, columns("belief")] = 1

    assert ("f1", "belief") not in rows(measure.measure("some", "about", given))

    given.targets[:40, columns("belief")] = 1
    found = rows(measure.measure("some", "about", given))

    assert found["recall", "belief"]["value"] == 0
    assert ("precision", "belief") not in found


def test_neutral_is_the_seventh_class_of_the_benchmark() -> None:
    """The head made for it has an output for neutral; the served head says neutral by firing on nothing."""
    given = scored(40)
    place = columns(GOEMOTIONS)
    given.targets[:, place] = 0
    given.targets[:20, place.stop - 1] = 1
    given.targets[20:, place.start] = 1
    given.fires[20:, 0] = 1

    assert measure.ekman(given)["value"] == 0
    assert measure.ekman_served(given)["value"] == pytest.approx(2 / 7, abs=1e-4)

    given.fires[:20, place.stop - 1] = 1

    assert measure.ekman(given)["value"] == pytest.approx(1 / 7, abs=1e-4)
    assert measure.ekman_served(given)["value"] == pytest.approx(2 / 7, abs=1e-4)


def beliefs() -> Scored:
    """200 turns of which the model says 0.9; half of the first 100 are beliefs, of the others nothing is known."""
    given = scored(200)
    probabilities: Matrix = np.full((200, len(OUTPUTS)), 0.9)
    given.targets[:100, columns("belief")] = np.tile([[0.0], [1.0]], (50, 1))
    return Scored(given.targets, probabilities, given.fires).head("belief")


def test_calibration_error_is_the_gap_between_said_and_seen() -> None:
    """Saying 0.9 where it is 0.5 is off by 0.4, give or take what another sample would show."""
    found = measure.calibration_error(beliefs())

    assert found.value == pytest.approx(0.4)
    assert found.low < 0.35 < 0.45 < found.high < 0.6


def test_gaps_of_different_bins_do_not_cancel() -> None:
    """Too sure here and too unsure there is not calibrated."""
    targets = np.array([[1.0], [0.0]] * 50)
    probabilities = np.where(targets == 1, 0.75, 0.25)

    assert measure.calibration_error(Scored(targets, probabilities, targets)).value == pytest.approx(0.25)


def test_a_diagram_shows_what_was_said_and_seen() -> None:
    """One bin for each tenth in which there is something; 1.0 is in the last; unknown targets do not count."""
    (one,) = measure.reliability(beliefs())

    assert (one.count, round(one.said, 6), one.observed) == (100, 0.9, 0.5)

    targets, probabilities = np.array([[0.0], [1.0], [1.0]]), np.array([[0.05], [0.95], [1.0]])
    low, high = measure.reliability(Scored(targets, probabilities, targets))

    assert (low.count, low.said, low.observed) == (1, 0.05, 0)
    assert (high.count, round(high.said, 6), high.observed) == (2, 0.975, 1)


def test_the_default_policy_flags_on_either() -> None:
    """A turn counts once, whether emotion, domain or both fire; belief alone does not flag."""
    given = scored(10)
    given.fires[0, 0] = given.fires[0, 7] = given.fires[1, 8] = 1
    given.fires[5, columns("belief")] = 1

    assert measure.flagged(given)["value"] == 0.2


def test_a_part_of_the_turns_keeps_its_columns_together() -> None:
    """Groups are scored on their own turns, with the labels that belong to them."""
    given = scored(4)
    given.fires[2, 0] = given.targets[2, 0] = 1
    part = given.rows([False, False, True, False])

    assert part.targets.shape == (1, len(OUTPUTS))
    assert part.fires[0, 0] == part.targets[0, 0] == 1
