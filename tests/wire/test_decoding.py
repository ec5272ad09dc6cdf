"""What others send as JSON."""

from typing import Any

import msgspec
import pytest

from guard.wire.decoding import answer_of, forces_tools, is_structured, more_than_one, request_of
from guard.wire.errors import InvalidJson


class View(msgspec.Struct):
    """One field of a body."""

    text: str = ""


VIEWS = msgspec.json.Decoder(View)
DEEP = b'{"text":"t","x":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize("body", [DEEP, b'{"text": 3}', b'{"x": NaN}', b'{"text": "\\ud83d"}'])
def test_not_understood(body: bytes) -> None:
    """What we do not understand, or cannot read to its end, is left to the upstream."""
    assert request_of(VIEWS, body) is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_not_json(body: bytes) -> None:
    """What is no JSON at all is the caller's mistake."""
    with pytest.raises(InvalidJson):
        request_of(VIEWS, body)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", DEEP, b'{"text": 3}', b"<html>", b"9" * 5000])
def test_answers_never_raise(data: bytes) -> None:
    """An answer that is not understood is no fault of the caller."""
    assert answer_of(VIEWS, data) is None


def test_half_an_emoji() -> None:
    """A character that a server cut in two does not hide the text around it."""
    assert View("a ? b") == answer_of(VIEWS, b'{"text": "a \\ud83d b"}')


@pytest.mark.parametrize("value", [1, 0, None, "2", [], False, True])
def test_at_most_one(value: Any) -> None:
    """Only a number above one asks for more than one."""
    assert not more_than_one(value)
    assert more_than_one(2)


def test_forced_tools() -> None:
    """A tool choice that leaves room for text forces nothing."""
    assert not any(map(forces_tools, (None, "auto", "none", 3, {"type": "allowed_tools", "mode": "auto"})))
    assert all(map(forces_tools, ("required", {"type": "function", "function": {"name": "f"}}, {"name": "f"})))


def test_structured_formats() -> None:
    """Plain text is the only format that may be edited."""
    assert not any(map(is_structured, (None, {"type": "text"}, {}, "json")))
    assert all(map(is_structured, ({"type": "json_object"}, {"type": "json_schema"}, {"type": "grammar"})))
