"""A request once more, with a private note."""

import json

import pytest

from guard.wire.again import asked_again


def test_a_chat_request() -> None:
    """The note is the last message, the answer comes whole, and all else stays."""
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": True, "temperature": 0.1, "x": [1]}
    again = asked_again(json.dumps(body | {"stream_options": {"include_usage": True}}).encode(), "Be exact.")

    assert again is not None
    messages = [*body["messages"], {"role": "system", "content": "Be exact."}]  # type: ignore[misc]
    assert body | {"messages": messages, "stream": False} == json.loads(again)


@pytest.mark.parametrize(
    ("before", "after"), [({}, "Be exact."), ({"instructions": "Be kind."}, "Be kind.\n\nBe exact.")]
)
def test_a_responses_request(before: dict[str, str], after: str) -> None:
    """The note joins the instructions."""
    again = asked_again(json.dumps({"model": "m", "input": "Hi"} | before).encode(), "Be exact.")

    assert again is not None
    assert after == json.loads(again)["instructions"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"prompt": "Hi"}', b"\xff"])
def test_no_place_for_a_note(body: bytes) -> None:
    """A bare prompt, or what is not understood, is not asked again."""
    assert asked_again(body, "Be exact.") is None
