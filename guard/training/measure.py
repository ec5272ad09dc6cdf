"""Scores with intervals on data that was neither trained nor tuned on; the model card shows them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from guard.classifier import language
from guard.classifier import manifest as manifests
from guard.classifier.crisis import CrisisRules
from guard.classifier.labelling import Labelling
from guard.classifier.manifest import BINS, CRISIS_RULES, MODEL, TOKENIZER
from guard.core.reading import Undetected
from guard.training.calibrate import Mask, Matrix, absent, messages_of, sigmoid, targets_of
from guard.training.data import Example
from guard.training.labels import GOEMOTIONS, HEADS, SERVED, columns
from guard.training.scoring import Scorer

RESAMPLES = 1000
_FEWEST = 20
"""Positives below which a label is not scored: its interval would say nothing."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def rounded(self) -> dict[str, float]:
        """As manifests and reports show it."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts with their labels and calibrated probabilities, each of shape (texts, outputs)."""

    targets: Matrix
    probabilities: Matrix
    fires: Matrix

    def head(self, head: str) -> "Scored":
        """The columns of one head."""
        place = columns(head)
        return Scored(self.targets[:, place], self.probabilities[:, place], self.fires[:, place])

    @property
    def fired(self) -> Matrix:
        """1 for each text on which any label fires, else 0."""
        return np.asarray(self.fires.any(axis=1), dtype=np.float64)

    @property
    def present(self) -> Mask:
        """Texts of which some label is known to apply."""
        return np.asarray(np.nansum(self.targets, axis=1) > 0)

    def rows(self, chosen: Sequence[bool] | Mask) -> "Scored":
        """Some of the texts."""
        mask = np.asarray(chosen, dtype=bool)
        return Scored(self.targets[mask], self.probabilities[mask], self.fires[mask])


class Judge:
    """A model as it serves: language, rules, memory, calibration and thresholds, and its unserved outputs."""

    def __init__(self, folder: Path, *, model: Path | None = None, whole: bool = False) -> None:
        """`model` takes the place of the folder's model file, for comparison."""
        self.manifest = manifests.read(folder)
        self.scorer = Scorer(model or folder / MODEL, folder / TOKENIZER, whole=whole)
        self._rules = CrisisRules.read(folder / CRISIS_RULES)
        self._labelling = Labelling(self.manifest)
        outputs = [o for found in self.manifest.unserved.values() for o in found]
        self._scale, self._shift = np.array([o.scale for o in outputs]), np.array([o.shift for o in outputs])
        self._thresholds = np.array([o.threshold for o in outputs])

    def score(self, examples: Sequence[Example]) -> Scored:
        """Read the examples; what the service would not read has probability 0 in every served output."""
        served = np.stack([self._served(e) for e in examples])
        unserved = self.scorer.logits(e.text for e in examples)[:, served.shape[1] :].astype(np.float64)
        unserved = sigmoid(unserved * self._scale + self._shift)
        fires = np.concatenate([[self._labelling.reached(row) for row in served], unserved >= self._thresholds], axis=1)
        probabilities = np.concatenate([served, unserved], axis=1)
        return Scored(targets_of(examples), probabilities, fires.astype(np.float64))

    def undetected(self, text: str) -> Undetected | None:
        """Why the service would not read a text."""
        if not self.scorer.has_words(text):
            return Undetected.NO_TEXT
        return None if language.reads(text, self.manifest.languages) else Undetected.LANGUAGE

    def _served(self, example: Example) -> Matrix:
        newest, *earlier = (self._message(text) for text in messages_of(example, self._labelling.turns))
        # Earlier messages do not speak for one that is not read.
        return self._labelling.together([None] if newest is None else [newest, *earlier])

    def _message(self, text: str) -> Matrix | None:
        if self.undetected(text):
            return None
        return self._labelling.message(self.scorer.of(text), at_risk=self._rules.match(text) is not None)


def measure(name: str, about: str, scored: Scored, heads: Iterable[str] = SERVED) -> dict[str, Any]:
    """Everything that the labels of a set allow to say, as the manifest records it."""
    rows: list[dict[str, Any]] = []
    for head in heads:
        labels, found = HEADS[head], scored.head(head)
        rows += _label_rows(labels, found.targets, found.fires)
        chosen = [i for i in range(len(labels)) if _scorable(found.targets[:, i])]
        if len(chosen) > 1:
            estimate = macro_f1(found.targets[:, chosen], found.fires[:, chosen])
            rows.append(_row("macro_f1", head, int(np.nansum(found.targets[:, chosen])), estimate))
        rows += _any_rows(head, found)
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


def _any_rows(head: str, scored: Scored) -> list[dict[str, Any]]:
    """How often a head fires at all: where it should, where it should not, where nobody knows."""
    unknown = np.isnan(scored.targets).all(axis=1)
    groups = (
        ("any_recall", scored.present),
        ("false_flags", absent(scored.targets)),
        ("flags_where_unlabelled", unknown),
    )
    return [
        _row(kind, head, int(group.sum()), share(scored.fired[group]))
        for kind, group in groups
        if group.sum() >= _FEWEST
    ]


def _scorable(wanted: Matrix) -> bool:
    return bool((wanted == 1).sum() >= _FEWEST and (wanted == 0).sum() >= _FEWEST)


def _row(kind: str, of: str, n: int, estimate: Estimate) -> dict[str, Any]:
    return {"measure": kind, "of": of, "n": n} | estimate.rounded()


def flagged(scored: Scored) -> dict[str, Any]:
    """Turns on which emotion or domain fires: what the default policy flags."""
    place = slice(columns("emotion").start, columns("domain").stop)
    fired: Matrix = np.asarray(scored.fires[:, place].any(axis=1), dtype=np.float64)
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


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of a reliability diagram: how sure the model was on average, and how often it was right."""

    count: int
    said: float
    observed: float


def reliability(scored: Scored) -> list[Bin]:
    """The bins that are not empty, over all known targets of the columns."""
    known = ~np.isnan(scored.targets)
    targets, found = scored.targets[known], scored.probabilities[known]
    place = np.minimum((found * BINS).astype(int), BINS - 1)
    return [
        Bin(int(inside.sum()), float(found[inside].mean()), float(targets[inside].mean()))
        for b in range(BINS)
        if (inside := place == b).any()
    ]


def calibration_error(scored: Scored) -> Estimate:
    """Expected calibration error (Naeini et al. 2015): mean |observed share - mean probability| over 10 equal bins."""
    known = ~np.isnan(scored.targets)
    place = np.minimum((scored.probabilities * BINS).astype(int), BINS - 1)
    gaps = np.where(known, np.nan_to_num(scored.targets) - scored.probabilities, 0.0)
    by_bin = np.stack([np.where(place == b, gaps, 0.0).sum(axis=1) for b in range(BINS)])
    counts = known.sum(axis=1).astype(np.float64)

    def value(weights: Matrix) -> Matrix:
        return np.asarray(np.abs(weights @ by_bin.T).sum(axis=1) / np.maximum(1, weights @ counts))

    return _bootstrap(value, len(gaps))


def ekman(scored: Scored) -> dict[str, Any]:
    """The benchmark of the GoEmotions paper: macro-F1 over Ekman's six and neutral, by the head made for it."""
    found = scored.head(GOEMOTIONS)
    return _row("macro_f1", "6 emotions and neutral", len(found.fires), macro_f1(found.targets, found.fires))


def ekman_served(scored: Scored) -> dict[str, Any]:
    """The same with the served emotion head, which means less by joy and surprise; neutral when none is there."""
    fires = scored.head("emotion").fires
    fires = np.concatenate([fires, (~fires.any(axis=1, keepdims=True)).astype(np.float64)], axis=1)
    estimate = macro_f1(scored.head(GOEMOTIONS).targets, fires)
    return _row("macro_f1_served", "6 emotions and neutral", len(fires), estimate)


def _bootstrap(value: Callable[[Matrix], Matrix], count: int) -> Estimate:
    """Percentile interval; rows are drawn again with replacement, which is to weigh them with a multinomial."""
    rng = np.random.default_rng(0)
    weights = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES).astype(np.float64)
    low, high = np.quantile(value(weights), [0.025, 0.975])
    return Estimate(float(value(np.ones((1, count)))[0]), float(low), float(high))
