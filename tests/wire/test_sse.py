"""Event boundaries and event data."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.wire.sse import Splitter, data_of, event_data, events_of, with_data

EVENTS = ["data: {}", 'data: {"a":"é"}', "event: x\ndata: 1\ndata: 2", ": a comment", "id: 7\ndata: z", "data: [DONE]"]


def stream_of(events: list[str], ending: str) -> bytes:
    """The events as one stream, with the given line ending."""
    return "".join(event.replace("\n", ending) + ending * 2 for event in events).encode()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_split_in_two(ending: str) -> None:
    """However a stream is cut in two, all bytes come out, in order, and never more than came in."""
    stream = stream_of(EVENTS, ending)

    for cut in range(len(stream) + 1):
        splitter = Splitter()
        first = splitter.feed(stream[:cut])
        second = splitter.feed(stream[cut:])

        assert stream[:cut].startswith(first)
        assert stream == first + second + splitter.tail


@given(
    events=st.lists(st.sampled_from(EVENTS), max_size=6),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    cuts=st.lists(st.integers(0, 200), max_size=12),
)
def test_any_chunks(events: list[str], ending: str, cuts: list[int]) -> None:
    """Whatever the chunks, what is out always ends at an event or comment boundary of the stream."""
    stream = stream_of(events, ending)
    whole = list(data_of(stream))
    marks = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    splitter, out = Splitter(), b""

    for start, stop in pairwise(marks):
        out += splitter.feed(stream[start:stop])
        seen = list(data_of(out))
        assert seen == whole[: len(seen)]

    assert stream == out + splitter.tail
    assert whole == list(data_of(out))


def test_nothing_waits_longer_than_its_event() -> None:
    """An event is out with the chunk that completes it."""
    splitter = Splitter()

    assert b"" == splitter.feed(b"data: 1")
    assert b"" == splitter.feed(b"\n")
    assert b"data: 1\n\n" == splitter.feed(b"\ndata: 2")
    assert b"data: 2\n\n" == splitter.feed(b"\n\n")


def test_heartbeats_do_not_wait() -> None:
    """A comment line is out at once, even when no empty line follows."""
    splitter = Splitter()

    assert b": ping\n" == splitter.feed(b": ping\n")
    assert b"data: 1\n\n: ping\r\n" == splitter.feed(b"data: 1\n\n: ping\r\ndata: 2")


def test_a_broken_event_stays_in_the_tail() -> None:
    """What a broken stream ends with inside an event is not let out."""
    splitter = Splitter()

    assert b"data: 1\n\n" == splitter.feed(b'data: 1\n\ndata: {"cho')
    assert b'data: {"cho' == splitter.tail


def test_data_lines_are_joined() -> None:
    """An event's data lines are joined by a line feed; names, ids and comments are no data."""
    assert [b"{}", b"1\n2", b"z"] == list(data_of(b"data:{}\n\n: c\n\nevent: e\ndata: 1\ndata: 2\n\nid: 3\ndata: z"))


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_events_as_they_came(ending: str) -> None:
    """Each event or comment comes out by itself, and its data can be read."""
    stream = stream_of(EVENTS, ending)

    events = list(events_of(stream))

    assert stream == b"".join(events)
    assert [event.replace("\n", ending) + ending * 2 for event in EVENTS] == [event.decode() for event in events]
    assert [b"{}", '{"a":"é"}'.encode(), b"1\n2", b"", b"z", b"[DONE]"] == [event_data(event) for event in events]


@given(st.lists(st.sampled_from(["\n", "\r", "\r\n", "data: x", "data:", ":c", "é", " "])).map("".join))
def test_events_lose_nothing(stream: str) -> None:
    """However odd a stream is, its events joined are the stream, and hold the data that it holds."""
    events = list(events_of(stream.encode()))

    assert stream.encode() == b"".join(events)
    assert list(data_of(stream.encode())) == [data for event in events for data in data_of(event)]
    assert [next(data_of(event), b"") for event in events] == [event_data(event) for event in events]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_other_data_in_the_same_event(ending: str) -> None:
    """Names, ids, comments, line ends and the missing space after a colon stay as they are."""
    event = ": c\nevent: data: e\nid: 4\ndata: 1\nretry: 3\ndata:2\n\n".replace("\n", ending).encode()

    changed = with_data(event, b"\\g<0> one\ntwo")

    assert event.replace(b"data: 1", b"data: \\g<0> one").replace(b"data:2", b"data:two") == changed
    assert event == with_data(event, event_data(event))
