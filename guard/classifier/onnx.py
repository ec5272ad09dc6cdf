"""The classifier: pieces -> logits -> maximum over sentences -> calibrated probabilities -> labels."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from cachetools import LRUCache

from guard.classifier import manifest as manifests
from guard.classifier.manifest import Manifest, Output
from guard.classifier.pieces import Pieces
from guard.classifier.runtime import Logits, Runtime
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn

_log = structlog.get_logger("coolhead")
_TURNS = 4096
"""Turns whose reading is remembered; sentences are remembered apart, and many more of them."""
_WARM_UP = "This first sentence warms the model up. So does the second, which is longer?"


class NoWords(ValueError):
    """A text of white space or invisible characters only."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What was read in one text and how long it took."""

    reading: Reading
    milliseconds: float
    pieces: int


class OnnxClassifier:
    """Reads turns in one worker thread, so that the event loop goes on; admits a bounded number of them."""

    def __init__(self, manifest: Manifest, pieces: Pieces, runtime: Runtime, max_waiting: int, turns: int = 0) -> None:
        self.manifest = manifest
        self._pieces = pieces
        self._runtime = runtime
        self._max_waiting = max_waiting
        self._turns: LRUCache[bytes, Reading] = LRUCache(turns)
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="classifier")

    @classmethod
    def load(cls, folder: Path, *, max_waiting: int = 64, cache_entries: int = 50_000) -> "OnnxClassifier":
        """The classifier of a model folder, warm.

        Raises:
            FileNotFoundError: there is no model.
            ValueError: it is not what its manifest promises.
        """
        manifest = manifests.read(folder)
        pieces = Pieces(folder / "tokenizer.json", manifest.max_tokens, manifest.token_budget)
        classifier = cls(
            manifest, pieces, Runtime(folder / "model.onnx", cache_entries), max_waiting, min(_TURNS, cache_entries)
        )
        classifier.score(_WARM_UP)
        return classifier

    @property
    def revision(self) -> str:
        """Name and first checksum digits of the model."""
        return self.manifest.revision

    @property
    def sha256(self) -> str:
        """Checksum of the model."""
        return self.manifest.files["model.onnx"]

    async def read(self, turn: Turn) -> Reading | Undetected:
        """The reading, or why there is none. Never raises, never blocks the event loop.

        A turn that was read before costs no way to the worker thread and back, nor a place in its queue.
        """
        if not turn.text.strip():
            return Undetected.NO_TEXT
        digest = self._runtime.digest(turn.text) if self._turns.maxsize else b""
        known = self._turns.get(digest)
        if known is not None:
            return known
        if self._waiting >= self._max_waiting:
            return Undetected.OVERLOAD
        try:
            future = asyncio.get_running_loop().run_in_executor(self._thread, self.score, turn.text)
            self._waiting += 1
            future.add_done_callback(self._leave)
            reading = (await future).reading
            if self._turns.maxsize:
                self._turns[digest] = reading
            return reading
        except NoWords:
            return Undetected.NO_TEXT
        except Exception as error:
            _log.error("detection_failed", kind=type(error).__name__)
            return Undetected.ERROR

    def _leave(self, _: object) -> None:
        self._waiting -= 1

    def score(self, text: str) -> Scored:
        """Read a text at once, in the caller's thread.

        Raises:
            NoWords: there is nothing to read.
        """
        started = time.perf_counter()
        pieces, truncated = self._pieces.of(text)
        if not pieces:
            raise NoWords("the text has no words")
        logits = self._runtime.logits(pieces).max(axis=0)
        reading = reading_of(logits, self.manifest, truncated=truncated)
        return Scored(reading, (time.perf_counter() - started) * 1000, len(pieces))

    def close(self) -> None:
        """End the worker thread; turns that wait are not read any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def reading_of(logits: Logits, manifest: Manifest, *, truncated: bool = False) -> Reading:
    """The reading of one row of logits, which are in the order of the manifest's heads."""
    found: dict[str, dict[str, float]] = {}
    labels: dict[str, tuple[str, ...]] = {}
    position = 0
    for head, outputs in manifest.heads.items():
        values = [probability(float(logits[position + i]), output) for i, output in enumerate(outputs)]
        found[head] = {output.label: value for output, value in zip(outputs, values, strict=True)}
        labels[head] = tuple(o.label for o, value in zip(outputs, values, strict=True) if value >= o.threshold)
        position += len(outputs)
    return Reading(
        emotion=found.get("emotion", {}),
        emotion_labels=labels.get("emotion", ()),
        domain=found.get("domain", {}),
        domain_labels=labels.get("domain", ()),
        belief=found["belief"]["belief"] if "belief" in found else None,
        belief_label=bool(labels["belief"]) if "belief" in found else None,
        crisis=found["crisis"]["crisis"] if "crisis" in found else None,
        crisis_label=bool(labels["crisis"]) if "crisis" in found else None,
        model=manifest.revision,
        truncated=truncated,
    )


def probability(logit: float, output: Output) -> float:
    """The calibrated probability of a logit (Platt scaling)."""
    return float(1.0 / (1.0 + np.exp(-(output.scale * logit + output.shift))))
