"""Text to token pieces: a piece is a sentence, or a window of one that is too long."""

from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from guard.core import sentences

_SPECIAL = 2
"""Tokens around every piece."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one, as the model reads it."""

    text: str
    ids: tuple[int, ...]


class Pieces:
    """Cuts texts into pieces within a budget."""

    def __init__(self, tokenizer: Path, max_tokens: int, budget: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._max_tokens = max_tokens
        self._budget = budget

    def of(self, text: str) -> tuple[list[Piece], bool]:
        """The pieces of a text in order, and whether some were left out.

        Of a text beyond the budget both ends are read, the end first: people feel and ask there.
        """
        # A lone surrogate, half of an emoji that a client cut, is no text to the tokenizer.
        text = text.encode("utf-8", "replace").decode()
        found = [sentence.text for sentence in sentences.split(text)]
        chosen: dict[int, list[Piece]] = {}
        left = self._budget
        for index in _from_both_ends(len(found)):
            pieces = self._windows(found[index])
            if not pieces:
                continue
            cost = sum(len(piece.ids) for piece in pieces)
            if cost > left and chosen:
                return [piece for i in sorted(chosen) for piece in chosen[i]], True
            if cost > left:
                return pieces[: max(1, left // self._max_tokens)], True
            chosen[index] = pieces
            left -= cost
        return [piece for i in sorted(chosen) for piece in chosen[i]], False

    def _windows(self, sentence: str) -> list[Piece]:
        ids = self._tokenizer.encode(sentence).ids
        if len(ids) <= _SPECIAL:
            return []
        if len(ids) <= self._max_tokens:
            return [Piece(sentence, tuple(ids))]
        first, last, inner = ids[0], ids[-1], ids[1:-1]
        size = self._max_tokens - _SPECIAL
        cuts = [inner[i : i + size] for i in range(0, len(inner), size)]
        return [Piece(f"{sentence}#{i}", (first, *cut, last)) for i, cut in enumerate(cuts)]


def _from_both_ends(count: int) -> list[int]:
    """Last, first, last but one, second, ..."""
    return [count - 1 - i // 2 if i % 2 == 0 else i // 2 for i in range(count)]
