"""Logits to probabilities (Platt scaling) and probabilities to labels (thresholds), on turns never trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from guard.classifier.labelling import Labelling, any_of
from guard.classifier.manifest import Manifest, Output
from guard.training.data import Example
from guard.training.labels import GOEMOTIONS, HEADS, OUTPUTS, SERVED, columns
from guard.training.scoring import Scorer
from guard.training.turns import Turns

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FEWEST = 20
"""Positives and negatives below which an output stays as it is."""
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Goals:
    """The largest share of calm turns on which a head may fire; within these, F1 decides (of a crisis, recall)."""

    emotion_on_neutral_stakes: float = 0.045
    emotion_on_general: float = 0.025
    emotion_on_lookalikes: float = 0.20
    emotion_on_requests: float = 0.045
    domain_on_general: float = 0.04
    domain_on_requests: float = 0.075
    """Of these requests half of what a good model flags is wrongly labelled: "what causes frequent nosebleeds"."""
    belief_on_calm: float = 0.02
    belief_on_requests: float = 0.005
    crisis_on_near_misses: float = 0.025
    crisis_on_requests: float = 0.035
    crisis_on_others: float = 0.08
    """An answer to a turn that is taken for a crisis is not held or edited, which is the smaller harm."""

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


def limited_threshold(p: Matrix, y: Matrix, free: list[tuple[Matrix, float]], *, recall: bool) -> float:
    """The threshold of best F1, or recall, among those that keep the limits.

    `free` holds (probabilities of turns that should not be flagged, largest share of them that may be).
    Of equally good ones the highest is taken.
    """
    known = ~np.isnan(y)
    cuts = np.unique(np.append(np.ceil(p[known] * 1e4) / 1e4, 1.0))[::-1]
    hits = _at_least(p[known & (y == 1)], cuts)
    positives = max(1.0, float(np.nansum(y)))
    gain = hits / positives if recall else 2 * hits / np.maximum(1, _at_least(p[known], cuts) + positives)
    for given, limit in free:
        gain = np.where(_at_least(given, cuts) <= limit * len(given), gain, -1.0)
    return float(cuts[int(np.argmax(gain))])


def _at_least(values: Matrix, cuts: Matrix) -> Matrix:
    """How many values reach each cut."""
    return np.asarray(len(values) - np.searchsorted(np.sort(values), cuts, side="left"), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a manifest says of the heads."""

    heads: dict[str, tuple[Output, ...]]
    gates: dict[str, float]


def calibrate(scorer: Scorer, sets: Turns, goals: Goals) -> Calibrated:
    """All heads with calibration, thresholds and gates, from the dev sets.

    Served heads are calibrated on own turns, GoEmotions' on its dev split; limits see all sets. A head of many labels
    has thresholds of best F1 and a gate that keeps the limits; a head of one label has a threshold that does both.
    """
    logits = {name: scorer.logits(e.text for e in found).astype(np.float64) for name, found in sets.items()}
    targets = {name: targets_of(found) for name, found in sets.items()}
    heads, gates = {}, {}
    for head, labels in HEADS.items():
        place, base = columns(head), GOEMOTIONS if head == GOEMOTIONS else "own"
        known = targets[base][:, place]
        scaling = [platt(logits[base][:, place.start + i], known[:, i]) for i in range(len(labels))]
        scale, shift = (np.array(values) for values in zip(*scaling, strict=True))
        found = {name: sigmoid(given[:, place] * scale + shift) for name, given in logits.items()}
        free = [(found[name][mask], goals.of(head)[limit]) for limit, name, mask in _free(sets, targets, head, goals)]
        if len(labels) > 1:
            cuts = np.array([best_threshold(found[base][:, i], known[:, i]) for i in range(len(labels))])
        else:
            limits = [(given[:, 0], limit) for given, limit in free]
            cuts = np.array([limited_threshold(found[base][:, 0], known[:, 0], limits, recall=head == "crisis")])
        if head in SERVED and len(labels) > 1:
            gates[head] = gate(free)
        heads[head] = tuple(
            Output(label, round(float(cut), 5), round(float(a), 5), round(float(b), 5))
            for label, cut, a, b in zip(labels, cuts, scale, shift, strict=True)
        )
    return Calibrated(heads, gates)


def gate(free: list[tuple[Matrix, float]]) -> float:
    """The least probability of any label at which every limit holds; 0.5 when there is nothing to go by."""
    return max(
        (_least(np.array([any_of(row) for row in given]), limit) for given, limit in free if len(given)), default=0.5
    )


def _least(values: Matrix, limit: float) -> float:
    """The least threshold that at most a share `limit` of the values reaches."""
    allowed = int(len(values) * limit)
    return float(np.floor(np.sort(values)[::-1][allowed] * 1e4 + 1) / 1e4)


_KINDS = {
    "neutral_stakes": ("neutral_stakes",),
    "general": ("general",),
    "lookalikes": ("lookalike",),
    "near_misses": ("near_miss",),
    "calm": ("neutral_stakes", "general", "lookalike"),
    "others": (
        *("emotional", "venting", "neutral_stakes", "general", "lookalike", "belief", "not_belief"),
        "conversation",
    ),
}
"""Limits on own turns, by the kinds that they hold on."""


def _free(sets: Turns, targets: dict[str, Matrix], head: str, goals: Goals) -> Iterator[tuple[str, str, Mask]]:
    """Limit, set, and which of its turns should not be flagged."""
    place = columns(head)
    for limit in goals.of(head):
        if limit in sets:
            yield limit, limit, absent(targets[limit][:, place])
        elif limit in _KINDS:
            kinds = np.array([e.kind in _KINDS[limit] for e in sets["own"]])
            yield limit, "own", kinds & absent(targets["own"][:, place])


def targets_of(examples: Sequence[Example]) -> Matrix:
    """Targets of the model's outputs, of shape (turns, outputs)."""
    return np.stack([e.targets[: len(OUTPUTS)] for e in examples]).astype(np.float64)


def absent(targets: Matrix) -> Mask:
    """Rows of which every target is known to be 0."""
    return np.asarray((targets == 0).all(axis=1))


def remembered(scorer: Scorer, examples: Sequence[Example], manifest: Manifest, depth: int = 3) -> tuple[float, ...]:
    """What user messages weigh for emotion, the newest first.

    The decay is the one that best tells feelings that are carried on from those left behind, on dev conversations.

    The weight of a message k before the newest is decay ** k; of equals the strongest decay is taken.
    """
    chosen = [e for e in examples if e.earlier]
    feels = np.array([bool(np.nansum(e.head("emotion"))) for e in chosen])

    def balanced(decay: float) -> float:
        weights = tuple(round(decay**k, 4) for k in range(depth))
        labelling = Labelling(msgspec.structs.replace(manifest, memory={"emotion": weights}))
        rows = [[labelling.probabilities(scorer.of(t)) for t in messages_of(e, depth)] for e in chosen]
        found = np.array([bool(labelling.reading(row).emotion_labels) for row in rows])
        return float(found[feels].mean() - found[~feels].mean())

    usable = bool(feels.any() and not feels.all())
    best = max((d / 20 for d in range(6, 20)), key=lambda d: (balanced(d), -d)) if usable else 0.7
    return tuple(round(best**k, 4) for k in range(depth))


def messages_of(example: Example, depth: int) -> list[str]:
    """The user messages that are looked at, the newest first."""
    return [example.text, *reversed(example.earlier)][:depth]
