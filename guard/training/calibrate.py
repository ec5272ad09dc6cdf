"""Logits to probabilities (Platt scaling) and probabilities to labels (thresholds), on turns never trained on."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from guard.classifier.manifest import Output
from guard.training.labels import HEADS, OUTPUTS, columns

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FEWEST = 20
"""Positives and negatives below which an output stays as it is."""
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Goals:
    """The largest share of turns without it on which a head may fire; within these, F1 decides."""

    emotion_on_requests: float = 0.01
    emotion_on_questions: float = 0.08
    emotion_on_own_questions: float = 0.10
    domain_on_requests: float = 0.015
    belief_on_requests: float = 0.005

    def of(self, head: str) -> dict[str, float]:
        """Set of turns to limit, for one head."""
        prefix = f"{head}_on_"
        return {name.removeprefix(prefix): limit for name, limit in asdict(self).items() if name.startswith(prefix)}


def sigmoid(logits: Matrix) -> Matrix:
    """Probabilities of logits."""
    return np.asarray(1 / (1 + np.exp(-logits)))


def platt(logits: Matrix, targets: Matrix) -> tuple[float, float]:
    """Scale and shift such that sigmoid(scale * logit + shift) is a probability (Platt 1999, with his smoothing)."""
    known = ~np.isnan(targets)
    x, y = logits[known], targets[known]
    positives, negatives = float((y == 1).sum()), float((y == 0).sum())
    if min(positives, negatives) < _FEWEST:
        return 1.0, 0.0
    smooth = np.where(y == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([x, np.ones_like(x)], axis=1)
    parameters = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        found = sigmoid(design @ parameters)
        gradient = design.T @ (found - smooth)
        curvature = (design * (found * (1 - found))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        # Far from the optimum Newton's method overshoots; a bounded step is enough to bring it home.
        parameters -= step * min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-8:
            break
    scale, shift = (float(value) for value in parameters)
    return (scale, shift) if scale > 0 else (1.0, 0.0)


def best_threshold(probabilities: Matrix, targets: Matrix) -> float:
    """The threshold with the highest F1 over known targets; 0.5 when there is nothing to go by."""
    known = ~np.isnan(targets)
    p, y = probabilities[known], targets[known]
    if (y == 1).sum() == 0:
        return 0.5
    order = np.argsort(-p, kind="stable")
    p, y = p[order], y[order]
    hits = np.cumsum(y)
    f1 = 2 * hits / (np.arange(1, len(y) + 1) + y.sum())
    # Equal scores fall on the same side: only the last of a run is a place to cut.
    cuts = np.append(p[1:] != p[:-1], True)
    best = int(np.argmax(np.where(cuts, f1, -1)))
    following = p[best + 1] if best + 1 < len(p) else 0.0
    return float((p[best] + following) / 2)


def thresholds(probabilities: Matrix, targets: Matrix, free: list[tuple[Matrix, float]]) -> Matrix:
    """One threshold for each column: best F1, less a price for false flags that is the same for all columns.

    `free` holds (probabilities of turns without any of the labels, largest share of them that may be flagged).
    The price is the least at which the labels together keep within these shares, so that the allowance goes to
    the labels that gain most by it.
    """
    tables = [
        _trade_off(probabilities[:, i], targets[:, i], [(p[:, i], limit) for p, limit in free])
        for i in range(probabilities.shape[1])
    ]
    price = 0.0
    while True:
        chosen = np.array([cuts[int(np.argmax(gain - price * cost))] for cuts, gain, cost in tables])
        if all(not len(p) or (p >= chosen).any(axis=1).mean() <= limit for p, limit in free):
            return chosen
        price = max(price * 1.1, 1e-4)


def _trade_off(p: Matrix, y: Matrix, free: list[tuple[Matrix, float]]) -> tuple[Matrix, Matrix, Matrix]:
    """Possible thresholds of one label, from 1 down; F1 of each, and its false flags in units of the limits."""
    known = ~np.isnan(y)
    cuts = np.unique(np.append(np.ceil(p[known] * 1e4) / 1e4, 1.0))[::-1]
    hits = _at_least(p[known & (y == 1)], cuts)
    gain = 2 * hits / np.maximum(1, _at_least(p[known], cuts) + np.nansum(y))
    cost = np.zeros(len(cuts))
    for found, limit in free:
        cost += _at_least(found, cuts) / max(1, len(found)) / limit
    return cuts, gain, cost


def _at_least(values: Matrix, cuts: Matrix) -> Matrix:
    """How many values reach each cut."""
    return np.asarray(len(values) - np.searchsorted(np.sort(values), cuts, side="left"), dtype=np.float64)


def calibrate(logits: dict[str, Matrix], targets: dict[str, Matrix], goals: Goals) -> dict[str, tuple[Output, ...]]:
    """The manifest's heads, from sets of turns as `turns.build` makes them."""
    all_logits = np.concatenate(list(logits.values()))
    all_targets = np.concatenate(list(targets.values()))
    scaling = [platt(all_logits[:, i], all_targets[:, i]) for i in range(len(OUTPUTS))]
    scale, shift = (np.array(values) for values in zip(*scaling, strict=True))
    probabilities = {name: sigmoid(found * scale + shift) for name, found in logits.items()}
    together = np.concatenate(list(probabilities.values()))
    heads = {}
    for head, labels in HEADS.items():
        place = columns(head)
        free = [
            (probabilities[name][absent(targets[name][:, place])][:, place], limit)
            for name, limit in goals.of(head).items()
            if name in targets
        ]
        cuts = thresholds(together[:, place], all_targets[:, place], free)
        heads[head] = tuple(
            Output(label, float(cut), round(float(scale[i]), 5), round(float(shift[i]), 5))
            for label, cut, i in zip(labels, cuts, range(place.start, place.stop), strict=True)
        )
    return heads


def absent(targets: Matrix) -> Mask:
    """Rows of which every target is known to be 0."""
    return np.asarray((targets == 0).all(axis=1))
