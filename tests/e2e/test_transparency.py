"""Byte for byte: what goes through Coolhead is what would have gone without it."""

import gzip
import http.client
import json
import zlib
from urllib.parse import urlsplit

import brotli
import pytest
import zstandard

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead
from tests.upstreams import bodies
from tests.upstreams.scripted import FILE, ScriptedUpstream

ODD_BODY = (
    '{ "model":"whole",\n\t"messages":[{"role":"user","content":"caf\\u00e9 \U0001f642 \\ud83d","x":1}],'
    '"temperature":1.0,"seed":12345678901234567890,"stream":false,"vendor":{"b":1e3,"a":null},"model2":"é"}\r\n'
).encode()
MULTIMODAL = [
    {"type": "text", "text": "What is in this picture?"},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}},
    {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
]


def both(coolhead: Coolhead, upstream: ScriptedUpstream, body: bytes) -> tuple[client.Answer, client.Answer]:
    """The same chat request directly and through Coolhead."""
    through, direct = (
        client.call(f"{base}/chat/completions", body, [client.JSON]) for base in (coolhead.base_url, upstream.url)
    )
    return through, direct


def test_request_body_arrives_as_it_was_sent(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Spacing, escapes, lone surrogates, large numbers, unknown fields: not one byte of a request changes."""
    answer = client.call(f"{coolhead.base_url}/chat/completions", ODD_BODY, [client.JSON])

    assert answer.status == 200
    assert upstream.the_request().body == ODD_BODY


def test_request_headers_arrive_as_they_were_sent(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Credentials, tracing, vendor headers and duplicates arrive in order; nothing is added to them."""
    kept = [
        ("Authorization", "Bearer sk-caller"),
        ("OpenAI-Organization", "org-1"),
        ("OpenAI-Project", "proj-1"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip, br;q=0.5"),
        ("User-Agent", "my-app/1.0 (tests)"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("X-Stainless-Retry-Count", "0"),
        ("X-Twice", "1"),
        ("X-Twice", "2"),
        ("Cookie", "a=1; b=2"),
        ("X-Empty", ""),
    ]
    client.call(f"{coolhead.base_url}/chat/completions", client.chat_body("whole"), kept)

    seen = [(k.decode().lower(), v.decode()) for k, v in upstream.the_request().headers]
    assert [(name, value) for name, value in seen if name not in ("host", "content-length")] == [
        (name.lower(), value) for name, value in kept
    ]
    assert upstream.the_request().header("host") == urlsplit(upstream.url).netloc


def test_nothing_is_added_to_a_bare_request(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """A client that sends no Accept, User-Agent or Content-Type is not given one."""
    client.call(f"{coolhead.base_url}/chat/completions", client.chat_body("whole"))

    assert {k.decode().lower() for k, _ in upstream.the_request().headers} == {"host", "content-length"}


def test_connection_headers_stay_with_their_connection(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Hop-by-hop headers, those that Connection names, and Coolhead's own do not travel on."""
    hop = [
        ("Connection", "keep-alive, X-Private"),
        ("X-Private", "1"),
        ("Keep-Alive", "timeout=5"),
        ("TE", "trailers"),
        ("X-Coolhead-Mode", "observe"),
    ]
    client.call(f"{coolhead.base_url}/chat/completions", client.chat_body("whole"), [client.JSON, *hop])

    seen = {k.decode().lower() for k, _ in upstream.the_request().headers}
    assert not seen & {"x-private", "keep-alive", "te", "x-coolhead-mode"}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "model",
    [
        *("plain", "tools", "parallel-tools", "n2", "logprobs", "unknown-fields"),
        *("gzip", "br", "zstd", "deflate", "error-400", "error-401", "error-404", "error-429", "error-500"),
    ],
)
def test_answers_are_the_upstreams(coolhead: Coolhead, upstream: ScriptedUpstream, model: str, stream: bool) -> None:
    """Status, headers and body of every kind of answer are what the upstream sent, to the byte."""
    body = client.chat_body(model, stream=stream, stream_options={"include_usage": True}, n=2, logprobs=True)

    through, direct = both(coolhead, upstream, body)

    assert through.status == direct.status
    assert through.theirs == direct.theirs
    assert through.body == direct.body


@pytest.mark.parametrize(
    "model", ["sse-comments", "sse-heartbeat", "sse-crlf", "sse-split-1", "sse-split-7", "sse-split-999", "error-event"]
)
def test_streams_are_the_upstreams(coolhead: Coolhead, upstream: ScriptedUpstream, model: str) -> None:
    """Comments, CRLF, events and characters split anywhere, errors that the upstream reports: all as sent."""
    through, direct = both(coolhead, upstream, client.chat_body(model, stream=True))

    assert through.body == direct.body
    assert through.theirs == direct.theirs


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_compressed_answers_can_be_unpacked(coolhead: Coolhead, coding: str) -> None:
    """A compressed answer arrives compressed, with its coding named, and unpacks to the text."""
    unpack = {
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        "deflate": zlib.decompress,
    }[coding]

    answer = client.chat(coolhead.base_url, coding, headers=[("Accept-Encoding", coding)])

    assert answer.header("content-encoding") == coding
    assert json.loads(unpack(answer.body))["choices"][0]["message"]["content"] == bodies.TEXT


def test_repeated_response_headers_are_kept(coolhead: Coolhead) -> None:
    """Two Set-Cookie headers stay two; the upstream's own hop-by-hop headers stay behind."""
    answer = client.chat(coolhead.base_url, "duplicate-headers")

    assert [value for name, value in answer.headers if name == "set-cookie"] == ["a=1; Path=/", "b=2; Path=/"]
    assert [value for name, value in answer.headers if name == "x-twice"] == ["1", "2"]
    assert answer.header("x-hop") is None


def test_compressed_requests_are_passed_on(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """A request body with a content coding is not ours to read: it arrives as it was sent."""
    packed = gzip.compress(client.chat_body("whole"))
    headers = [client.JSON, ("Content-Encoding", "gzip")]

    answer = client.call(f"{coolhead.base_url}/chat/completions", packed, headers)

    assert answer.status == 200
    assert answer.header("x-coolhead-flags") == "undetected"
    assert upstream.the_request().body == packed
    assert upstream.the_request().header("content-encoding") == "gzip"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"{}", b'{"model":3}', b'{"messages":{"a":1},"model":"x"}'])
def test_json_that_is_not_understood_is_passed_on(coolhead: Coolhead, upstream: ScriptedUpstream, body: bytes) -> None:
    """What is JSON and no chat request is the upstream's to judge."""
    answer = client.call(f"{coolhead.base_url}/chat/completions", body, [client.JSON])

    assert answer.status == 200
    assert upstream.the_request().body == body


def test_multimodal_messages(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Pictures and audio in a message travel as they are."""
    message = {"role": "user", "content": MULTIMODAL}
    body = json.dumps({"model": "vision", "messages": [message]}).encode()

    assert client.call(f"{coolhead.base_url}/chat/completions", body, [client.JSON]).status == 200
    assert upstream.the_request().body == body


def test_very_long_contexts(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """A request of five megabytes arrives whole and is answered like any other."""
    body = client.chat_body("whole", "naïve " * 700_000 + "What is the boiling point of water?")
    assert len(body) > 5_000_000

    answer = client.call(f"{coolhead.base_url}/chat/completions", body, [client.JSON])

    assert answer.status == 200
    assert upstream.the_request().body == body


def test_chunked_requests(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """A request body without a length arrives with the same bytes."""
    body = client.chat_body("whole")
    connection = http.client.HTTPConnection("127.0.0.1", coolhead.port, timeout=30)
    connection.request("POST", "/v1/chat/completions", iter([body[:9], body[9:]]), {"Content-Type": "application/json"})

    assert connection.getresponse().status == 200
    assert upstream.the_request().body == body
    connection.close()


def test_query_strings_of_the_guarded_route(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """An api-version in the address, as Azure wants it, arrives."""
    url = f"{coolhead.base_url}/chat/completions?api-version=2026-01-01&x=%2F%20"

    assert client.call(url, client.chat_body("whole"), [client.JSON]).status == 200
    assert upstream.the_request().target == "/v1/chat/completions?api-version=2026-01-01&x=%2F%20"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_other_routes_with_every_method(coolhead: Coolhead, upstream: ScriptedUpstream, method: str) -> None:
    """All other /v1 paths answer as the upstream does, whatever the method."""
    body = b'{"a": 1}' if method in ("POST", "PUT", "PATCH") else None
    path = "/assistants/a%2Fb%20c/x;y=1?limit=2&after=%C3%A9&empty="

    through, direct = (client.call(base + path, body, method=method) for base in (coolhead.base_url, upstream.url))

    assert (through.status, through.theirs, through.body) == (direct.status, direct.theirs, direct.body)
    assert through.header("x-method") == method
    assert upstream.requests[0].target == "/v1" + path
    assert upstream.requests[0].body == (body or b"")
    assert through.turn_id


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_other_methods_of_the_guarded_path(coolhead: Coolhead, upstream: ScriptedUpstream, method: str) -> None:
    """Stored completions are listed and deleted below the same path: they pass through."""
    answer = client.call(f"{coolhead.base_url}/chat/completions", method=method)

    assert answer.header("x-method") == method
    assert upstream.the_request().method == method


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/models", None),
        ("/models/scripted", None),
        ("/embeddings", b'{"model":"e","input":"x"}'),
        ("/nothing", None),
        ("/moved", None),
        ("/responses", b'{"model":"r","stream":true}'),
    ],
)
def test_known_routes(coolhead: Coolhead, upstream: ScriptedUpstream, path: str, body: bytes | None) -> None:
    """Models, embeddings, empty answers, redirects and other streams pass through."""
    method = "GET" if body is None else "POST"

    through, direct = (client.call(base + path, body, method=method) for base in (coolhead.base_url, upstream.url))

    assert (through.status, through.theirs, through.body) == (direct.status, direct.theirs, direct.body)


def test_uploads_and_downloads(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Binary multipart uploads and file contents are the same bytes on both sides."""
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' + FILE + b"\r\n--b--\r\n"
    headers = [("Content-Type", "multipart/form-data; boundary=b")]

    for path in ("/files", "/audio/transcriptions"):
        upstream.forget()
        assert client.call(coolhead.base_url + path, form, headers).status == 201
        assert upstream.the_request().body == form
        assert upstream.the_request().header("content-type") == "multipart/form-data; boundary=b"
    download = client.call(f"{coolhead.base_url}/files/f1/content", method="GET")

    assert download.body == FILE
    assert download.header("etag") == '"f"'


def test_expect_continue(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """curl waits for `100 Continue` before it sends a large body: it gets it from Coolhead."""
    headers = [client.JSON, ("Expect", "100-continue")]

    assert client.call(f"{coolhead.base_url}/chat/completions", client.chat_body("whole"), headers).status == 200
    assert upstream.the_request().header("expect") is None


def test_operators_key_replaces_the_callers(upstream: ScriptedUpstream, start: Start) -> None:
    """With COOLHEAD_UPSTREAM_API_KEY the upstream sees the operator's key and never the caller's."""
    coolhead = start(upstream_api_key="sk-operator")
    caller = [("Authorization", "Bearer sk-caller")]

    client.chat(coolhead.base_url, "whole", headers=caller)
    client.call(f"{coolhead.base_url}/models", method="GET", headers=caller)

    assert [request.header_values("authorization") for request in upstream.requests] == [["Bearer sk-operator"]] * 2
