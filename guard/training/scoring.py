"""Scores texts just as the service does: the same sentences, the same runtime, the maximum over sentences."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from guard.classifier.passage import Reader
from guard.classifier.runtime import Logits, Runtime
from guard.training.labels import OUTPUTS

MAX_TOKENS = 96
"""Tokens of the longest sentence that is one."""
TOKEN_BUDGET = 256
"""Tokens of the longest text that is read in whole."""
_NOTHING = -20.0
"""Logit of a text without words."""


class Scorer:
    """A model file and its tokenizer; remembers what it scored."""

    def __init__(self, model: Path, tokenizer: Path, *, whole: bool = False) -> None:
        """`whole` takes a text as one sentence, to tell what the maximum over sentences is worth."""
        self._reader = Reader(tokenizer, MAX_TOKENS, TOKEN_BUDGET)
        self._runtime = Runtime(model)
        self._whole = whole
        self._known: dict[str, Logits | None] = {}

    def logits(self, texts: Iterable[str]) -> Logits:
        """Logits of shape (texts, outputs), the maximum over the sentences of each."""
        return np.stack([self.of(text) for text in texts])

    def of(self, text: str) -> Logits:
        """Logits of one text."""
        found = self._found(text)
        return np.full(len(OUTPUTS), _NOTHING, dtype=np.float32) if found is None else found

    def has_words(self, text: str) -> bool:
        """Is there anything to read?"""
        return self._found(text) is not None

    def _found(self, text: str) -> Logits | None:
        if text not in self._known:
            passage = self._reader.passage(text)
            if passage is not None and self._whole:
                passage = passage.whole()
            self._known[text] = None if passage is None else self._runtime.logits(passage).max(axis=0)
        return self._known[text]
