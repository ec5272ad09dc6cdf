"""Only the end of the answer waits, and says what the check found: annotate."""

from guard.core.settlement import Settlement
from guard.delivery.ending import Ending
from guard.delivery.format import EventFormat
from guard.delivery.steps import Await, Release, Step
from guard.wire.pieces import Part, Piece


class Tail:
    """Lets everything out but the closing events, and waits for the check before those."""

    def __init__(self, format: EventFormat, seconds: float) -> None:
        self._format = format
        self._seconds = seconds
        self._held: list[Piece] = []
        self._last: Piece | None = None
        self.sent = ""
        self._several = False
        """Text came after a closing event: the answer is of several texts."""
        self._done = False
        self.undeliverable = False
        """The settlement asked for what could not be done: another text, or a note that nothing carries."""

    def piece(self, piece: Piece) -> list[Step]:
        """Out it goes, unless it closes the answer."""
        if self._done:
            return [Release(piece.raw)]
        if piece.part is Part.TEXT and self._held:
            # It was the end of one part of the answer only.
            self._several = True
            return [*self._open(), *self._pass(piece)]
        if self._held or piece.part in (Part.FINISH, Part.END):
            self._held.append(piece)
            return []
        return self._pass(piece)

    def end(self) -> list[Step]:
        """Wait, if there is a closing event to say the verdict on."""
        return [Await(self._seconds)] if self._held else self._open()

    def settled(self, settlement: Settlement | None) -> list[Step]:
        """The closing events, with what the check found."""
        self._done = True
        if settlement is None:
            return self._open()
        if settlement.text is not None:
            # The text is out. An extra that says that it was changed would not be true.
            self.undeliverable = True
            return self._open()
        ending = Ending(
            self._held, self.sent, self._last, note=None if self._several else settlement.note, extra=settlement.extra
        )
        self.undeliverable = bool(settlement.note) and (self._several or not ending.carries_note)
        self._held = []
        return [Release(piece.raw) for piece in ending.pieces(self._format)]

    def broken(self) -> list[Step]:
        """The closing events as they came, if they did."""
        self._done = True
        return self._open()

    def _pass(self, piece: Piece) -> list[Step]:
        if piece.text:
            self._last = piece
            self.sent += piece.text
        return [Release(piece.raw)]

    def _open(self) -> list[Step]:
        held, self._held = self._held, []
        return [Release(piece.raw) for piece in held]
