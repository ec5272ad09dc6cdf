"""Nothing, or only an opening that states nothing, goes out before the check is done: correct and block."""

from collections.abc import Sequence

from guard.core.settlement import Action, Settlement
from guard.delivery.ending import Ending
from guard.delivery.format import EventFormat
from guard.delivery.lead import Lead
from guard.delivery.steps import Await, Release, Step
from guard.wire.pieces import Part, Piece

_LONGEST_RELEASE = 2.0
"""Seconds that held text takes to go out, at most."""
_CHARACTERS_PER_SECOND = 240.0
"""About 60 tokens."""


class Hold:
    """Holds the text of an answer until its settlement says what goes out."""

    def __init__(self, format: EventFormat, seconds: float, *, lead: bool, closed: bool = False) -> None:
        self._format = format
        self._seconds = seconds
        self._closed = closed
        self._lead = Lead() if lead else None
        self._held: list[Piece] = []
        self._last: Piece | None = None
        self._closing = False
        self._several = False
        """Text came after a closing event: the answer is of several texts."""
        self._done = False
        self.sent = ""
        """The text that is out. A text that is to take the answer's place must begin with it."""
        self.undeliverable = False
        """The settlement asked for what could not be done, so the original went out (or nothing, if closed)."""

    def piece(self, piece: Piece) -> list[Step]:
        """Held, from the first text that may not go out yet."""
        if self._done:
            return [Release(piece.raw)]
        self._several = self._several or (self._closing and piece.part is Part.TEXT)
        self._closing = self._closing or piece.part is Part.FINISH
        self._held.append(piece)
        if self._lead and piece.text:
            self._lead.feed(piece.text)
        return self._opening()

    def end(self) -> list[Step]:
        """Wait for the check."""
        return [Await(self._seconds)] if self._held else []

    def settled(self, settlement: Settlement | None) -> list[Step]:
        """The held rest: as it came, or with another text."""
        self._done = True
        if settlement is None:
            return self._untouched(drop=self._closed, paced=True)
        must = settlement.text is not None and (self._closed or settlement.action is Action.BLOCKED)
        ending = Ending(
            self._held,
            self.sent,
            self._last,
            text=self._rest(settlement.text, must),
            note=None if self._several else settlement.note,
            extra=settlement.extra,
        )
        if settlement.text is not None and (ending.text is None or self._several or not ending.carries_text):
            self.undeliverable = True
            return self._untouched(drop=must and ending.carries_text, paced=True)
        self.undeliverable = bool(settlement.note) and (self._several or not ending.carries_note)
        self._held = []
        return _paced(ending.pieces(self._format))

    def broken(self) -> list[Step]:
        """The held text as it came, or nothing if answers that were not checked may not go out."""
        self._done = True
        return self._untouched(drop=self._closed, paced=False)

    def _opening(self) -> list[Step]:
        """What is at the front and may go out now."""
        steps: list[Step] = []
        free = self._lead.length if self._lead else 0
        count = 0
        for piece in self._held:
            if piece.part in (Part.FINISH, Part.END) or (piece.text and len(self.sent) + len(piece.text) > free):
                break
            if piece.text:
                self.sent += piece.text
                self._last = piece
            steps.append(Release(piece.raw))
            count += 1
        del self._held[:count]
        return steps

    def _rest(self, text: str | None, must: bool) -> str | None:
        """What goes out after the opening, if the opening allows it."""
        if text is None or text.startswith(self.sent):
            return None if text is None else text[len(self.sent) :]
        if not must:
            return None
        return text if self.sent[-1:].isspace() else f" {text}"

    def _untouched(self, *, drop: bool, paced: bool) -> list[Step]:
        held, self._held = self._held, []
        if drop:
            # Closing events may repeat the text.
            held = [piece for piece in held if piece.part is Part.END]
        return _paced(held) if paced else [Release(piece.raw) for piece in held]


def _paced(pieces: Sequence[Piece]) -> list[Step]:
    """Text at the pace of a model that writes, the first of it at once."""
    total = sum(len(piece.text) for piece in pieces)
    rate = max(_CHARACTERS_PER_SECOND, total / _LONGEST_RELEASE)
    steps: list[Step] = []
    before = 0
    for piece in pieces:
        steps.append(Release(piece.raw, before / rate if piece.text else 0.0))
        before = len(piece.text) or before
    return steps
