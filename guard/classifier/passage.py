"""Text to what the model takes: one row of tokens, and where each sentence lies in it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from guard.core import sentences

_SPECIAL = 2
"""Tokens around a row."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The part of a text that is read."""

    sentences: tuple[str, ...]
    """A sentence that is too long to be one is there in parts."""
    ids: tuple[int, ...]
    """Tokens of all sentences, in order, between the two special ones."""
    lengths: tuple[int, ...]
    """Tokens of each sentence."""
    truncated: bool
    """Sentences were left out."""

    def pooling(self) -> NDArray[np.float32]:
        """Weights of shape (sentences, tokens) that average the tokens of each sentence."""
        weights = np.zeros((len(self.lengths), len(self.ids)), dtype=np.float32)
        start = 1
        for row, length in enumerate(self.lengths):
            weights[row, start : start + length] = 1.0 / length
            start += length
        return weights

    def whole(self) -> "Passage":
        """The same as one sentence."""
        return replace(self, sentences=(" ".join(self.sentences),), lengths=(sum(self.lengths),))


class Reader:
    """Cuts texts into passages within a budget of tokens."""

    def __init__(self, tokenizer: Path, longest: int, budget: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._first, self._last = self._tokenizer.encode("").ids
        self._longest = longest
        self._budget = budget - _SPECIAL

    def passage(self, text: str) -> Passage | None:
        """What is read of a text, or None when it has no words.

        Of a text beyond the budget both ends are read, the end first: people feel and ask there.
        """
        # A lone surrogate, half of an emoji that a client cut, is no text to the tokenizer.
        text = text.encode("utf-8", "replace").decode()
        found = [sentence.text for sentence in sentences.split(text)]
        chosen: dict[tuple[int, int], tuple[str, list[int]]] = {}
        left, truncated = self._budget, False
        for index in _from_both_ends(len(found)):
            parts = self._parts(found[index])
            for place in _from_both_ends(len(parts)):
                part, ids = parts[place]
                if len(ids) > left:
                    truncated = True
                    break
                chosen[index, place] = (part, ids)
                left -= len(ids)
            if truncated:
                break
        if not chosen:
            return None
        kept = [chosen[place] for place in sorted(chosen)]
        row = (self._first, *(i for _, part in kept for i in part), self._last)
        return Passage(tuple(text for text, _ in kept), row, tuple(len(part) for _, part in kept), truncated)

    def _parts(self, sentence: str) -> list[tuple[str, list[int]]]:
        """A sentence with its tokens, in parts if it is too long; none if it has no tokens."""
        encoded = self._tokenizer.encode(sentence, add_special_tokens=False)
        ids, size = encoded.ids, self._longest
        if len(ids) <= size:
            return [(sentence, ids)] if ids else []
        cuts = range(0, len(ids), size)
        ends = [encoded.offsets[min(start + size, len(ids)) - 1][1] for start in cuts]
        return [
            (sentence[encoded.offsets[start][0] : end].strip(), ids[start : start + size])
            for start, end in zip(cuts, ends, strict=True)
        ]


def _from_both_ends(count: int) -> list[int]:
    """Last, first, last but one, second, ..."""
    return [count - 1 - i // 2 if i % 2 == 0 else i // 2 for i in range(count)]
