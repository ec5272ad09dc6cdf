"""The held rest of an answer, as its settlement wants it."""

from collections.abc import Sequence
from dataclasses import dataclass

from guard.delivery.format import EventFormat
from guard.delivery.spread import spread
from guard.wire.pieces import Part, Piece


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of the held events: as many go out as were held, and one more for a note."""

    held: Sequence[Piece]
    sent: str = ""
    """The text that went out before."""
    last: Piece | None = None
    """The last text event that went out before."""
    text: str | None = None
    """The text of the held events together; None leaves it as it is."""
    note: str | None = None
    extra: bytes = b""

    @property
    def original(self) -> str:
        """The text of the held events, as it came."""
        return "".join(piece.text for piece in self.held)

    @property
    def carries_text(self) -> bool:
        """Is there an event that another text can go into?"""
        return any(piece.text for piece in self.held)

    @property
    def carries_note(self) -> bool:
        """Is there an event that a note can follow?"""
        return self.last is not None or self.carries_text

    def pieces(self, format: EventFormat) -> list[Piece]:
        """The events that go out."""
        note = self.note if self.carries_note else None
        rest = self.original if self.text is None else self.text
        whole = self.sent + rest + (note or "") if self.text is not None or note else None
        carriers = [at for at, piece in enumerate(self.held) if piece.text]
        parts = dict(zip(carriers, spread([self.held[at].text for at in carriers], rest), strict=True))
        if note and carriers and self.held[carriers[-1]].part is not Part.TEXT:
            # The text ends inside the event that says that the answer is complete: nothing may follow it.
            parts[carriers[-1]] += note
            note = None
        note_after = carriers[-1] if carriers else -1
        out: list[Piece] = []
        shift = 0
        if note and self.last and note_after < 0:
            out.append(_noted(self.last, note, format))
            shift = 1
        for at, piece in enumerate(self.held):
            out.append(self._changed(piece, parts.get(at, ""), whole, shift, format))
            if note and at == note_after:
                out.append(_noted(out[-1], note, format))
                shift = 1
        return out

    def _changed(self, piece: Piece, text: str, whole: str | None, shift: int, format: EventFormat) -> Piece:
        if text != piece.text:
            piece = Piece(format.delta(piece, text), piece.part, text)
        finish = piece.part is Part.FINISH
        # A closing event that itself adds text has got its own; others repeat the whole text, or have none.
        repeated = whole if finish and not piece.text else None
        extra = self.extra or None if finish else None
        if piece.part is Part.END or (repeated is None and extra is None and not shift):
            return piece
        return Piece(format.finish(piece, text=repeated, extra=extra, shift=shift), piece.part, piece.text)


def _noted(like: Piece, note: str, format: EventFormat) -> Piece:
    return Piece(format.note(like, note), Part.TEXT, note)
