"""Bodies that OpenAI-compatible servers send: completions, chunks, errors."""

import json
from typing import Any

TEXT = "Water boils at 100 °C at sea level – naïve 日本語 🙂."
PIECES = ("Water boils ", "at 100 °C ", "at sea level – ", "naïve 日本語 ", "🙂.")
USAGE = {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}
FACTS = {"city": "Paris", "population": 2102650}
"""What a structured answer holds."""

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
"""A tool that tests offer."""


def encoded(value: Any) -> bytes:
    """JSON, with characters beyond ASCII as they are."""
    return json.dumps(value, ensure_ascii=False).encode()


def tool_calls(count: int) -> list[dict[str, Any]]:
    """Calls of the weather tool for one or two cities."""
    cities = ("Oslo", "Lima")[:count]
    return [
        {
            "id": f"call_{city.lower()}",
            "type": "function",
            "function": {"name": "weather", "arguments": json.dumps({"city": city})},
        }
        for city in cities
    ]


def logprobs(text: str) -> dict[str, Any]:
    """Log probabilities of a text as one token."""
    token = {"token": text, "logprob": -0.25, "bytes": list(text.encode())}
    return {"content": [token | {"top_logprobs": [token]}], "refusal": None}


def completion(model: str, choices: list[dict[str, Any]], **extra: Any) -> bytes:
    """A whole answer."""
    base = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1764000000, "model": model}
    return encoded(base | {"choices": choices, "usage": USAGE} | extra)


def choice(index: int = 0, text: str | None = TEXT, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """One choice of a whole answer."""
    content = {"role": "assistant", "content": text, "refusal": None} | message
    return {"index": index, "message": content, "finish_reason": finish, "logprobs": None}


def chunk(
    model: str, delta: dict[str, Any] | None = None, index: int = 0, finish: str | None = None, **extra: Any
) -> bytes:
    """The JSON of one chunk of a streamed answer."""
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1764000000, "model": model}
    part = {"index": index, "delta": delta or {}, "finish_reason": finish, "logprobs": extra.pop("logprobs", None)}
    return encoded(base | {"choices": [part]} | extra)


def usage_chunk(model: str) -> bytes:
    """The chunk that carries the usage and no choice."""
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1764000000, "model": model}
    return encoded(base | {"choices": [], "usage": USAGE})


def event(data: bytes, ending: bytes = b"\n") -> bytes:
    """One server-sent event."""
    return b"data: " + data + ending * 2


def text_chunks(model: str, pieces: tuple[str, ...] = PIECES, index: int = 0) -> list[bytes]:
    """The chunks of a text."""
    first = chunk(model, {"role": "assistant", "content": ""}, index)
    rest = [chunk(model, {"content": piece}, index) for piece in pieces]
    return [first, *rest, chunk(model, {}, index, "stop")]


def tool_chunks(model: str, count: int) -> list[bytes]:
    """The chunks of tool calls, their arguments in two pieces."""
    chunks = [chunk(model, {"role": "assistant", "content": None})]
    for index, call in enumerate(tool_calls(count)):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        start = {"index": index, "id": call["id"], "type": "function", "function": {"name": name, "arguments": ""}}
        chunks.append(chunk(model, {"tool_calls": [start]}))
        for piece in (arguments[:5], arguments[5:]):
            chunks += [chunk(model, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]})]
    return [*chunks, chunk(model, {}, 0, "tool_calls")]


def error(status: int) -> bytes:
    """An error in OpenAI's shape, with a field of the provider's own."""
    kinds = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found", 429: "rate_limit_error"}
    detail = {"message": f"Scripted {status}", "type": kinds.get(status, "server_error"), "param": None}
    return encoded({"error": detail | {"code": f"scripted_{status}", "provider_note": "kept"}})
