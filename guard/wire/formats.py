"""The three APIs that carry answers, behind one protocol: read what matters, edit text and leave the rest."""

from typing import Protocol

from guard.wire.chat import CHAT
from guard.wire.completions import COMPLETIONS
from guard.wire.pieces import Piece
from guard.wire.responses import RESPONSES
from guard.wire.views import AnswerView, RequestView

__all__ = ["CHAT", "COMPLETIONS", "FORMATS", "RESPONSES", "AnswerView", "Format", "RequestView"]


class Format(Protocol):
    """One API. Bodies and events stay bytes; what is not edited stays byte for byte."""

    name: str

    def read_request(self, body: bytes) -> RequestView | None:
        """The view of a request body; None when it is JSON that we do not understand.

        Raises:
            InvalidJson: the body is not JSON.
        """
        ...

    def read_answer(self, body: bytes) -> AnswerView | None:
        """The view of a whole answer; None when it is not one."""
        ...

    def read_stream(self, stream: bytes) -> AnswerView:
        """The view of a streamed answer."""
        ...

    def pieces(self, events: bytes) -> list[Piece]:
        """Whole events to pieces, each event or comment one; joined they are the input."""
        ...

    def with_text(self, body: bytes, text: str) -> bytes:
        """A whole answer with another text; one that has no text comes back as it is."""
        ...

    def with_extra(self, body: bytes, extra: bytes) -> bytes:
        """A whole answer with the `coolhead` object, given as JSON."""
        ...

    def delta(self, like: Piece, text: str) -> bytes:
        """The event with this text in place of its own; a finish event that adds text still finishes."""
        ...

    def finish(self, piece: Piece, *, text: str | None, extra: bytes | None, shift: int = 0) -> bytes:
        """An event once more. `text` is the whole new text, for events that repeat it. `extra` goes onto the
        event that gives the finish reason, or holds the finished response. `shift` moves the number of a
        numbered event, of any kind."""
        ...

    def note(self, like: Piece, text: str) -> bytes:
        """A text event in addition, after `like`."""
        ...


FORMATS: dict[str, Format] = {
    "chat/completions": CHAT,
    "completions": COMPLETIONS,
    "responses": RESPONSES,
}
"""By the path below /v1."""
