"""onnxruntime with one thread, and names for what was read before."""

import hashlib
import secrets
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from guard.classifier.passage import Passage

Logits = NDArray[np.float32]


class Runtime:
    """Scores the sentences of a passage, each in the light of the others. Not thread-safe."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def logits(self, passage: Passage) -> Logits:
        """The logits of shape (sentences, outputs)."""
        ids = np.array([passage.ids], dtype=np.int32)
        logits: Logits = self._session.run(["logits"], {"input_ids": ids, "pooling": passage.pooling()})[0]
        return logits


class Digest:
    """Names texts by a checksum keyed with a secret of the process: a cache must not reveal what was said."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def of(self, text: str) -> bytes:
        """16 bytes."""
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
