"""onnxruntime with one thread, and a cache of what was scored before."""

import hashlib
import secrets
from pathlib import Path

import numpy as np
import onnxruntime
from cachetools import LRUCache
from numpy.typing import NDArray

from guard.classifier.pieces import Piece

Logits = NDArray[np.float32]


class Runtime:
    """Scores pieces, each at its own length: padding to a common one would double the cost. Not thread-safe."""

    def __init__(self, model: Path, cache_entries: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._cache: LRUCache[bytes, Logits] = LRUCache(cache_entries)
        self._key = secrets.token_bytes(16)
        self.hits = 0
        self.misses = 0

    def logits(self, pieces: list[Piece]) -> Logits:
        """The logits of the pieces, of shape (pieces, outputs)."""
        return np.stack([self._of(piece) for piece in pieces])

    def _of(self, piece: Piece) -> Logits:
        digest = self.digest(piece.text)
        known = self._cache.get(digest)
        if known is not None:
            self.hits += 1
            return known
        self.misses += 1
        ids = np.array([piece.ids], dtype=np.int32)
        logits: Logits = self._session.run(["logits"], {"input_ids": ids})[0][0]
        if self._cache.maxsize:
            self._cache[digest] = logits
        return logits

    def digest(self, text: str) -> bytes:
        """Keyed by a secret of the process: the cache must not reveal what was said."""
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
