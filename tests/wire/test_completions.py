"""The completions API."""

import json
from typing import Any

import pytest

from guard.wire.errors import InvalidJson
from guard.wire.formats import COMPLETIONS
from guard.wire.pieces import Part
from tests.wire.streams import recorded


def view(**fields: Any) -> tuple[list[str], str | None]:
    """Texts of a request, and why its answer must not be changed."""
    got = COMPLETIONS.read_request(json.dumps({"model": "m", **fields}).encode())
    assert got is not None
    return got.texts, got.observe_only


@pytest.mark.parametrize(
    ("fields", "texts", "observe_only"),
    [
        ({"prompt": "Hi"}, ["Hi"], None),
        ({"prompt": ["Hi"]}, ["Hi"], None),
        ({"prompt": ["Hi", "Ho"]}, [], "n"),
        ({"prompt": [1, 2]}, [], "tokens"),
        ({"prompt": [[1, 2]]}, [], "tokens"),
        ({"prompt": [3]}, [], "tokens"),
        ({"prompt": None}, [], None),
        ({}, [], None),
        ({"prompt": "Hi", "n": 2}, ["Hi"], "n"),
        ({"prompt": "Hi", "n": 1}, ["Hi"], None),
        ({"prompt": "Hi", "logprobs": 0}, ["Hi"], "logprobs"),
        ({"prompt": "Hi", "echo": True}, ["Hi"], "echo"),
    ],
)
def test_requests(fields: dict[str, Any], texts: list[str], observe_only: str | None) -> None:
    """One prompt in words is read; several, tokens and what depends on exact tokens are left alone."""
    assert (texts, observe_only) == view(**fields)


def test_refuses_what_is_not_json() -> None:
    """As the chat API does."""
    with pytest.raises(InvalidJson):
        COMPLETIONS.read_request(b"{")
    assert COMPLETIONS.read_request(b'{"prompt": 3}') is None


def test_a_recorded_stream() -> None:
    """llama.cpp: text, a finish chunk with empty text and usage, the end mark."""
    pieces = COMPLETIONS.pieces(recorded("completions.sse"))
    streamed = COMPLETIONS.read_stream(recorded("completions.sse"))

    assert [*[Part.TEXT] * 3, Part.FINISH, Part.END] == [piece.part for piece in pieces]
    assert (" friend, I", True, 1) == (streamed.text, streamed.finished, streamed.choices)
    assert pieces[0].raw.replace(b'" friend"', b'" foe"') == COMPLETIONS.delta(pieces[0], " foe")


def test_a_recorded_answer() -> None:
    """Exactly the text is exchanged."""
    body = recorded("completions.json")

    assert body.replace(b" friend, I", b"new") == COMPLETIONS.with_text(body, "new")


def test_note() -> None:
    """A further event is a completion chunk, not a chat chunk."""
    piece = COMPLETIONS.pieces(recorded("completions.sse"))[3]

    note = json.loads(COMPLETIONS.note(piece, "PS")[6:])

    assert [{"index": 0, "text": "PS", "logprobs": None, "finish_reason": None}] == note["choices"]
    assert "text_completion" == note["object"]
