"""Faults that an upstream or the way to it can have. Named like scenarios, chosen by the request's `model`."""

import asyncio

from tests.upstreams import bodies
from tests.upstreams.http1 import Call
from tests.upstreams.scenarios import EVENTS, FOREVER, JSON, scenario


def _begun(model: str) -> bytes:
    return b"".join(map(bodies.event, bodies.text_chunks(model)[:3]))


@scenario("fault-close")
async def _close(call: Call) -> None:
    """Accepts the request and closes."""
    call.hang_up()


@scenario("fault-reset")
async def _reset(call: Call) -> None:
    """Accepts the request and resets the connection."""
    call.reset()


@scenario("fault-garbage")
async def _garbage(call: Call) -> None:
    """Speaks something that is not HTTP."""
    await call.raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\nwhat do you want\r\n")
    call.hang_up()


@scenario("fault-short-body")
async def _short_body(call: Call) -> None:
    """Promises more bytes than it sends."""
    await call.head(200, [*JSON, (b"Content-Length", b"5000")])
    await call.raw(bodies.completion("x", [bodies.choice()])[:100])
    call.hang_up()


@scenario("fault-mid-event")
async def _mid_event(call: Call) -> None:
    """Closes in the middle of an event."""
    await call.start_stream(EVENTS)
    await call.chunk(_begun("fault-mid-event"))
    await call.chunk(bodies.event(bodies.chunk("x", {"content": "lost"}))[:40])
    call.hang_up()


@scenario("fault-mid-event-ended")
async def _mid_event_ended(call: Call) -> None:
    """Ends the body properly, in the middle of an event."""
    await call.start_stream(EVENTS)
    await call.chunk(_begun("x") + bodies.event(bodies.chunk("x", {"content": "lost"}))[:40])
    await call.end()


@scenario("fault-no-finish")
async def _no_finish(call: Call) -> None:
    """Ends the body properly, before the answer is finished."""
    await call.start_stream(EVENTS)
    await call.chunk(_begun("x"))
    await call.end()


@scenario("fault-empty")
async def _empty(call: Call) -> None:
    """Ends a stream without one event."""
    await call.start_stream(EVENTS)
    await call.end()


@scenario("fault-stall")
async def _stall(call: Call) -> None:
    """Begins a stream and falls silent."""
    await call.start_stream(EVENTS)
    await call.chunk(_begun("fault-stall"))
    await asyncio.sleep(FOREVER)


@scenario("fault-short-gzip")
async def _short_gzip(call: Call) -> None:
    """Closes in the middle of a compressed stream, in which nobody can write an error."""
    await call.start_stream([*EVENTS, (b"Content-Encoding", b"gzip")])
    await call.chunk(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")
    call.hang_up()
