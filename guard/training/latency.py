"""How long a reading takes on one thread, cold and from the cache."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from guard.classifier.onnx import OnnxClassifier
from guard.core.turn import Turn

_SENTENCE = 16
"""Tokens of a sentence, its full stop among them; the first one leaves two to the special ones around the text."""


def texts(tokenizer: Path, tokens: int, count: int, seed: int = 0) -> list[str]:
    """Different texts of exactly so many tokens, in sentences of 16.

    Their words are one token each, and too long for an abbreviation, after which a sentence would go on.
    """
    found = Tokenizer.from_file(str(tokenizer))
    words = sorted(word for word in found.get_vocab() if word.isascii() and word.isalpha() and 7 <= len(word) <= 9)
    rng = random.Random(seed)
    sizes = [_SENTENCE - 3, *[_SENTENCE - 1] * (tokens // _SENTENCE - 1)]
    return [" ".join(" ".join(rng.sample(words, size)) + "." for size in sizes) for _ in range(count)]


def measure(folder: Path, *, sizes: tuple[int, ...] = (16, 64, 80, 128), count: int = 200) -> list[dict[str, Any]]:
    """Median and 99th percentile in milliseconds of a whole reading: language, tokens, model, rules, calibration.

    Cold ones in the caller's thread; cached ones as the service asks, from the event loop.
    """
    rows = []
    for tokens in sizes:
        for state in ("cold", "cached"):
            classifier = OnnxClassifier.load(folder, cache_entries=0 if state == "cold" else 100_000)
            try:
                given = texts(folder / "tokenizer.json", tokens, count)
                if state == "cached":
                    asyncio.run(_read(classifier, given))
                    times = asyncio.run(_read(classifier, given))
                else:
                    times = [_score(classifier, text) for text in given]
            finally:
                classifier.close()
            p50, p99 = (round(float(q), 3) for q in np.quantile(times, [0.5, 0.99]))
            rows.append({"tokens": tokens, "sentences": tokens // _SENTENCE, "state": state, "p50": p50, "p99": p99})
    return rows


async def _read(classifier: OnnxClassifier, given: list[str]) -> list[float]:
    """As the service asks for turns that it knows."""
    times = []
    for text in given:
        started = time.perf_counter()
        await classifier.read(Turn(text))
        times.append((time.perf_counter() - started) * 1000)
    return times


def _score(classifier: OnnxClassifier, text: str) -> float:
    started = time.perf_counter()
    classifier.score(Turn(text))
    return (time.perf_counter() - started) * 1000
