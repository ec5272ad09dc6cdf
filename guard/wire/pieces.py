"""An answer on its way, in pieces: what each event of a stream carries."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What an event is for."""

    TEXT = "text"
    """A bit of the answer's text."""
    OTHER = "other"
    """A role, usage, tool calls, reasoning, a comment: nothing that people read as the answer."""
    FINISH = "finish"
    """Says that the answer is complete, and why."""
    END = "end"
    """The mark after which nothing follows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One event of a stream."""

    raw: bytes
    """Exactly as it came, with the empty line that ends it."""
    part: Part
    text: str = ""
    """What it adds to the text of the first choice."""
