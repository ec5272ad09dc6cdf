"""Views of chat requests and answers."""

import json

import pytest

from guard.wire.errors import InvalidJson
from guard.wire.formats import CHAT


def request(**fields: object) -> bytes:
    """A request body."""
    return json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}], **fields}).encode()


def test_reads_what_it_needs() -> None:
    """Model, streaming and messages are read; fields that nobody knows do not matter."""
    view = CHAT.read_request(request(stream=True, tools=[{"x": 1}], surprise={"a": [1]}))

    assert view is not None
    assert ("m", True) == (view.model, view.stream)
    assert (["Hi"], False) == (view.texts, view.has_media)


@pytest.mark.parametrize("body", [b"", b"{", b"model=m", b'{"model":}', b"\xff\xfe{", b'{"a":1}x'])
def test_refuses_what_is_not_json(body: bytes) -> None:
    """A body that is not JSON is the caller's mistake."""
    with pytest.raises(InvalidJson):
        CHAT.read_request(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"3",
        b'{"messages": "text"}',
        b'{"model": 7}',
        b'{"messages": [{"role": "user", "content": {"odd": true}}]}',
        b'{"model": "m", "messages": [{"role": "user", "content": "cut \\ud83d"}]}',
        b'{"temperature": NaN}',
    ],
)
def test_lets_pass_what_it_does_not_understand(body: bytes) -> None:
    """JSON that is no request as we know it is the upstream's business, lone surrogates included."""
    assert CHAT.read_request(body) is None


def test_multimodal_messages() -> None:
    """Text parts are joined, and other parts of the newest message are noticed."""
    parts = [
        {"type": "text", "text": "What is"},
        {"type": "image_url", "image_url": {"url": "data:..."}},
        {"type": "text", "text": "this?"},
    ]
    view = CHAT.read_request(request(messages=[{"role": "user", "content": parts}]))

    assert view is not None
    assert (["What is\nthis?"], True) == (view.texts, view.has_media)


def test_only_users_speak_for_users() -> None:
    """System, assistant and tool messages are no user text."""
    roles = ["system", "user", "assistant", "tool", "user"]
    view = CHAT.read_request(request(messages=[{"role": r, "content": f"{r} {i}"} for i, r in enumerate(roles)]))

    assert view is not None
    assert ["user 1", "user 4"] == view.texts


def test_whole_answer() -> None:
    """The first choice's text, and whether it calls tools."""
    body = {
        "choices": [
            {"index": 0, "message": {"content": "First"}, "finish_reason": "stop"},
            {"index": 1, "message": {"content": "Second"}, "finish_reason": "stop"},
        ]
    }
    view = CHAT.read_answer(json.dumps(body).encode())

    assert view is not None
    assert ("First", False, True) == (view.text, view.tool_calls, view.finished)
    assert CHAT.read_answer(b"<html>") is None


def test_streamed_answer() -> None:
    """Chunks of the first choice are put together; others and what is not understood are skipped."""
    deltas = [(0, "He"), (1, "no"), (0, "llo"), (0, None)]
    events = [{"choices": [{"index": i, "delta": {"content": text}}]} for i, text in deltas]
    stream = "".join(f"data: {json.dumps(e)}\n\n" for e in events) + "data: {broken\n\n: ping\n\n"

    unfinished = CHAT.read_stream(stream.encode())
    finished = CHAT.read_stream(stream.encode() + b"data: [DONE]\n\n")

    assert ("Hello", False, 4) == (unfinished.text, unfinished.finished, unfinished.chunks)
    assert finished.finished


def test_tool_calls_and_errors_in_a_stream() -> None:
    """Tool calls and an error of the upstream inside the stream are seen."""
    call = {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0}]}, "finish_reason": "tool_calls"}]}
    view = CHAT.read_stream(f'data: {json.dumps(call)}\n\ndata: {{"error": {{"message": "x"}}}}\n\n'.encode())

    assert (True, True, True) == (view.tool_calls, view.finished, view.error)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"n": 1, "logprobs": False, "response_format": {"type": "text"}, "modalities": ["text"]}, None),
        ({"tools": [{"type": "function"}], "tool_choice": "auto", "functions": [{"name": "f"}]}, None),
        ({"n": "odd", "modalities": 3, "logprobs": None, "tool_choice": 4}, None),
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["text", "audio"]}, "audio"),
        ({"audio": {"voice": "ash"}}, "audio"),
        ({"response_format": {"type": "json_object"}}, "structured_output"),
        ({"response_format": {"type": "json_schema", "json_schema": {}}}, "structured_output"),
        ({"grammar": "root ::= [0-9]"}, "structured_output"),
        ({"guided_choice": ["yes", "no"]}, "structured_output"),
        ({"tool_choice": "required"}, "tools_only"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tools_only"),
        ({"function_call": {"name": "f"}}, "tools_only"),
    ],
)
def test_what_must_not_be_changed(fields: dict[str, object], reason: str | None) -> None:
    """Some requests depend on the exact answer; tools alone do not forbid a change of its text."""
    view = CHAT.read_request(request(**fields))

    assert view is not None
    assert (reason, ["Hi"]) == (view.observe_only, view.texts)


def test_tool_results() -> None:
    """What tools answered is no user text, and kept apart."""
    messages = [
        {"role": "user", "content": "How warm is it?"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c"}]},
        {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "21 °C"}]},
        {"role": "function", "name": "f", "content": "sunny"},
    ]
    view = CHAT.read_request(request(messages=messages, stream=True))

    assert view is not None
    assert (["How warm is it?"], ["21 °C", "sunny"], True) == (view.texts, view.tool_texts, view.stream)
