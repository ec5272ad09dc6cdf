"""The body of an answer on its way through: every piece at once, and a copy to read afterwards."""

from collections.abc import AsyncIterator, Callable

from guard.upstream.client import Answer
from guard.wire.encoding import decoded
from guard.wire.errors import Broken, UpstreamFault
from guard.wire.formats import AnswerView, Format
from guard.wire.headers import find
from guard.wire.sse import DONE, Splitter

COPY_LIMIT = 4 << 20
"""Bytes of an answer that are kept for the check; the client gets all."""


class Body:
    """Iterate over it once to get the pieces. The rest is known when they are all out."""

    def __init__(self, answer: Answer, format: Format, *, events: bool, on_first_byte: Callable[[], None]) -> None:
        self._answer = answer
        self._format = format
        self._coding = find(answer.headers, b"content-encoding")
        self.events = events and self._coding in (None, "identity")
        """It is a stream of events that we can read."""
        self._is_stream = events
        self._on_first_byte = on_first_byte
        self._copy = bytearray()
        self._taken = 0
        self._last = b""
        self.length = 0
        """Bytes that went out."""
        self._out = b""
        self.fault: UpstreamFault | None = None
        """How the upstream failed after the head was out."""
        self.cut = False
        """The connection must be cut: nothing else can tell the client of the fault."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, each as soon as it is in; a fault becomes an error event where one can be read."""
        try:
            async for piece in self.parts():
                self.goes_out(piece)
                yield piece
        except UpstreamFault as fault:
            self.fault = fault
            self.cut = not self.events
            if self.events:
                yield fault.event()

    async def parts(self) -> AsyncIterator[bytes]:
        """What comes in, in whole events where they can be read, once it is copied.

        Raises:
            UpstreamFault: the answer broke off.
        """
        async for piece in self._split() if self.events else self._answer.chunks():
            self._take(piece)
            yield piece

    def goes_out(self, piece: bytes) -> None:
        """Note that a piece is on its way to the client."""
        if self.length == 0:
            self._on_first_byte()
        self.length += len(piece)
        self._out = piece

    @property
    def end_is_out(self) -> bool:
        """Did the end mark of a stream go out last?"""
        return self.events and DONE in self._out

    async def _split(self) -> AsyncIterator[bytes]:
        splitter = Splitter()
        async for chunk in self._answer.chunks():
            if ready := splitter.feed(chunk):
                yield ready
        if self._broke_off(splitter.tail):
            raise Broken("The upstream ended the stream before it was finished.")
        if splitter.tail:
            yield splitter.tail

    def _take(self, piece: bytes) -> None:
        self._taken += len(piece)
        self._last = piece
        if len(self._copy) < COPY_LIMIT:
            self._copy += piece

    def _broke_off(self, tail: bytes) -> bool:
        """Did a stream of answer events end without its end mark, a finish reason or an error?"""
        if self._answer.status >= 400 or DONE in self._last or DONE in tail:
            return False
        view = self._format.read_stream((bytes(self._copy) if self._taken <= COPY_LIMIT else self._last) + tail)
        return not (view.finished or view.error) and (view.chunks > 0 or self._taken == 0)

    @property
    def reports_error(self) -> bool:
        """Did the upstream report an error inside the stream?"""
        return self._is_stream and b'"error"' in self._copy and self.view().error

    def view(self) -> AnswerView:
        """The first choice of the answer as it came in; empty when the body is not one that we understand."""
        readable = decoded(bytes(self._copy), self._coding, COPY_LIMIT)
        if readable is None:
            return AnswerView()
        read = self._format.read_stream if self._is_stream else self._format.read_answer
        return read(readable) or AnswerView()


class WholeBody(Body):
    """A body that is in already: a stream of one piece."""

    def __init__(self, answer: Answer, format: Format, content: bytes, on_first_byte: Callable[[], None]) -> None:
        super().__init__(answer, format, events=False, on_first_byte=on_first_byte)
        self.content = content
        self._take(content)
        self.is_plain = self._coding in (None, "identity")

    async def parts(self) -> AsyncIterator[bytes]:
        """The one piece."""
        yield self.content


async def body_of(answer: Answer, format: Format, *, stream: bool, on_first_byte: Callable[[], None]) -> Body:
    """The body of `answer`; one that nobody asked to be streamed is taken in whole first.

    Raises:
        UpstreamFault: the whole body did not come in; the client can still be told properly.
    """
    kind = (find(answer.headers, b"content-type") or "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        return Body(answer, format, events=True, on_first_byte=on_first_byte)
    if stream and answer.status < 400:
        return Body(answer, format, events=False, on_first_byte=on_first_byte)
    return WholeBody(answer, format, await answer.read(), on_first_byte)
