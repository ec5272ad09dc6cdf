"""Scores texts just as the service does: the same pieces, the same runtime, the maximum over sentences."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guard.classifier.pieces import Pieces
from guard.classifier.runtime import Runtime

Matrix = NDArray[np.float64]

MAX_TOKENS = 96
TOKEN_BUDGET = 256
_CACHE = 200_000
_NOTHING = -20.0
"""Logit of a text without words."""


class Scorer:
    """A model file and its tokenizer."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self.pieces = Pieces(tokenizer, MAX_TOKENS, TOKEN_BUDGET)
        self._runtime = Runtime(model, _CACHE)

    def logits(self, texts: Iterable[str]) -> Matrix:
        """Logits of shape (texts, outputs)."""
        rows = [self._of(text) for text in texts]
        width = next(row.size for row in rows if row is not None)
        return np.stack([np.full(width, _NOTHING) if row is None else row for row in rows])

    def _of(self, text: str) -> Matrix | None:
        pieces, _ = self.pieces.of(text)
        return self._runtime.logits(pieces).max(axis=0).astype(np.float64) if pieces else None
