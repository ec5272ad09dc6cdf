"""Scores and their intervals."""

from typing import Any

import numpy as np
import pytest

from guard.training import measure
from guard.training.calibrate import Matrix
from guard.training.labels import OUTPUTS, columns
from guard.training.measure import Scored

RNG = np.random.default_rng(1)
NAN = float("nan")


def scored(count: int) -> Scored:
    """So many turns about which nothing is known and on which nothing fires."""
    shape = (count, len(OUTPUTS))
    return Scored(np.full(shape, NAN), np.zeros(shape), np.zeros(shape))


def rows(found: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows by measure and what they are of."""
    return {(row["measure"], row["of"]): row for row in found["rows"]}


def test_macro_f1_counts_known_targets_only() -> None:
    """2 hits, 1 false, 1 missed is F1 2/3; a wrong guess on an unknown target costs nothing."""
    targets = np.array([[1.0, 1], [1, 1], [1, 0], [0, 0], [NAN, 0]])
    fires = np.array([[1.0, 1], [1, 1], [0, 0], [1, 0], [1, 0]])
    assert measure.macro_f1(targets, fires).value == pytest.approx((2 / 3 + 1) / 2)


def test_an_interval_covers_the_truth() -> None:
    """A 95 % interval of a share of 0.3 holds 0.3 in nearly all repetitions, and is not absurdly wide."""
    found = [measure.share((RNG.random(300) < 0.3).astype(np.float64)) for _ in range(100)]
    assert sum(e.low <= 0.3 <= e.high for e in found) >= 88
    assert max(e.high - e.low for e in found) < 0.13


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


def test_a_label_with_few_positives_is_not_scored() -> None:
    """Nobody is shown an F1 over three texts."""
    given = scored(100)
    given.targets[:, columns("belief")] = 0
    given.targets[:3, columns("belief")] = 1
    assert ("f1", "belief") not in rows(measure.measure("some", "about", given))
    given.targets[:40, columns("belief")] = 1
    assert rows(measure.measure("some", "about", given))["recall", "belief"]["value"] == 0


def test_neutral_is_the_seventh_class_of_the_benchmark() -> None:
    """Firing on nothing is right for a neutral text only."""
    given = scored(40)
    given.targets[:, columns("emotion")] = 0
    served, _ = measure.ekman(given, given)
    assert served["value"] == pytest.approx(1 / 7, abs=1e-4)


def test_calibration_error_is_the_gap_between_said_and_seen() -> None:
    """Saying 0.9 where it is 0.5 is off by 0.4; unknown targets do not count."""
    given = scored(200)
    place = columns("belief")
    probabilities: Matrix = np.full((200, len(OUTPUTS)), 0.9)
    given.targets[:100, place] = np.tile([[0.0], [1.0]], (50, 1))
    found = measure.calibration_error(Scored(given.targets, probabilities, given.fires), "belief")
    assert found == pytest.approx(0.4)


def test_the_default_policy_flags_on_either() -> None:
    """A turn counts once, whether emotion, domain or both fire; belief alone does not flag."""
    given = scored(10)
    given.fires[0, 0] = given.fires[0, 7] = given.fires[1, 8] = 1
    given.fires[5, columns("belief")] = 1
    assert measure.flagged(given)["value"] == 0.2


def test_joined_sets_are_one() -> None:
    """Sets of turns can be scored together."""
    assert len(measure.joined([scored(3), scored(4)]).targets) == 7
