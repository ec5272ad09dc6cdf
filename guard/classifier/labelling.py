"""Logits to a reading: calibration, thresholds and the memory of a conversation, all as the manifest says."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from guard.classifier.manifest import Manifest
from guard.core.reading import Reading

Probabilities = NDArray[np.float64]
"""Of the served outputs, in the order of the manifest's heads."""


def any_of(probabilities: Probabilities) -> float:
    """The probability that any of some outputs applies, as if they were independent (noisy or)."""
    return float(1.0 - np.prod(1.0 - probabilities))


class Labelling:
    """Makes readings under the rules of one manifest."""

    def __init__(self, manifest: Manifest, *, emotion: bool = True) -> None:
        """Without `emotion` no emotional state is inferred: the reading has none, which is not the same as neutral."""
        self._model = manifest.revision
        self._heads: dict[str, tuple[slice, tuple[str, ...]]] = {}
        start = 0
        for head, outputs in manifest.heads.items():
            if emotion or head != "emotion":
                self._heads[head] = slice(start, start + len(outputs)), tuple(output.label for output in outputs)
            start += len(outputs)
        outputs = tuple(output for found in manifest.heads.values() for output in found)
        self._scale = np.array([output.scale for output in outputs])
        self._shift = np.array([output.shift for output in outputs])
        self._threshold = np.array([output.threshold for output in outputs])
        self._gates = [(self._heads[head][0], gate) for head, gate in manifest.gates.items() if head in self._heads]
        self._memory = self._weights(manifest)
        self.crisis = self._heads["crisis"][0].start if "crisis" in self._heads else None
        """Where the probability of a crisis is."""

    @property
    def turns(self) -> int:
        """How many user messages a reading looks at: the newest one and some before it."""
        return len(self._memory)

    @property
    def labels(self) -> dict[int, str]:
        """Column and label of every output that is read."""
        return {place.start + i: name for place, names in self._heads.values() for i, name in enumerate(names)}

    def _weights(self, manifest: Manifest) -> Probabilities:
        """Of shape (messages, outputs), the newest message first; what a head does not remember weighs nothing."""
        depth = max([1, *(len(weights) for weights in manifest.memory.values())])
        found = np.zeros((depth, len(self._scale)))
        found[0] = 1.0
        for head, weights in manifest.memory.items():
            if head in self._heads:
                found[: len(weights), self._heads[head][0]] = np.array(weights)[:, None]
        return found

    def probabilities(self, logits: NDArray[np.float32]) -> Probabilities:
        """The calibrated probabilities of rows of logits, or of one (Platt scaling)."""
        served = logits[..., : len(self._scale)].astype(np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-(self._scale * served + self._shift))))

    def message(self, logits: NDArray[np.float32], *, at_risk: bool) -> Probabilities:
        """The probabilities of one message; `at_risk` when a crisis rule says so, whatever the model thinks."""
        found = self.probabilities(logits)
        if at_risk and self.crisis is not None:
            found[self.crisis] = 1.0
        return found

    def together(self, messages: Sequence[Probabilities | None]) -> Probabilities:
        """The probabilities of a conversation's last user messages, the newest one first.

        A feeling of a message ago counts less than one of now, and more than none. A message that was not read is
        None: it takes its place and weighs nothing.
        """
        found = np.zeros_like(self._scale)
        for weights, message in zip(self._memory, messages, strict=False):
            if message is not None:
                found = np.maximum(found, weights * message)
        return found

    def reached(self, found: Probabilities) -> NDArray[np.bool_]:
        """Which outputs are labels: behind a gate that is open those over their threshold, or the strongest."""
        reached: NDArray[np.bool_] = found >= self._threshold
        for place, gate in self._gates:
            if any_of(found[place]) < gate:
                reached[place] = False
            elif not reached[place].any():
                reached[place.start + int(found[place].argmax())] = True
        return reached

    def reading(self, messages: Sequence[Probabilities | None], *, truncated: bool = False) -> Reading:
        """The reading of a conversation's last user messages, the newest one first."""
        found = self.together(messages)
        reached = self.reached(found)
        scores: dict[str, dict[str, float]] = {}
        labels: dict[str, tuple[str, ...]] = {}
        for head, (place, names) in self._heads.items():
            scores[head] = dict(zip(names, found[place].tolist(), strict=True))
            labels[head] = tuple(name for name, yes in zip(names, reached[place], strict=True) if yes)
        return Reading(
            emotion=scores.get("emotion", {}),
            emotion_labels=labels.get("emotion", ()),
            domain=scores.get("domain", {}),
            domain_labels=labels.get("domain", ()),
            belief=scores["belief"]["belief"] if "belief" in scores else None,
            belief_label=bool(labels["belief"]) if "belief" in labels else None,
            crisis=scores["crisis"]["crisis"] if "crisis" in scores else None,
            crisis_label=bool(labels["crisis"]) if "crisis" in labels else None,
            model=self._model,
            truncated=truncated,
        )
