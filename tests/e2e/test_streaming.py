"""Streaming adds no buffering: each event is out as soon as it is in."""

from itertools import pairwise

import pytest

from tests import client
from tests.coolhead import Coolhead
from tests.upstreams.scenarios import PACE
from tests.upstreams.scripted import ScriptedUpstream

PROMPT = 0.1
"""Seconds that an event may take at most through Coolhead on a busy machine; less than the events' distance."""


def arrivals(coolhead: Coolhead, model: str) -> list[tuple[float, bytes]]:
    """The pieces of a streamed answer, with the time of each."""
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body(model, stream=True)
    with client.opened(url, body, [client.JSON]) as (_, response):
        return list(client.pieces(response))


def test_each_event_arrives_as_it_is_sent(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Events that the upstream spaces out arrive spaced out, one by one, right after they were sent."""
    pieces = arrivals(coolhead, "paced")

    sent = upstream.the_request().sent[:-1]  # without the end of the body
    assert len(pieces) == len(sent)
    assert all(piece.count(b"data: ") == 1 for _, piece in pieces)
    late = sorted(there - here for (there, _), here in zip(pieces, sent, strict=True))
    assert late[len(late) // 2] < PROMPT
    gaps = sorted(after - before for (before, _), (after, _) in pairwise(pieces))
    assert gaps[len(gaps) // 2] > PACE / 2


def test_heartbeats_are_not_held_back(coolhead: Coolhead) -> None:
    """Comments that keep a connection alive while the model thinks arrive before the first event does."""
    pieces = arrivals(coolhead, "sse-heartbeat")

    first_event = next(there for there, piece in pieces if b"data:" in piece)
    comments = [there for there, piece in pieces if piece.startswith(b": PROCESSING")]
    assert len(comments) == 3
    assert first_event - comments[0] > 2 * PACE


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_compressed_streams_are_not_held_back(coolhead: Coolhead, coding: str) -> None:
    """A compressed stream is passed on piece by piece as well."""
    pieces = arrivals(coolhead, f"paced-{coding}")

    gaps = sorted(after - before for (before, _), (after, _) in pairwise(pieces))
    assert len(pieces) > 5
    assert gaps[len(gaps) // 2] > PACE / 2


def test_other_routes_stream_too(coolhead: Coolhead) -> None:
    """A stream on a route that is only passed through is not held back either."""
    body = client.chat_body("paced", stream=True)
    with client.opened(f"{coolhead.base_url}/scenario", body, [client.JSON]) as (_, response):
        pieces = list(client.pieces(response))

    gaps = sorted(after - before for (before, _), (after, _) in pairwise(pieces))
    assert gaps[len(gaps) // 2] > PACE / 2


def test_head_of_the_answer_comes_before_its_first_event(coolhead: Coolhead) -> None:
    """Status and headers are out while the model still thinks: clients know that they were accepted."""
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body("fault-stall", stream=True)
    with client.opened(url, body, [client.JSON], timeout=5) as (_, response):
        assert response.status == 200
        assert response.getheader("x-coolhead-turn-id")
        assert response.read1(10)
