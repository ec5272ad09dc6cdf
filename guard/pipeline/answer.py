"""The body of an answer on its way through: every piece at once, and a copy to read afterwards."""

from collections.abc import AsyncIterator, Callable

from guard.upstream.client import Answer
from guard.wire import chat
from guard.wire.chat import AnswerView
from guard.wire.encoding import decoded
from guard.wire.errors import Broken, UpstreamFault
from guard.wire.headers import find
from guard.wire.sse import Splitter

COPY_LIMIT = 4 << 20
"""Bytes of an answer that are kept for the check; the client gets all."""


class Body:
    """Iterate over it once to get the pieces. The rest is known when they are all out."""

    def __init__(self, answer: Answer, *, events: bool, on_first_byte: Callable[[], None]) -> None:
        self._answer = answer
        self._events = events
        self._coding = find(answer.headers, b"content-encoding")
        self._on_first_byte = on_first_byte
        self._copy = bytearray()
        self._last = b""
        self.length = 0
        """Bytes that went out."""
        self.fault: UpstreamFault | None = None
        """How the upstream failed after the head was out."""
        self.cut = False
        """The connection must be cut: nothing else can tell the client of the fault."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, each as soon as it is in; a fault becomes an error event where one can be read."""
        plain_events = self._events and self._coding in (None, "identity")
        try:
            async for piece in self._split() if plain_events else self._answer.chunks():
                self._keep(piece)
                yield piece
        except UpstreamFault as fault:
            self.fault = fault
            self.cut = not plain_events
            if plain_events:
                yield fault.event()

    async def _split(self) -> AsyncIterator[bytes]:
        splitter = Splitter()
        async for chunk in self._answer.chunks():
            if ready := splitter.feed(chunk):
                yield ready
        if self._broke_off(splitter.tail):
            raise Broken("The upstream ended the stream before it was finished.")
        if splitter.tail:
            yield splitter.tail

    def _keep(self, piece: bytes) -> None:
        if self.length == 0:
            self._on_first_byte()
        self.length += len(piece)
        self._last = piece
        if len(self._copy) < COPY_LIMIT:
            self._copy += piece

    def _broke_off(self, tail: bytes) -> bool:
        """Did a stream of chat chunks end without its end mark, a finish reason or an error?"""
        if self._answer.status >= 400 or chat.DONE in self._last or chat.DONE in tail:
            return False
        view = chat.read_stream((bytes(self._copy) if self.length <= COPY_LIMIT else self._last) + tail)
        return not (view.finished or view.error) and (view.chunks > 0 or self.length == 0)

    @property
    def reports_error(self) -> bool:
        """Did the upstream report an error inside the stream?"""
        return self._events and b'"error"' in self._copy and self.view().error

    def view(self) -> AnswerView:
        """The first choice of the answer; empty when the body is not one that we understand."""
        readable = decoded(bytes(self._copy), self._coding, COPY_LIMIT)
        if readable is None:
            return AnswerView()
        return chat.read_stream(readable) if self._events else chat.read_completion(readable) or AnswerView()


class WholeBody(Body):
    """A body that is in already: a stream of one piece."""

    def __init__(self, answer: Answer, content: bytes, on_first_byte: Callable[[], None]) -> None:
        super().__init__(answer, events=False, on_first_byte=on_first_byte)
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The one piece."""
        self._keep(self._content)
        yield self._content


async def body_of(answer: Answer, *, stream: bool, on_first_byte: Callable[[], None]) -> Body:
    """The body of `answer`; one that nobody asked to be streamed is taken in whole first.

    Raises:
        UpstreamFault: the whole body did not come in; the client can still be told properly.
    """
    kind = (find(answer.headers, b"content-type") or "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        return Body(answer, events=True, on_first_byte=on_first_byte)
    if stream and answer.status < 400:
        return Body(answer, events=False, on_first_byte=on_first_byte)
    return WholeBody(answer, await answer.read(), on_first_byte)
