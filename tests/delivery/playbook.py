"""Plays of a delivery: events in, and what went out, in words.

The format here is as small as one can be and has the hard traits of the real ones: numbered events, closing events
that repeat the whole text, and closing events that add text themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from guard.core.settlement import Action, Settlement
from guard.core.verdict import Kind, Unable, Verdict
from guard.delivery.steps import Await, Delivery, Release, Step
from guard.wire.pieces import Part, Piece

EXTRA = b'{"verdict":"v"}'
DONE = Piece(b"data: [DONE]\n\n", Part.END)
COMMENT = Piece(b": ping\n\n", Part.OTHER)


def event(kind: str, part: Part, text: str = "", *, line: str = "\n", **fields: str | int) -> Piece:
    """An event of the format."""
    content = msgspec.json.encode({"kind": kind, **({"text": text} if text else {}), **fields})
    return Piece(b"data: " + content + line.encode() * 2, part, text)


def text(words: str, *, line: str = "\n", **fields: str | int) -> Piece:
    """A text delta."""
    return event("text", Part.TEXT, words, line=line, **fields)


def other(kind: str = "role", *, line: str = "\n", **fields: str | int) -> Piece:
    """An event without text."""
    return event(kind, Part.OTHER, "", line=line, **fields)


def finish(words: str = "", *, line: str = "\n", **fields: str | int) -> Piece:
    """A closing event; with `whole` it repeats the text, with `words` it adds to it."""
    return event("finish", Part.FINISH, words, line=line, **fields)


class Small:
    """The format."""

    def delta(self, like: Piece, text: str) -> bytes:
        """Another text, all else the same."""
        return encoded(read(like.raw) | {"text": text}, like)

    def finish(self, piece: Piece, *, text: str | None, extra: bytes | None, shift: int = 0) -> bytes:
        """Whole text and number only where the event has them, `coolhead` as asked."""
        if piece.raw.startswith(b":"):
            return piece.raw
        content = read(piece.raw)
        if text is not None and "whole" in content:
            content["whole"] = text
        if "n" in content:
            content["n"] += shift
        if extra is not None:
            content["coolhead"] = msgspec.json.decode(extra)
        return encoded(content, piece)

    def note(self, like: Piece, text: str) -> bytes:
        """One number higher."""
        content = read(like.raw) | {"kind": "note", "text": text}
        if "n" in content:
            content["n"] += 1
        return encoded(content, like)


FORMAT = Small()


def read(raw: bytes) -> dict[str, Any]:
    """The content of an event."""
    return msgspec.json.decode(raw.removeprefix(b"data: ").strip(), type=dict[str, Any])


def encoded(content: dict[str, Any], like: Piece) -> bytes:
    """An event that ends its lines as that one does."""
    return b"data: " + msgspec.json.encode(content) + (b"\r\n\r\n" if like.raw.endswith(b"\r\n\r\n") else b"\n\n")


def in_words(raw: bytes) -> str:
    """An event as it is written in a play: `text No`, `finish whole=No coolhead`, `done`, `comment`."""
    if raw.startswith(b":"):
        return "comment"
    if raw.strip() == b"data: [DONE]":
        return "done"
    content = read(raw)
    number = f"{content['n']}: " if "n" in content else ""
    words = [content["kind"], content.get("text", ""), f"whole={content['whole']}" if "whole" in content else ""]
    return number + " ".join(word for word in (*words, "coolhead" if "coolhead" in content else "") if word)


def settlement(
    kind: Kind = Kind.CONSISTENT,
    text: str | None = None,
    *,
    action: Action = Action.ANNOTATED,
    note: str | None = None,
    extra: bytes = EXTRA,
) -> Settlement:
    """How a check ended."""
    return Settlement(Verdict(kind), action, text, note=note, extra=extra)


def corrected(text: str) -> Settlement:
    """Facts were changed."""
    return settlement(Kind.CONTRADICTED, text, action=Action.CORRECTED)


def blocked(text: str) -> Settlement:
    """Something else is said."""
    return settlement(Kind.CONTRADICTED, text, action=Action.BLOCKED)


def late() -> Settlement:
    """No verdict in time."""
    return Settlement(Verdict.unable(Unable.DEADLINE), extra=EXTRA)


@dataclass
class Play:
    """A delivery at work; each line says what went out on it."""

    machine: Delivery
    raw: list[bytes] = field(default_factory=list)
    """All that went out."""
    pauses: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def takes(self, *pieces: Piece) -> list[str]:
        """Events come in."""
        return [words for piece in pieces for words in self._did(self.machine.piece(piece))]

    def ends(self) -> list[str]:
        """The upstream is done."""
        return self._did(self.machine.end())

    def settles(self, settlement: Settlement | None) -> list[str]:
        """The check is done, or late."""
        return self._did(self.machine.settled(settlement))

    def breaks(self) -> list[str]:
        """The upstream is gone."""
        return self._did(self.machine.broken())

    def runs(self, pieces: Sequence[Piece], settlement: Settlement | None) -> list[str]:
        """From start to end, as the service does it; all that went out."""
        out = self.takes(*pieces) + self.ends()
        return out + self.settles(settlement) if self.waits else out

    @property
    def bytes(self) -> bytes:
        """All that went out, joined."""
        return b"".join(self.raw)

    @property
    def text(self) -> str:
        """The text that the client put together."""
        events = (raw for raw in self.raw if raw.startswith(b"data: {"))
        return "".join(read(raw).get("text", "") for raw in events)

    def _did(self, steps: list[Step]) -> list[str]:
        out = []
        for step in steps:
            match step:
                case Release(raw, pause):
                    self.raw.append(raw)
                    self.pauses.append(pause)
                    out.append(in_words(raw))
                case Await(seconds):
                    self.waits.append(seconds)
                    out.append(f"waits {seconds:g}")
        return out
