"""The classifier: sentences -> logits -> maximum over sentences -> calibrated probabilities -> labels."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from cachetools import LRUCache

from guard.classifier import language
from guard.classifier import manifest as manifests
from guard.classifier.crisis import CrisisRules
from guard.classifier.labelling import Labelling, Probabilities
from guard.classifier.manifest import CRISIS_RULES, MODEL, TOKENIZER, Manifest
from guard.classifier.passage import Reader
from guard.classifier.runtime import Digest, Runtime
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn

_log = structlog.get_logger("coolhead")
_WARM_UP = "This first sentence warms the model up. So does the second, which is longer?"


@dataclass(frozen=True, slots=True)
class Message:
    """What was found in one user message."""

    probabilities: Probabilities
    truncated: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """Where in a text the probabilities come from."""

    sentences: tuple[str, ...]
    probabilities: Probabilities
    """Of shape (sentences, served outputs)."""
    labels: tuple[str, ...]
    """Of the outputs."""
    crisis_words: str | None
    """What a crisis rule matched."""

    def decisive(self, label: str) -> int:
        """The sentence with the highest probability of a label."""
        return int(self.probabilities[:, self.labels.index(label)].argmax())

    def by_sentence(self) -> list[dict[str, Any]]:
        """Each sentence with its scores, for people and machines."""
        return [
            {
                "sentence": sentence,
                "scores": {label: round(float(p), 4) for label, p in zip(self.labels, row, strict=True)},
            }
            for sentence, row in zip(self.sentences, self.probabilities, strict=True)
        ]


Found = Message | Undetected
"""Of one message."""


class OnnxClassifier:
    """Reads turns in one worker thread, so that the event loop goes on; admits a bounded number of them."""

    def __init__(
        self,
        manifest: Manifest,
        reader: Reader,
        runtime: Runtime,
        rules: CrisisRules,
        *,
        max_waiting: int = 64,
        cache_entries: int = 0,
        emotion: bool = True,
    ) -> None:
        self.manifest = manifest
        self._reader = reader
        self._runtime = runtime
        self._rules = rules
        self._labelling = Labelling(manifest, emotion=emotion)
        self._max_waiting = max_waiting
        self._known: LRUCache[bytes, Found] = LRUCache(cache_entries)
        self._digest = Digest()
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="classifier")

    @classmethod
    def load(
        cls, folder: Path, *, max_waiting: int = 64, cache_entries: int = 50_000, emotion: bool = True
    ) -> "OnnxClassifier":
        """The classifier of a model folder, warm. Without `emotion` no emotional state is inferred.

        Raises:
            FileNotFoundError: there is no model.
            ValueError: it is not what its manifest promises.
        """
        manifest = manifests.read(folder)
        classifier = cls(
            manifest,
            Reader(folder / TOKENIZER, manifest.max_tokens, manifest.token_budget),
            Runtime(folder / MODEL),
            CrisisRules.read(folder / CRISIS_RULES),
            max_waiting=max_waiting,
            cache_entries=cache_entries,
            emotion=emotion,
        )
        classifier.message(_WARM_UP)
        return classifier

    @property
    def revision(self) -> str:
        """Name and first checksum digits of the model."""
        return self.manifest.revision

    @property
    def sha256(self) -> str:
        """Checksum of the model."""
        return self.manifest.files[MODEL]

    async def read(self, turn: Turn) -> Reading | Undetected:
        """The reading, or why there is none. Never raises, never blocks the event loop.

        A turn whose messages were read before costs no way to the worker thread and back, nor a place in its queue.
        """
        if not turn.text.strip():
            return Undetected.NO_TEXT
        texts = self._texts(turn)
        # The cache is touched in the event loop only: it is not made for two threads.
        digests = [self._digest.of(text) for text in texts] if self._known.maxsize else []
        known = [self._known.get(digest) for digest in digests] or [None] * len(texts)
        missing = [text for text, found in zip(texts, known, strict=True) if found is None]
        if missing and self._waiting >= self._max_waiting:
            return Undetected.OVERLOAD
        try:
            if missing:
                future = asyncio.get_running_loop().run_in_executor(self._thread, self._messages, missing)
                self._waiting += 1
                future.add_done_callback(self._leave)
                fresh = iter(await future)
                known = [found or next(fresh) for found in known]
                self._known.update({d: found for d, found in zip(digests, known, strict=False) if found is not None})
            return self._reading(known)
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            # Nobody gave the turn up: the service stops, and with it the worker thread.
            return Undetected.ERROR
        except Exception as error:
            _log.error("detection_failed", kind=type(error).__name__)
            return Undetected.ERROR

    def _leave(self, _: object) -> None:
        self._waiting -= 1

    def score(self, turn: Turn) -> Reading | Undetected:
        """Read a turn at once, in the caller's thread."""
        return self._reading(self._messages(self._texts(turn)))

    def _texts(self, turn: Turn) -> list[str]:
        """The messages that the reading looks at, the newest first."""
        return [turn.text, *reversed(turn.earlier)][: self._labelling.turns]

    def _messages(self, texts: list[str]) -> list[Found]:
        return [self.message(text) for text in texts]

    def _reading(self, found: Sequence[Found | None]) -> Reading | Undetected:
        newest = found[0]
        if not isinstance(newest, Message):
            return newest or Undetected.ERROR
        rows = [message.probabilities if isinstance(message, Message) else None for message in found]
        return self._labelling.reading(rows, truncated=newest.truncated)

    def message(self, text: str) -> Found:
        """Read one message by itself: its language, its sentences, the crisis rules."""
        passage = self._reader.passage(text)
        if passage is None:
            return Undetected.NO_TEXT
        if not language.reads(text, self.manifest.languages):
            return Undetected.LANGUAGE
        logits = self._runtime.logits(passage).max(axis=0)
        found = self._labelling.message(logits, at_risk=self._rules.match(text) is not None)
        return Message(found, passage.truncated)

    def explain(self, text: str) -> Explained | None:
        """Each sentence with its probabilities; None when there are no words."""
        passage = self._reader.passage(text)
        if passage is None:
            return None
        found = self._labelling.probabilities(self._runtime.logits(passage))
        labels = self._labelling.labels
        return Explained(passage.sentences, found[:, list(labels)], tuple(labels.values()), self._rules.match(text))

    def close(self) -> None:
        """End the worker thread; turns that wait are not read any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
