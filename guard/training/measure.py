"""Scores with intervals on data that was neither trained nor tuned on; the model card shows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guard.classifier.manifest import Output
from guard.training.calibrate import Matrix, absent, best_threshold, sigmoid
from guard.training.data import Example
from guard.training.labels import HEADS, columns
from guard.training.scoring import Scorer

Counts = NDArray[np.int64]

RESAMPLES = 1000
_FEWEST = 20
"""Positives below which a label is not scored: its interval would say nothing."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts with their labels and calibrated probabilities."""

    targets: Matrix
    probabilities: Matrix
    fires: Matrix


def score(examples: list[Example], scorer: Scorer, heads: Mapping[str, tuple[Output, ...]]) -> Scored:
    """Read the examples with a model."""
    outputs = [output for found in heads.values() for output in found]
    scale, shift = np.array([o.scale for o in outputs]), np.array([o.shift for o in outputs])
    probabilities = sigmoid(scorer.logits(e.text for e in examples) * scale + shift)
    targets = np.stack([e.targets for e in examples]).astype(np.float64)
    return Scored(targets, probabilities, (probabilities >= [o.threshold for o in outputs]).astype(np.float64))


def joined(parts: list[Scored]) -> Scored:
    """Several sets as one."""
    return Scored(*(np.concatenate([getattr(part, name) for part in parts]) for name in Scored.__slots__))


def measure(name: str, about: str, scored: Scored) -> dict[str, Any]:
    """Everything that the labels of a set allow to say, as the manifest records it."""
    rows: list[dict[str, Any]] = []
    for head, labels in HEADS.items():
        place = columns(head)
        targets, fires = scored.targets[:, place], scored.fires[:, place]
        rows += _label_rows(labels, targets, fires)
        chosen = [i for i in range(len(labels)) if _scorable(targets[:, i])]
        if len(chosen) > 1:
            estimate = macro_f1(targets[:, chosen], fires[:, chosen])
            rows.append(_row("macro_f1", head, int(np.nansum(targets[:, chosen])), estimate))
        rows += _any_rows(head, targets, fires)
    return {"set": name, "about": about, "turns": len(scored.targets), "rows": rows}


def _label_rows(labels: tuple[str, ...], targets: Matrix, fires: Matrix) -> list[dict[str, Any]]:
    rows = []
    for i, label in enumerate(labels):
        wanted: Matrix = targets[:, i]
        if not _scorable(wanted):
            continue
        positives = int(np.nansum(wanted))
        rows.append(_row("f1", label, positives, macro_f1(wanted[:, None], fires[:, i : i + 1])))
        rows.append(_row("recall", label, positives, share(fires[wanted == 1, i])))
        hits: Matrix = wanted[(fires[:, i] == 1) & ~np.isnan(wanted)]
        if len(hits):
            rows.append(_row("precision", label, len(hits), share(hits)))
    return rows


def _any_rows(head: str, targets: Matrix, fires: Matrix) -> list[dict[str, Any]]:
    """How often a head fires at all: where it should, where it should not, where nobody knows."""
    fired = np.asarray(fires.any(axis=1), dtype=np.float64)
    present, none = np.nansum(targets, axis=1) > 0, absent(targets)
    unknown = np.isnan(targets).all(axis=1)
    groups = (("any_recall", present), ("false_flags", none), ("flags_where_unlabelled", unknown))
    return [_row(kind, head, int(group.sum()), share(fired[group])) for kind, group in groups if group.sum() >= _FEWEST]


def _scorable(wanted: Matrix) -> bool:
    return bool((wanted == 1).sum() >= _FEWEST and (wanted == 0).sum() >= _FEWEST)


def _row(kind: str, of: str, n: int, estimate: Estimate) -> dict[str, Any]:
    return {
        "measure": kind,
        "of": of,
        "n": n,
        "value": round(estimate.value, 4),
        "low": round(estimate.low, 4),
        "high": round(estimate.high, 4),
    }


def flagged(scored: Scored) -> dict[str, Any]:
    """Turns on which emotion or domain fires: what the default policy flags."""
    place = slice(columns("emotion").start, columns("domain").stop)
    fired = np.asarray(scored.fires[:, place].any(axis=1), dtype=np.float64)
    return _row("flagged", "emotion or domain", len(fired), share(fired))


def macro_f1(targets: Matrix, fires: Matrix) -> Estimate:
    """Mean F1 over the columns, each over the rows where its target is known."""
    known = ~np.isnan(targets)
    wanted = np.nan_to_num(targets)
    hits, given, right = wanted * fires * known, fires * known, wanted * known

    def value(weights: Matrix) -> Matrix:
        denominator = weights @ given + weights @ right
        return np.asarray((2 * (weights @ hits) / np.maximum(denominator, 1)).mean(axis=1))

    return _bootstrap(value, len(targets))


def share(values: Matrix) -> Estimate:
    """The mean of zeros and ones."""
    return _bootstrap(lambda weights: np.asarray(weights @ values / len(values)), len(values))


def calibration_error(scored: Scored, head: str) -> float:
    """Expected calibration error over all outputs of a head: mean |observed share - mean probability| of 10 bins."""
    place = columns(head)
    targets, found = scored.targets[:, place].ravel(), scored.probabilities[:, place].ravel()
    known = ~np.isnan(targets)
    targets, found = targets[known], found[known]
    bins = np.minimum((found * _BINS).astype(int), _BINS - 1)
    gaps = [abs(targets[bins == b].sum() - found[bins == b].sum()) for b in range(_BINS)]
    return float(sum(gaps) / max(1, len(targets)))


def ekman(scored: Scored, dev: Scored) -> list[dict[str, Any]]:
    """The benchmark of the GoEmotions paper: macro-F1 over Ekman's six and neutral.

    Once with the thresholds that are served, which keep false flags on plain requests low,
    and once with the thresholds that have the best F1 on GoEmotions' own dev split.
    """
    place = columns("emotion")
    cuts = [best_threshold(dev.probabilities[:, i], dev.targets[:, i]) for i in range(place.start, place.stop)]
    own = (scored.probabilities[:, place] >= np.array(cuts)).astype(np.float64)
    return [
        _row(kind, "6 emotions and neutral", len(own), macro_f1(_with_neutral(scored.targets[:, place]), fires))
        for kind, fires in (
            ("macro_f1_served_thresholds", _with_neutral(scored.fires[:, place])),
            ("macro_f1_benchmark_thresholds", _with_neutral(own)),
        )
    ]


def _with_neutral(values: Matrix) -> Matrix:
    return np.concatenate([values, (~values.any(axis=1, keepdims=True)).astype(np.float64)], axis=1)


def _bootstrap(value: Callable[[Matrix], Matrix], count: int) -> Estimate:
    """Percentile interval; rows are drawn again with replacement, which is to weigh them with a multinomial."""
    rng = np.random.default_rng(0)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES).astype(np.float64)
    low, high = np.quantile(value(weights), [0.025, 0.975])
    return Estimate(float(value(np.ones((1, count)))[0]), float(low), float(high))
