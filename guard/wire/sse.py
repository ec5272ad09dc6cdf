"""Server-sent events: where they end in a stream of bytes, and what data they carry."""

import re
from collections.abc import Iterator

DONE = b"[DONE]"
"""The data of the event after which nothing follows."""

_LINE = re.compile(rb"\r\n|\n|\r")


class Splitter:
    """Lets bytes out at event boundaries, so that a broken stream never ends inside an event.

    What comes out, with the tail, is exactly what came in. Lines may end in LF, CRLF or CR.
    """

    def __init__(self) -> None:
        self._tail = bytearray()

    def feed(self, data: bytes) -> bytes:
        """All bytes up to the last event (or comment line) that is complete."""
        tail = self._tail
        if not tail and data.endswith((b"\n\n", b"\r\n\r\n")):
            return data
        seen = len(tail)
        tail += data
        end = _after_last_boundary(tail, max(0, seen - 3))
        end = _after_comments(tail, end)
        ready = bytes(tail[:end])
        del tail[:end]
        return ready

    @property
    def tail(self) -> bytes:
        """What has come in and is not a whole event yet."""
        return bytes(self._tail)


def _after_last_boundary(data: bytearray, start: int) -> int:
    """The index after the last empty line at or after `start`, or 0."""
    at = max(data.rfind(pair, start) for pair in (b"\n\n", b"\n\r", b"\r\r"))
    if at < 0:
        return 0
    end = at + 2
    return end + 1 if data[end - 1] == 0x0D and data[end : end + 1] == b"\n" else end


def _after_comments(data: bytearray, end: int) -> int:
    """The index after complete comment lines that follow: heartbeats must not wait for an event."""
    while data[end : end + 1] == b":" and (line := _LINE.search(data, end)):
        end = line.end()
    return end


def data_of(stream: bytes) -> Iterator[bytes]:
    """The data of each event in `stream`, joined over its data lines; comments and names are skipped."""
    lines: list[bytes] = []
    for line in _LINE.split(stream):
        if not line:
            if lines:
                yield b"\n".join(lines)
                lines = []
        elif line.startswith(b"data:"):
            lines.append(line[5:].removeprefix(b" "))
    if lines:
        yield b"\n".join(lines)


_EVENT_END = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")
_DATA_LINE = re.compile(rb"(?:(?<=[\r\n])|\A)(data: ?)([^\r\n]*)")


def events_of(stream: bytes) -> Iterator[bytes]:
    """Each event as it came, with the empty line that ends it; joined they are the stream."""
    start = 0
    for match in _EVENT_END.finditer(stream):
        yield stream[start : match.end()]
        start = match.end()
    if start < len(stream):
        yield stream[start:]


def event_data(event: bytes) -> bytes:
    """The data of one event; empty for a comment."""
    one_line = event.find(b"\n") == len(event) - 2 and b"\r" not in event
    if one_line and event.startswith(b"data: ") and event.endswith(b"\n\n"):
        return event[6:-2]
    return next(data_of(event), b"")


def with_data(event: bytes, data: bytes) -> bytes:
    """The event with other data, of as many lines; its name, id, comments and line ends stay."""
    lines = iter(data.split(b"\n"))
    return _DATA_LINE.sub(lambda match: match[1] + next(lines, match[2]), event)
