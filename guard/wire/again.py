"""A request once more, for a whole answer, with a private note to the model."""

from typing import Any

import msgspec


def asked_again(body: bytes, note: str) -> bytes | None:
    """The request with `note` as its last instruction; None when there is no place for one."""
    try:
        request: dict[str, Any] = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    match request:
        case {"messages": list(messages)}:
            request["messages"] = [*messages, {"role": "system", "content": note}]
        case {"input": _}:
            request["instructions"] = "\n\n".join(filter(None, (request.get("instructions"), note)))
        case _:
            return None
    request.pop("stream_options", None)
    return msgspec.json.encode(request | {"stream": False})
