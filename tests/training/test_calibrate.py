"""Probabilities mean what they say, and thresholds keep false flags within their limits."""

import numpy as np
import pytest

from guard.training import calibrate
from guard.training.calibrate import Goals, Matrix
from guard.training.labels import OUTPUTS, columns

RNG = np.random.default_rng(0)


def drawn(logits: Matrix, scale: float, shift: float) -> Matrix:
    """Labels with the probability sigmoid(scale * logit + shift)."""
    return (RNG.random(logits.shape) < calibrate.sigmoid(scale * logits + shift)).astype(np.float64)


def test_overconfidence_is_undone() -> None:
    """Logits that are twice too large and shifted are brought back; unknown targets do not count."""
    logits = RNG.normal(0, 3, 20_000)
    targets = drawn(logits, 0.5, -1.0)
    targets[RNG.random(len(targets)) < 0.3] = np.nan
    scale, shift = calibrate.platt(logits, targets)
    assert scale == pytest.approx(0.5, abs=0.03)
    assert shift == pytest.approx(-1.0, abs=0.06)


def test_separated_classes_stay_finite() -> None:
    """Where a threshold tells all apart, the probabilities do not run to 0 and 1."""
    logits = np.concatenate([np.full(50, -5.0), np.full(50, 5.0)])
    scale, shift = calibrate.platt(logits, (logits > 0).astype(np.float64))
    assert 0.9 < calibrate.sigmoid(np.array(scale * 5 + shift)) < 0.999


def test_too_few_labels_leave_an_output_alone() -> None:
    """Three positives are no ground to calibrate on."""
    targets = np.zeros(100)
    targets[:3] = 1
    assert calibrate.platt(RNG.normal(size=100), targets) == (1.0, 0.0)


def test_an_output_is_never_turned_around() -> None:
    """When dev labels contradict the model, its order is kept: a higher logit never means a lower probability."""
    logits = RNG.normal(size=1000)
    assert calibrate.platt(logits, (logits < 0).astype(np.float64)) == (1.0, 0.0)


def test_the_best_threshold_has_the_best_f1() -> None:
    """Compared with every possible one, among them equal scores, which cannot be told apart."""
    p = np.round(RNG.random(200), 1)
    y = drawn(p * 8 - 4, 1, 0)

    def f1(threshold: float) -> float:
        fires = p >= threshold
        return float(2 * (fires * y).sum() / (fires.sum() + y.sum()))

    assert f1(calibrate.best_threshold(p, y)) == max(f1(t) for t in np.arange(0, 1.05, 0.05))


def test_thresholds_keep_within_the_limit_together() -> None:
    """Three labels share one allowance of false flags, and the useful label gets more of it than the useless."""
    targets = (RNG.random((4000, 3)) < 0.2).astype(np.float64)
    useful = np.clip(targets * 0.5 + RNG.random((4000, 3)) * 0.5, 0, 0.9999)
    useful[:, 2] = RNG.random(4000)
    calm = (targets == 0).all(axis=1)
    limit = 0.05
    cuts = calibrate.thresholds(useful, targets, [(useful[calm], limit)])
    assert (useful[calm] >= cuts).any(axis=1).mean() <= limit
    recall = [(useful[targets[:, i] == 1, i] >= cuts[i]).mean() for i in range(3)]
    assert min(recall[:2]) > 0.8 > 0.1 > recall[2]


def test_without_a_limit_f1_decides() -> None:
    """An empty set of calm turns limits nothing."""
    p, y = np.array([[0.2], [0.4], [0.8], [0.9]]), np.array([[0.0], [0.0], [1.0], [1.0]])
    assert 0.4 < calibrate.thresholds(p, y, [(np.empty((0, 1)), 0.01)])[0] <= 0.8


def test_heads_are_calibrated_with_their_goals() -> None:
    """From sets of turns to the manifest's outputs: every label in order, limits kept on requests."""
    targets = (RNG.random((3000, len(OUTPUTS))) < 0.1).astype(np.float64)
    logits = targets * 3 - 2 + RNG.normal(0, 1.5, targets.shape)
    calm = np.zeros((1000, len(OUTPUTS)))
    quiet = RNG.normal(-2, 1.5, calm.shape)
    goals = Goals()
    heads = calibrate.calibrate(
        {"emotional": logits, "requests": quiet, "questions": quiet[:1]},
        {"emotional": targets, "requests": calm, "questions": calm[:1]},
        goals,
    )
    assert [output.label for found in heads.values() for output in found] == list(OUTPUTS)
    for head, limit in {"emotion": goals.emotion_on_requests, "domain": goals.domain_on_requests}.items():
        place = columns(head)
        scale, shift, cut = (np.array([getattr(o, n) for o in heads[head]]) for n in ("scale", "shift", "threshold"))
        fires = calibrate.sigmoid(quiet[:, place] * scale + shift) >= cut
        assert fires.any(axis=1).mean() <= limit
