"""What a delivery is told, and what it wants done."""

from dataclasses import dataclass
from typing import Protocol

from guard.core.settlement import Settlement
from guard.wire.pieces import Piece


@dataclass(frozen=True, slots=True)
class Release:
    """Let these bytes out."""

    raw: bytes
    pause: float = 0.0
    """Seconds to wait before, so that text that was held comes at a pace that people can follow."""


@dataclass(frozen=True, slots=True)
class Await:
    """The answer is complete: wait for its settlement at most so many seconds, then say `settled`."""

    seconds: float


Step = Release | Await


class Delivery(Protocol):
    """One answer's way out. Every byte that came in goes out, unless the settlement says otherwise."""

    @property
    def sent(self) -> str:
        """The text that went out before the settlement: another text must begin with it."""
        ...

    def piece(self, piece: Piece) -> list[Step]:
        """The next event is in."""
        ...

    def end(self) -> list[Step]:
        """The upstream's answer is complete."""
        ...

    def settled(self, settlement: Settlement | None) -> list[Step]:
        """The check is done, or late: None. Everything that is still held goes out."""
        ...

    def broken(self) -> list[Step]:
        """The upstream broke off: what is held and may still go out."""
        ...
