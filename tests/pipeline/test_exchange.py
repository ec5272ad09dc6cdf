"""One request from end to end, in front of a real socket."""

import asyncio
import time

import msgspec
import pytest

from guard.core.outcome import Fate
from guard.core.policy import Arm, Mode, Policy
from guard.core.reading import Undetected
from guard.wire.errors import Broken, InvalidJson, InvalidMode, UpstreamFault
from tests.core.readings import reading
from tests.pipeline.parts import COMPLETION, JSON, SAD, SSE, Told, answer, completion, event, inquiry, parts, streamed
from tests.upstream.servers import chunk, chunked, raw_server, whole


async def test_a_flagged_turn_from_end_to_end() -> None:
    """The answer is untouched, the headers say what was found, one outcome is written, the check is queued."""
    async with raw_server(completion()) as server, parts(server.url) as p:
        status, headers, body = await answer(p.exchange, inquiry())

        assert (200, msgspec.json.encode(COMPLETION)) == (status, body)
        assert ("sadness, medical", "observe") == (headers["x-coolhead-flags"], headers["x-coolhead-mode"])
        (outcome,) = p.sink.outcomes
        assert (Fate.DELIVERED, "sampled", Arm.FLAGGED, "m") == (
            *(outcome.fate, outcome.check),
            *(outcome.arm, outcome.model),
        )
        assert outcome.first_byte is not None
        job, _ = await p.checks.take()
        assert ("No, they do not.", SAD["messages"][0]["content"]) == (job.answer, job.turn.text)  # type: ignore[index]
        assert (("authorization", "Bearer caller"),) == job.authorization
        assert b'"pending"' in (await p.verdicts.get("t1") or b"")
    assert server.requests[0].endswith(msgspec.json.encode(SAD))


async def test_a_stream_passes_untouched_and_is_read() -> None:
    """The bytes of a stream are the upstream's; its text is what is checked."""
    events = [event("No, "), b": ping\n\n", event("never.", "stop"), b"data: [DONE]\n\n"]
    async with raw_server(streamed(*events)) as server, parts(server.url) as p:
        _, _, body = await answer(p.exchange, inquiry({**SAD, "stream": True}))

        assert b"".join(events) == body
        assert ("No, never.", True) == ((await p.checks.take())[0].answer, p.sink.outcomes[0].stream)


async def test_a_plain_turn_is_not_checked() -> None:
    """A control that was not drawn leaves no check and no verdict."""
    told = Told(reading())
    async with raw_server(completion()) as server, parts(server.url, told, Policy(control_rate=0.0)) as p:
        _, headers, _ = await answer(p.exchange, inquiry())

        assert "none" == headers["x-coolhead-flags"]
        assert ("not_sampled", Arm.CONTROL) == (p.sink.outcomes[0].check, p.sink.outcomes[0].arm)
        assert p.checks.depth == 0
        assert await p.verdicts.get("t1") is None


async def test_a_slow_reading_is_undetected_not_neutral() -> None:
    """The answer waits for the reading up to the deadline and then goes out, counted as undetected."""
    told = Told(reading("sadness"), delay=5)
    async with raw_server(completion()) as server, parts(server.url, told, deadline=0.05) as p:
        started = time.perf_counter()
        _, headers, _ = await answer(p.exchange, inquiry())

        assert time.perf_counter() - started < 2
        (outcome,) = p.sink.outcomes
        assert ("undetected", Undetected.DEADLINE) == (headers["x-coolhead-flags"], outcome.reading)
        assert ("undetected", Arm.BACKGROUND) == (outcome.emotion, outcome.arm)
        assert 0.04 < outcome.held < 1


async def test_the_reading_runs_beside_the_upstream() -> None:
    """A reading that takes less than the upstream holds nothing up."""
    told = Told(reading("sadness"), delay=0.1)
    async with raw_server(b"", completion(), pause=0.2) as server, parts(server.url, told) as p:
        await answer(p.exchange, inquiry())

        assert (0.0, Fate.DELIVERED) == (p.sink.outcomes[0].held, p.sink.outcomes[0].fate)


async def test_mode_off_reads_nothing() -> None:
    """The header switches everything off for its request; it never reaches the upstream."""
    told = Told(reading("sadness"))
    async with raw_server(completion()) as server, parts(server.url, told) as p:
        _, headers, _ = await answer(p.exchange, inquiry(headers=[(b"x-coolhead-mode", b"off")]))

        assert ("off", []) == (headers["x-coolhead-mode"], told.turns)
        assert (Mode.OFF, Undetected.OFF, 0) == (p.sink.outcomes[0].mode, p.sink.outcomes[0].reading, p.checks.depth)
    assert b"x-coolhead" not in server.requests[0].lower()


@pytest.mark.parametrize("mode", ["correct", "annotate", "block", "", "on"])
async def test_modes_that_are_not_there(mode: str) -> None:
    """Asking for another mode is refused in words that name the ones there are; nothing is forwarded."""
    async with raw_server(completion()) as server, parts(server.url) as p:
        with pytest.raises(InvalidMode, match="'off' or 'observe'"):
            await answer(p.exchange, inquiry(headers=[(b"x-coolhead-mode", mode.encode())]))

        assert [Fate.REJECTED] == [outcome.fate for outcome in p.sink.outcomes]
    assert [] == server.requests


async def test_what_is_no_json_is_not_forwarded() -> None:
    """A body that is not JSON is refused, and counted once."""
    async with raw_server(completion()) as server, parts(server.url) as p:
        with pytest.raises(InvalidJson):
            await answer(p.exchange, inquiry(b"{"))

        assert [(Fate.REJECTED, 400)] == [(outcome.fate, outcome.status) for outcome in p.sink.outcomes]
    assert [] == server.requests


@pytest.mark.parametrize("body", [b"[1]", b'{"messages": 7}', b'{"messages": []}'])
async def test_what_is_not_understood_is_forwarded(body: bytes) -> None:
    """JSON without user text goes to the upstream and is undetected."""
    async with raw_server(completion()) as server, parts(server.url) as p:
        await answer(p.exchange, inquiry(body))

        assert Undetected.NO_TEXT == p.sink.outcomes[0].reading
    assert server.requests[0].endswith(body)


async def test_a_compressed_request_is_forwarded_unread() -> None:
    """A request body in a content coding is the upstream's to understand."""
    async with raw_server(completion()) as server, parts(server.url) as p:
        await answer(p.exchange, inquiry(b"\x1f\x8b...", headers=[(b"content-encoding", b"gzip")]))

        assert Fate.DELIVERED == p.sink.outcomes[0].fate
    assert server.requests[0].endswith(b"\x1f\x8b...")


async def test_errors_of_the_upstream_pass() -> None:
    """Status, headers and body of an error are the upstream's; nothing is checked."""
    refused = whole(b'{"error":{}}', JSON, b"retry-after: 7", status=b"429 Slow Down")
    async with raw_server(refused) as server, parts(server.url) as p:
        status, headers, body = await answer(p.exchange, inquiry({**SAD, "stream": True}))

        assert (429, "7", b'{"error":{}}') == (status, headers["retry-after"], body)
        assert (Fate.UPSTREAM_ERROR, 0) == (p.sink.outcomes[0].fate, p.checks.depth)


async def test_a_broken_whole_answer_is_an_error() -> None:
    """A whole answer that breaks off is told as 502 by the edge, not delivered in part."""
    cut = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"
    async with raw_server(cut) as server, parts(server.url) as p:
        with pytest.raises(UpstreamFault):
            await answer(p.exchange, inquiry())

        assert [(Fate.UPSTREAM_BROKEN, 502)] == [(outcome.fate, outcome.status) for outcome in p.sink.outcomes]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(streamed(event("No, "), b'data: {"cho', end=False), id="inside an event"),
        pytest.param(streamed(event("No, "), end=False), id="between events"),
        pytest.param(streamed(event("No, ")), id="cleanly, without its end mark"),
    ],
)
async def test_a_broken_stream_ends_with_an_error_event(broken: bytes) -> None:
    """What came in whole goes out; then an error event says that there should have been more."""
    async with raw_server(broken) as server, parts(server.url) as p:
        _, _, body = await answer(p.exchange, inquiry({**SAD, "stream": True}))

        first, _, last = body.partition(b"\n\n")
        assert event("No, ") == first + b"\n\n"
        assert "upstream_broken" == msgspec.json.decode(last.removeprefix(b"data: "))["error"]["code"]
        assert [Fate.UPSTREAM_BROKEN] == [outcome.fate for outcome in p.sink.outcomes]
        assert p.checks.depth == 0


async def test_an_error_event_of_the_upstream_passes() -> None:
    """An error that the upstream reports itself is not reported twice."""
    events = [event("No, "), b'data: {"error": {"message": "overloaded"}}\n\n']
    async with raw_server(streamed(*events)) as server, parts(server.url) as p:
        _, _, body = await answer(p.exchange, inquiry({**SAD, "stream": True}))

        assert b"".join(events) == body
        assert Fate.UPSTREAM_ERROR == p.sink.outcomes[0].fate


async def test_streams_of_another_kind_pass() -> None:
    """Events that are no chat chunks, or a finish reason without an end mark, are nobody's error."""
    for events in ([b"event: ping\ndata: {}\n\n"], [event("Yes.", "stop")]):
        async with raw_server(streamed(*events)) as server, parts(server.url) as p:
            _, _, body = await answer(p.exchange, inquiry({**SAD, "stream": True}))

            assert (b"".join(events), Fate.DELIVERED) == (body, p.sink.outcomes[0].fate)


async def test_a_broken_compressed_stream_is_cut() -> None:
    """Inside a compressed stream no event of ours could be read: the edge is told to cut."""
    head = chunked(SSE, b"content-encoding: gzip")
    async with raw_server(head + chunk(b"\x1f\x8b")) as server, parts(server.url) as p:
        async with p.exchange.answering(inquiry({**SAD, "stream": True})) as delivery:
            assert [b"\x1f\x8b"] == [piece async for piece in delivery.body]
            assert delivery.body.cut

        assert isinstance(delivery.body.fault, Broken)
        assert [Fate.UPSTREAM_BROKEN] == [outcome.fate for outcome in p.sink.outcomes]


@pytest.mark.parametrize(("left", "fate"), [(True, Fate.DISCONNECTED), (False, Fate.CUT)])
async def test_a_cancelled_turn_has_one_outcome_and_frees_the_upstream(left: bool, fate: Fate) -> None:
    """When client or service ends early, the upstream is closed at once and one outcome says who it was."""
    half = chunked(SSE) + chunk(event("No, "))
    async with raw_server(half, hang=True) as server, parts(server.url) as p:
        started = asyncio.Event()

        async def take() -> None:
            async with p.exchange.answering(inquiry({**SAD, "stream": True}, left=left)) as delivery:
                async for _ in delivery.body:
                    started.set()

        task = asyncio.ensure_future(take())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert [fate] == [outcome.fate for outcome in p.sink.outcomes]
        await asyncio.wait_for(server.client_left.wait(), 5)


async def test_a_full_queue_is_unable_never_a_pass() -> None:
    """A check that finds no room is settled as unable(queue_full), visibly."""
    async with raw_server(completion()) as server, parts(server.url, queue=1) as p:
        await answer(p.exchange, inquiry())
        await answer(p.exchange, inquiry())

        assert ["sampled", "dropped_queue_full"] == [outcome.check for outcome in p.sink.outcomes]
        assert [("unable", "queue_full")] == [(verdict.kind, verdict.reason) for _, verdict in p.sink.settled]


async def test_a_client_that_closes_at_the_end_mark_was_served() -> None:
    """Some clients do not wait for the end of the body: their turn is delivered, and checked."""
    events = streamed(event("No."), event("", "stop"), b"data: [DONE]\n\n", end=False)
    async with raw_server(events, hang=True) as server, parts(server.url) as p:
        asked = inquiry({**SAD, "stream": True}, left=True)

        async def served() -> None:
            async with p.exchange.answering(asked) as delivery:
                async for piece in delivery.pieces:
                    if b"[DONE]" in piece:
                        read.set()

        read = asyncio.Event()
        client = asyncio.ensure_future(served())
        await asyncio.wait_for(read.wait(), 5)
        await asyncio.sleep(0.05)
        client.cancel()
        with pytest.raises(asyncio.CancelledError):
            await client

        assert [(Fate.DELIVERED, "sampled")] == [(outcome.fate, outcome.check) for outcome in p.sink.outcomes]
        assert p.checks.depth == 1
