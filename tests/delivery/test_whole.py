"""Whole answers by the rules of streamed ones."""

from dataclasses import dataclass

import msgspec
import pytest

from guard.core.settlement import Settlement
from guard.delivery.whole import apply_whole
from tests.delivery.playbook import blocked, corrected, late, settlement


@dataclass
class Answer:
    """An answer's view."""

    text: str


class Plain:
    """Bodies of the form `text` or `text|extra`."""

    def read_answer(self, body: bytes) -> Answer | None:
        """Errors are no answers."""
        return None if body.startswith(b"error") else Answer(body.decode())

    def with_text(self, body: bytes, text: str) -> bytes:
        """The text alone."""
        return text.encode()

    def with_extra(self, body: bytes, extra: bytes) -> bytes:
        """Behind a bar."""
        return body + b"|" + extra


@pytest.mark.parametrize(
    ("body", "end", "out"),
    [
        (b"8 g", settlement(), b"8 g|X"),
        (b"8 g", late(), b"8 g|X"),
        (b"8 g", corrected("4 g"), b"4 g|X"),
        (b"8 g", blocked("Ask."), b"Ask.|X"),
        (b"8 g", settlement(note=" (4 g)"), b"8 g (4 g)|X"),
        (b"", blocked("Ask."), b"|X"),
        (b"", settlement(note=" (4 g)"), b"|X"),
        (b"8 g", settlement(extra=b""), b"8 g"),
        (b"error", blocked("Ask."), b"error"),
    ],
)
def test_bodies(body: bytes, end: Settlement, out: bytes) -> None:
    """Text, note and verdict; no text for an answer without one, nothing for what is no answer."""
    changed = apply_whole(Plain(), body, end)

    assert changed == out.replace(b"X", msgspec.json.encode({"verdict": "v"}))
