"""Everything goes out at once, and a line after it when the answer lacks it: crises, where the operator says so."""

from collections.abc import Callable

from guard.delivery.direct import Direct
from guard.delivery.ending import Ending
from guard.delivery.format import EventFormat
from guard.delivery.steps import Release, Step
from guard.wire.pieces import Part, Piece


class Closing(Direct):
    """Holds nothing. `line` says what to append to a text, if anything; the rules that decide it take no time."""

    def __init__(self, format: EventFormat, line: Callable[[str], str | None]) -> None:
        self._format = format
        self._line = line
        self._text = ""
        self._last: Piece | None = None
        self._added: str | None = None

    def piece(self, piece: Piece) -> list[Step]:
        """Out it goes; before the first closing event, the line."""
        if self._added is not None and piece.part is not Part.END:
            # What follows may repeat the text, and is numbered one higher.
            text = self._text + self._added if piece.part is Part.FINISH and not piece.text else None
            return [Release(self._format.finish(piece, text=text, extra=None, shift=1))]
        if piece.text:
            self._text += piece.text
        if piece.part is not Part.FINISH:
            self._last = piece if piece.text else self._last
            return [Release(piece.raw)]
        line = self._line(self._text)
        if line is None or self._last is None:
            return [Release(piece.raw)]
        self._added = line
        ending = Ending([piece], self._text, self._last, note=line)
        return [Release(found.raw) for found in ending.pieces(self._format)]
