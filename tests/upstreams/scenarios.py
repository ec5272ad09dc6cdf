"""What the scripted upstream does: one function for each scenario, chosen by the request's `model`."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import brotli
import zstandard

from tests.upstreams import bodies
from tests.upstreams.http1 import Call, Headers

Scenario = Callable[[Call], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {}

JSON: Headers = [(b"Content-Type", b"application/json"), (b"X-Request-Id", b"req_scripted")]
EVENTS: Headers = [(b"Content-Type", b"text/event-stream; charset=utf-8"), (b"X-Request-Id", b"req_scripted")]
LIMITS: Headers = [
    (b"Retry-After", b"7"),
    (b"X-RateLimit-Limit-Requests", b"60"),
    (b"X-RateLimit-Remaining-Requests", b"0"),
]
DONE = bodies.event(b"[DONE]")
PACE = 0.15
"""Seconds between the events of `paced`."""
FOREVER = 120.0


def scenario(name: str) -> Callable[[Scenario], Scenario]:
    """Register a scenario."""

    def register(function: Scenario) -> Scenario:
        SCENARIOS[name] = function
        return function

    return register


async def play(call: Call) -> None:
    """Answer a chat request by its scenario; an unknown model gets the plain answer."""
    await SCENARIOS.get(call.received.model, plain)(call)


async def answer(call: Call, whole: list[dict[str, Any]], chunks: list[bytes]) -> None:
    """The same answer, whole or streamed as it was asked for; usage when it was asked for."""
    asked, model = call.received.json, call.received.model
    if not call.received.streamed:
        await call.respond(200, JSON, bodies.completion(model, whole))
        return
    if (asked.get("stream_options") or {}).get("include_usage"):
        chunks = [*chunks, bodies.usage_chunk(model)]
    await stream(call, [*map(bodies.event, chunks), DONE])


async def stream(call: Call, events: list[bytes], headers: Headers = EVENTS, pace: float = 0.0) -> None:
    """A stream, one chunk for each event."""
    await call.start_stream(headers)
    for event in events:
        await call.chunk(event)
        await asyncio.sleep(pace)
    await call.end()


async def plain(call: Call) -> None:
    """A text."""
    await answer(call, [bodies.choice()], bodies.text_chunks(call.received.model))


def _error(status: int) -> Scenario:
    """An error of the upstream, whether or not a stream was asked for."""

    async def play_error(call: Call) -> None:
        await call.respond(status, JSON + (LIMITS if status in (429, 503) else []), bodies.error(status))

    return play_error


for _status in (400, 401, 404, 429, 500, 503):
    SCENARIOS[f"error-{_status}"] = _error(_status)


@scenario("tools")
async def _tools(call: Call) -> None:
    """One tool call; a text once the tool has answered."""
    if any(message.get("role") == "tool" for message in call.received.json["messages"]):
        await plain(call)
        return
    whole = bodies.choice(text=None, finish="tool_calls", tool_calls=bodies.tool_calls(1))
    await answer(call, [whole], bodies.tool_chunks("tools", 1))


@scenario("parallel-tools")
async def _parallel_tools(call: Call) -> None:
    whole = bodies.choice(text=None, finish="tool_calls", tool_calls=bodies.tool_calls(2))
    await answer(call, [whole], bodies.tool_chunks("parallel-tools", 2))


@scenario("echo")
async def _echo(call: Call) -> None:
    """The model repeats what it was told."""
    said = str(call.received.json["messages"][-1].get("content"))
    await answer(call, [bodies.choice(text=said)], bodies.text_chunks("echo", (said,)))


@scenario("n2")
async def _two_choices(call: Call) -> None:
    """Two choices, their chunks interleaved."""
    first, second = bodies.text_chunks("n2"), bodies.text_chunks("n2", ("Second ", "choice."), 1)
    mixed = [chunk for pair in zip(first, second, strict=False) for chunk in pair] + first[len(second) :]
    await answer(call, [bodies.choice(), bodies.choice(1, "Second choice.")], mixed)


@scenario("logprobs")
async def _logprobs(call: Call) -> None:
    found = bodies.logprobs("Yes")
    whole = bodies.choice(text="Yes") | {"logprobs": found}
    chunks = [
        bodies.chunk("logprobs", {"role": "assistant", "content": "Yes"}, logprobs=found),
        bodies.chunk("logprobs", finish="stop"),
    ]
    await answer(call, [whole], chunks)


@scenario("structured")
async def _structured(call: Call) -> None:
    """JSON as the request's schema wants it: as text, or as the arguments of the tool that was forced."""
    text = bodies.encoded(bodies.FACTS).decode()
    tools = call.received.json.get("tools")
    if tools:
        used = {"name": tools[0]["function"]["name"], "arguments": text}
        calls = [{"id": "call_facts", "type": "function", "function": used}]
        await answer(call, [bodies.choice(text=None, finish="tool_calls", tool_calls=calls)], [])
        return
    await answer(call, [bodies.choice(text=text)], bodies.text_chunks("structured", (text[:9], text[9:])))


@scenario("unknown-fields")
async def _unknown_fields(call: Call) -> None:
    """Fields, spacing, escapes and numbers that a parser that writes JSON anew would change."""
    body = rb'{ "id":"x","choices":[],"vendor": {"b":1.0,"a":1e3,"big":12345678901234567890},"t":"\u00e9\/" }' b"\n"
    if call.received.streamed:
        await stream(call, [b"id: 7\nretry: 10\nevent: vendor\ndata: " + body + b"\n", DONE])
        return
    await call.respond(200, JSON, body)


@scenario("duplicate-headers")
async def _duplicate_headers(call: Call) -> None:
    cookies: Headers = [(b"Set-Cookie", b"a=1; Path=/"), (b"Set-Cookie", b"b=2; Path=/"), (b"X-Twice", b"1")]
    hop: Headers = [(b"Connection", b"keep-alive, X-Hop"), (b"X-Hop", b"secret"), (b"Keep-Alive", b"timeout=5")]
    await call.respond(200, [*JSON, *cookies, (b"X-Twice", b"2"), *hop], bodies.completion("x", [bodies.choice()]))


@scenario("odd-headers")
async def _odd_headers(call: Call) -> None:
    """Sends back headers that strain a parser."""
    sent = [(name, value) for name, value in call.received.headers if name.lower() in (b"x-long", b"x-odd")]
    await call.respond(200, [*JSON, *sent], bodies.completion("x", [bodies.choice()]))


@scenario("until-close")
async def _until_close(call: Call) -> None:
    """Ends its body by closing the connection."""
    events = [*map(bodies.event, bodies.text_chunks("until-close")), DONE]
    whole = bodies.completion("until-close", [bodies.choice()])
    streamed = call.received.streamed
    await call.head(200, [*(EVENTS if streamed else JSON), (b"Connection", b"close")])
    for piece in events if streamed else [whole]:
        await call.raw(piece)
    call.hang_up()


@scenario("forged-headers")
async def _forged_headers(call: Call) -> None:
    """An upstream that pretends to be Coolhead."""
    names = (b"X-Coolhead-Turn-Id", b"X-Coolhead-Mode", b"X-Coolhead-Verdict")
    await call.respond(200, [*JSON, *((name, b"forged") for name in names)], bodies.completion("x", [bodies.choice()]))


class Compressor(Protocol):
    """Compresses piece by piece."""

    def __call__(self, data: bytes, last: bool, /) -> bytes:
        """What may go out after this piece."""
        ...


def compressor(coding: str) -> Compressor:
    """A compressor for a content coding that lets every piece out at once."""
    if coding == "br":
        br = brotli.Compressor()
        return lambda data, last: br.process(data) + (br.finish() if last else br.flush())
    if coding == "zstd":
        zstd = zstandard.ZstdCompressor().compressobj()
        block, frame = zstandard.COMPRESSOBJ_FLUSH_BLOCK, zstandard.COMPRESSOBJ_FLUSH_FINISH
        return lambda data, last: zstd.compress(data) + zstd.flush(frame if last else block)
    deflate = zlib.compressobj(wbits=31 if coding == "gzip" else 15)
    return lambda data, last: deflate.compress(data) + deflate.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)


def _compressed(coding: str, pace: float = 0.0) -> Scenario:
    async def play_compressed(call: Call) -> None:
        compress, headers = compressor(coding), [(b"Content-Encoding", coding.encode())]
        if not call.received.streamed:
            await call.respond(200, JSON + headers, compress(bodies.completion(coding, [bodies.choice()]), True))
            return
        events = [*map(bodies.event, bodies.text_chunks(coding)), DONE]
        await stream(call, [compress(event, event is DONE) for event in events], EVENTS + headers, pace)

    return play_compressed


for _coding in ("gzip", "br", "zstd", "deflate"):
    SCENARIOS[_coding] = _compressed(_coding)
    SCENARIOS[f"paced-{_coding}"] = _compressed(_coding, PACE)


def comments_stream(model: str) -> list[bytes]:
    """A stream with comments before, between and after events."""
    events = [*map(bodies.event, bodies.text_chunks(model)), DONE]
    return [b": connected\n\n", b":\n", *(part for event in events for part in (event, b": keep-alive\n\n"))]


@scenario("sse-comments")
async def _comments(call: Call) -> None:
    await stream(call, comments_stream("sse-comments"))


@scenario("sse-heartbeat")
async def _heartbeat(call: Call) -> None:
    """Comments while the model thinks, as some providers send them."""
    await call.start_stream(EVENTS)
    for _ in range(3):
        await call.chunk(b": PROCESSING\n\n")
        await asyncio.sleep(PACE)
    for event in [*map(bodies.event, bodies.text_chunks("sse-heartbeat")), DONE]:
        await call.chunk(event)
    await call.end()


@scenario("sse-crlf")
async def _crlf(call: Call) -> None:
    await stream(call, [bodies.event(data, b"\r\n") for data in [*bodies.text_chunks("sse-crlf"), b"[DONE]"]])


def _split(model: str, size: int) -> Scenario:
    async def play_split(call: Call) -> None:
        data = b"".join([*map(bodies.event, bodies.text_chunks(model)), DONE])
        await call.start_stream(EVENTS)
        for start in range(0, len(data), size):
            await call.chunk(data[start : start + size])
            await asyncio.sleep(0)
        await call.end()

    return play_split


SCENARIOS["sse-split-1"] = _split("sse-split-1", 1)
SCENARIOS["sse-split-7"] = _split("sse-split-7", 7)
SCENARIOS["sse-split-999"] = _split("sse-split-999", 999)


@scenario("slow")
async def _slow(call: Call) -> None:
    await asyncio.sleep(0.5)
    await plain(call)


@scenario("hang")
async def _hang(call: Call) -> None:
    await asyncio.sleep(FOREVER)


@scenario("paced")
async def _paced(call: Call) -> None:
    await stream(call, [*map(bodies.event, bodies.text_chunks("paced")), DONE], pace=PACE)


@scenario("endless")
async def _endless(call: Call) -> None:
    """Words until the other side leaves."""
    await call.start_stream(EVENTS)
    while True:
        await call.chunk(bodies.event(bodies.chunk("endless", {"content": "word "})))
        await asyncio.sleep(0.02)


@scenario("error-event")
async def _error_event(call: Call) -> None:
    """An error that the upstream itself reports inside the stream."""
    chunks = bodies.text_chunks("error-event")[:3]
    await stream(call, [*map(bodies.event, chunks), bodies.event(bodies.error(500)), DONE])


@scenario("keep-alive-lost")
async def _keep_alive_lost(call: Call) -> None:
    """A server that promises to keep the connection and closes it."""
    await plain(call)
    call.hang_up()
