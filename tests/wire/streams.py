"""Answers to test formats with: recorded ones of a llama.cpp server, and one in OpenAI's full Responses shape.

The recordings are llama.cpp's answers (xllamacpp 2026.10) to a request for three tokens at temperature 0.
"""

import json
from pathlib import Path
from typing import Any

_RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> bytes:
    """A recorded body."""
    return (_RECORDED / name).read_bytes()


def chunk(*choices: dict[str, Any], **extra: Any) -> bytes:
    """A chunk as an event."""
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1764000000, "model": "m"}
    return f"data: {json.dumps(base | {'choices': list(choices)} | extra)}\n\n".encode()


def delta(index: int = 0, finish: str | None = None, **content: Any) -> dict[str, Any]:
    """A choice of a chunk."""
    return {"index": index, "delta": content, "finish_reason": finish}


REASONING = {"id": "rs_1", "type": "reasoning", "summary": []}
CITATION = {"type": "url_citation", "start_index": 3, "end_index": 9, "url": "https://example.org/", "title": "T"}


def message(text: str, status: str = "completed") -> dict[str, Any]:
    """A message item with one text part."""
    part = {"type": "output_text", "annotations": [CITATION], "logprobs": [], "text": text}
    return {"id": "msg_1", "type": "message", "status": status, "role": "assistant", "content": [part] if text else []}


def response(*items: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    """A response object."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1764000000,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": "Be kind. {}",
        "metadata": {"text": "four"},
        "model": "m",
        "output": list(items),
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
    }


def named(*events: dict[str, Any]) -> bytes:
    """Named and numbered events."""
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event | {'sequence_number': number})}\n\n".encode()
        for number, event in enumerate(events)
    )


def responses_stream(*bits: str) -> bytes:
    """A whole stream of the Responses API: a reasoning item, then a message of these bits."""
    text = "".join(bits)
    at = {"item_id": "msg_1", "output_index": 1, "content_index": 0}
    part = message(text)["content"][0]
    return named(
        {"type": "response.created", "response": response(status="in_progress")},
        {"type": "response.output_item.added", "output_index": 0, "item": REASONING},
        {"type": "response.output_item.done", "output_index": 0, "item": REASONING},
        {"type": "response.output_item.added", "output_index": 1, "item": message("", "in_progress")},
        {"type": "response.content_part.added", **at, "part": part | {"text": "", "annotations": []}},
        *({"type": "response.output_text.delta", **at, "delta": bit, "logprobs": []} for bit in bits),
        {"type": "response.output_text.done", **at, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": 1, "item": message(text)},
        {"type": "response.completed", "response": response(REASONING, message(text))},
    )
