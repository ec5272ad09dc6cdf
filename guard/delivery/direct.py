"""Everything goes out as it comes in: off, observe, and every crisis."""

from guard.core.settlement import Settlement
from guard.delivery.steps import Release, Step
from guard.wire.pieces import Piece


class Direct:
    """Holds nothing and waits for nothing."""

    sent = ""
    """Not kept: there is no settlement to know it."""
    undeliverable = False
    """Nothing is ever asked of it."""

    def piece(self, piece: Piece) -> list[Step]:
        """Out it goes."""
        return [Release(piece.raw)]

    def end(self) -> list[Step]:
        """Nothing is left."""
        return []

    def settled(self, settlement: Settlement | None) -> list[Step]:
        """The answer is out, whatever the check says."""
        return []

    def broken(self) -> list[Step]:
        """Nothing is left."""
        return []
