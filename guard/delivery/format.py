"""What a delivery needs of an API's format."""

from typing import Protocol

from guard.wire.pieces import Piece


class EventFormat(Protocol):
    """Single events changed, every other byte as it was."""

    def delta(self, like: Piece, text: str) -> bytes:
        """An event like that one, with this text."""
        ...

    def finish(self, piece: Piece, *, text: str | None, extra: bytes | None, shift: int = 0) -> bytes:
        """An event once more, with the whole text where it repeats it, `coolhead`, and its number moved."""
        ...

    def note(self, like: Piece, text: str) -> bytes:
        """An additional text event, to follow that one."""
        ...
