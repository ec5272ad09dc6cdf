"""What the formats of all APIs share: requests that are JSON, streams of events, and our own member."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import msgspec

from guard.wire.decoding import request_of
from guard.wire.edit import EXTRA, edited
from guard.wire.pieces import Part, Piece
from guard.wire.sse import DONE, event_data, events_of
from guard.wire.views import RequestView

R = TypeVar("R")


class JsonFormat(ABC, Generic[R]):
    """An API whose requests are read as `R`."""

    name: str
    request: msgspec.json.Decoder[R]

    @abstractmethod
    def _view(self, request: R) -> RequestView:
        """What matters of a request."""

    @abstractmethod
    def _piece(self, raw: bytes, data: bytes) -> Piece:
        """The piece of an event that has data."""

    def read_request(self, body: bytes) -> RequestView | None:
        """The view of a request body; None when it is JSON that we do not understand.

        Raises:
            InvalidJson: the body is not JSON.
        """
        request = request_of(self.request, body)
        return None if request is None else self._view(request)

    def pieces(self, events: bytes) -> list[Piece]:
        """Whole events to pieces. One event does not tell whether other texts came before its own:
        `AnswerView.choices` counts them, and a text is only replaced when it is the only one."""
        return [self._of(raw, event_data(raw)) for raw in events_of(events)]

    def with_extra(self, body: bytes, extra: bytes) -> bytes:
        """The body with `coolhead` in it."""
        return edited(body, {(EXTRA,): extra})

    def _of(self, raw: bytes, data: bytes) -> Piece:
        if data.strip() == DONE:
            return Piece(raw, Part.END)
        return self._piece(raw, data) if data else Piece(raw, Part.OTHER)
