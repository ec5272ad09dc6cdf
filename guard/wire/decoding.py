"""Decoding of JSON that others made: not JSON, not understood, and nearly JSON are told apart."""

import json  # noqa: TID251  # reads what msgspec refuses and lenient servers accept
from typing import Any, TypeVar

import msgspec

from guard.wire.errors import InvalidJson

T = TypeVar("T")


def request_of(decoder: msgspec.json.Decoder[T], body: bytes) -> T | None:
    """The view of a request body; None when it is JSON that we do not understand, or nested too deeply to tell.

    Raises:
        InvalidJson: the body is not JSON.
    """
    try:
        return decoder.decode(body)
    except (msgspec.ValidationError, RecursionError):
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = str(error)
    try:
        json.loads(body)
    except ValueError:
        raise InvalidJson(f"The request body is not JSON: {reason}.") from None
    except RecursionError:
        pass
    return None


def answer_of(decoder: msgspec.json.Decoder[T], data: bytes) -> T | None:
    """The view of an answer or of one event; None when it is not understood.

    JavaScript servers cut an emoji in two and send half of it, escaped; its place is taken by "?".
    """
    try:
        return decoder.decode(data)
    except (msgspec.ValidationError, RecursionError):
        return None
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return decoder.decode(json.dumps(json.loads(data), ensure_ascii=False).encode("utf-8", "replace"))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def more_than_one(value: Any) -> bool:
    """Is the value a number above one?"""
    return isinstance(value, int | float) and value > 1


def forces_tools(choice: Any) -> bool:
    """Does a `tool_choice` or `function_call` leave the model nothing but a tool?"""
    return choice == "required" or (isinstance(choice, dict) and choice.get("type") != "allowed_tools")


def is_structured(format: Any) -> bool:
    """Does a response format ask for more than plain text?"""
    return isinstance(format, dict) and format.get("type") not in (None, "text")
