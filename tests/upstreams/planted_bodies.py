"""A text as an answer of each guarded API, whole and streamed, in the shapes that OpenAI's clients read."""

import asyncio
from collections.abc import Iterator
from typing import Any

from tests.upstreams import bodies
from tests.upstreams.http1 import Call, Headers

JSON: Headers = [(b"Content-Type", b"application/json"), (b"X-Request-Id", b"req_planted")]
EVENTS: Headers = [(b"Content-Type", b"text/event-stream; charset=utf-8"), (b"X-Request-Id", b"req_planted")]


async def answer(call: Call, path: str, text: str, pace: float = 0.0, *, breaks: bool = False) -> None:
    """The text, as the path's API gives it; a stream can break off before its end."""
    model = call.received.model
    if not call.received.streamed:
        await call.respond(200, JSON, whole(path, model, text))
        return
    await call.start_stream(EVENTS)
    for event in list(streamed(path, model, text))[: -3 if breaks else None]:
        await call.chunk(event)
        await asyncio.sleep(pace)
    if breaks:
        call.reset()
        return
    await call.end()


def whole(path: str, model: str, text: str) -> bytes:
    """The body of a whole answer."""
    if path == "/completions":
        return bodies.encoded(_completion(model, text, "stop") | {"usage": bodies.USAGE})
    if path == "/responses":
        return bodies.encoded(_response(model, [_message(text)], "completed"))
    return bodies.completion(model, [bodies.choice(text=text)])


def streamed(path: str, model: str, text: str) -> Iterator[bytes]:
    """The events of a streamed answer."""
    pieces = [word + " " for word in text.split(" ")[:-1]] + [text.split(" ")[-1]]
    if path == "/responses":
        yield from _response_events(model, pieces)
        return
    if path == "/completions":
        chunks = [bodies.encoded(_completion(model, piece)) for piece in pieces]
        chunks.append(bodies.encoded(_completion(model, "", "stop")))
    else:
        chunks = bodies.text_chunks(model, tuple(pieces))
    yield from map(bodies.event, [*chunks, b"[DONE]"])


def _completion(model: str, text: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "finish_reason": finish, "logprobs": None}
    base = {"id": "cmpl-1", "object": "text_completion", "created": 1764000000, "model": model}
    return base | {"choices": [choice]}


def _message(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    return {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}


def _response(model: str, output: list[dict[str, Any]], status: str) -> dict[str, Any]:
    details: dict[str, Any] = {
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    usage = {"input_tokens": 9, "output_tokens": 12, "total_tokens": 21} | details
    base = {"id": "resp_1", "object": "response", "created_at": 1764000000, "model": model, "status": status}
    fixed: dict[str, Any] = {"error": None, "incomplete_details": None, "instructions": None, "metadata": {}}
    tools: dict[str, Any] = {
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
    }
    return base | fixed | tools | {"output": output, "usage": usage if status == "completed" else None}


def _response_events(model: str, pieces: list[str]) -> Iterator[bytes]:
    text = "".join(pieces)
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    begun = _message("") | {"content": [], "status": "in_progress"}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": _response(model, [], "in_progress")},
        {"type": "response.output_item.added", "output_index": 0, "item": begun},
        {"type": "response.content_part.added", **at, "part": _message("")["content"][0]},
        *({"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []} for piece in pieces),
        {"type": "response.output_text.done", **at, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": _message(text)["content"][0]},
        {"type": "response.output_item.done", "output_index": 0, "item": _message(text)},
        {"type": "response.completed", "response": _response(model, [_message(text)], "completed")},
    ]
    for number, event in enumerate(events):
        data = bodies.encoded(event | {"sequence_number": number})
        yield b"event: " + str(event["type"]).encode() + b"\n" + bodies.event(data)
