"""openai-python in front of Coolhead: the plain client, the async one, `.stream()`, and raw responses."""

import time
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from tests.conftest import through_coolhead
from tests.coolhead import Endpoint
from tests.upstreams import bodies
from tests.upstreams.scripted import FILE, ScriptedUpstream

ASKED: Any = [{"role": "user", "content": "What is the boiling point of water?"}]
TOOLS: Any = [bodies.WEATHER]
ERRORS = [
    (400, openai.BadRequestError),
    (401, openai.AuthenticationError),
    (404, openai.NotFoundError),
    (429, openai.RateLimitError),
    (500, openai.InternalServerError),
    (503, openai.InternalServerError),
]
SOON = 2.0


@pytest.fixture
def client(endpoint: Endpoint, upstream: ScriptedUpstream) -> Iterator[OpenAI]:
    """The plain client."""
    with OpenAI(base_url=endpoint.base_url, api_key="sk-test", organization="org-1", max_retries=0) as client:
        yield client


@pytest.fixture
def aclient(endpoint: Endpoint, upstream: ScriptedUpstream) -> AsyncOpenAI:
    """The async client."""
    return AsyncOpenAI(base_url=endpoint.base_url, api_key="sk-test", max_retries=0)


def test_whole(client: OpenAI, upstream: ScriptedUpstream) -> None:
    """A whole answer with its usage and request id; the upstream sees the client's own headers."""
    answer = client.chat.completions.create(model="plain", messages=ASKED)

    assert answer.choices[0].message.content == bodies.TEXT
    assert answer.usage is not None
    assert answer.usage.total_tokens == 21
    assert answer._request_id == "req_scripted"
    seen = upstream.the_request()
    assert seen.header("authorization") == "Bearer sk-test"
    assert seen.header("openai-organization") == "org-1"
    assert (seen.header("user-agent") or "").startswith("OpenAI/Python")


@pytest.mark.parametrize("model", ["plain", "gzip", "br", "deflate", "sse-comments", "sse-crlf", "sse-split-1"])
def test_streamed(client: OpenAI, model: str) -> None:
    """A streamed answer however it is framed and packed; the loop reads `choices[0]` as most code does."""
    stream = client.chat.completions.create(model=model, messages=ASKED, stream=True)

    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == bodies.TEXT
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["stop"]


def test_usage_of_a_stream(client: OpenAI) -> None:
    """With include_usage the last chunk has the usage and no choice."""
    stream = client.chat.completions.create(
        model="plain", messages=ASKED, stream=True, stream_options={"include_usage": True}
    )

    *_, last = stream
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.total_tokens == 21


@pytest.mark.parametrize(("model", "cities"), [("tools", ["Oslo"]), ("parallel-tools", ["Oslo", "Lima"])])
def test_tools(client: OpenAI, model: str, cities: list[str]) -> None:
    """Tool calls, one or several at once."""
    answer = client.chat.completions.create(model=model, messages=ASKED, tools=TOOLS)

    calls = answer.choices[0].message.tool_calls or []
    assert [call.function.arguments for call in calls if call.type == "function"] == [
        f'{{"city": "{city}"}}' for city in cities
    ]
    assert answer.choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize(("model", "count"), [("tools", 1), ("parallel-tools", 2)])
def test_tools_streamed(client: OpenAI, model: str, count: int) -> None:
    """The pieces of streamed tool calls are put together by `.stream()`."""
    with client.chat.completions.stream(model=model, messages=ASKED, tools=TOOLS) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]

    assert [event.arguments for event in done] == ['{"city": "Oslo"}', '{"city": "Lima"}'][:count]


def test_stream_helper(client: OpenAI) -> None:
    """`.stream()` gives content events and the final completion."""
    with client.chat.completions.stream(model="plain", messages=ASKED) as stream:
        pieces = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()

    assert tuple(piece for piece in pieces if piece) == bodies.PIECES
    assert final.choices[0].message.content == bodies.TEXT


def test_two_choices(client: OpenAI) -> None:
    """n=2, whole and streamed with the choices interleaved."""
    whole = client.chat.completions.create(model="n2", messages=ASKED, n=2)
    texts = ["", ""]
    for chunk in client.chat.completions.create(model="n2", messages=ASKED, n=2, stream=True):
        texts[chunk.choices[0].index] += chunk.choices[0].delta.content or ""

    assert [choice.message.content for choice in whole.choices] == [bodies.TEXT, "Second choice."]
    assert texts == [bodies.TEXT, "Second choice."]


def test_logprobs(client: OpenAI) -> None:
    """Log probabilities arrive with the answer and with the chunk."""
    whole = client.chat.completions.create(model="logprobs", messages=ASKED, logprobs=True, top_logprobs=1)
    first = next(iter(client.chat.completions.create(model="logprobs", messages=ASKED, logprobs=True, stream=True)))

    for found in (whole.choices[0].logprobs, first.choices[0].logprobs):
        assert found is not None
        assert found.content is not None
        assert [(token.token, token.logprob) for token in found.content] == [("Yes", -0.25)]


class Facts(BaseModel):
    """What a structured answer is read into."""

    city: str
    population: int


def test_structured_outputs(client: OpenAI, upstream: ScriptedUpstream) -> None:
    """`.parse()` sends the schema and reads the answer into the type, also from a stream."""
    whole = client.chat.completions.parse(model="structured", messages=ASKED, response_format=Facts)
    with client.chat.completions.stream(model="structured", messages=ASKED, response_format=Facts) as stream:
        streamed = stream.get_final_completion()

    assert whole.choices[0].message.parsed == Facts(city="Paris", population=2102650)
    assert streamed.choices[0].message.parsed == Facts(city="Paris", population=2102650)
    assert upstream.requests[0].json["response_format"]["json_schema"]["name"] == "Facts"


def test_multimodal(client: OpenAI, upstream: ScriptedUpstream) -> None:
    """Pictures in a message."""
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    message: Any = {"role": "user", "content": [{"type": "text", "text": "What is it?"}, picture]}

    answer = client.chat.completions.create(model="vision", messages=[message])

    assert answer.choices[0].message.content == bodies.TEXT
    assert upstream.the_request().json["messages"] == [message]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(("status", "kind"), ERRORS)
def test_errors(client: OpenAI, status: int, kind: type[openai.APIStatusError], stream: bool) -> None:
    """Errors of the upstream become the client's typed exceptions, with all that comes with them."""
    with pytest.raises(kind) as caught:
        client.chat.completions.create(model=f"error-{status}", messages=ASKED, stream=stream)

    error = caught.value
    assert (error.status_code, error.request_id, error.code) == (status, "req_scripted", f"scripted_{status}")
    assert isinstance(error.body, dict)
    assert error.body["provider_note"] == "kept"
    if status in (429, 503):
        assert error.response.headers["retry-after"] == "7"
        assert error.response.headers["x-ratelimit-remaining-requests"] == "0"


def test_error_inside_a_stream(client: OpenAI) -> None:
    """An error event raises, after the text before it was delivered."""
    stream = client.chat.completions.create(model="error-event", messages=ASKED, stream=True)
    texts = [next(stream).choices[0].delta.content for _ in range(3)]
    with pytest.raises(openai.APIError) as caught:
        next(stream)

    assert texts == ["", *bodies.PIECES[:2]]
    assert caught.value.code == "scripted_500"


@through_coolhead
def test_broken_stream_raises(client: OpenAI) -> None:
    """A stream that the upstream tears raises an error with our code; directly it would look finished."""
    with pytest.raises(openai.APIError) as caught:
        list(client.chat.completions.create(model="fault-no-finish", messages=ASKED, stream=True))

    assert (caught.value.type, caught.value.code) == ("upstream_error", "upstream_broken")


@through_coolhead
def test_unusable_upstream_is_a_typed_error(client: OpenAI) -> None:
    """What Coolhead itself reports is an ordinary status error to the client."""
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="fault-close", messages=ASKED)

    assert (caught.value.status_code, caught.value.code) == (502, "upstream_broken")


@through_coolhead
def test_mode_that_does_not_exist(client: OpenAI) -> None:
    """Asking for a mode that is not there is the client's BadRequestError."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="plain", messages=ASKED, extra_headers={"X-Coolhead-Mode": "correct"})

    assert (caught.value.code, caught.value.param) == ("invalid_mode", "x-coolhead-mode")


def test_leaving_a_stream(client: OpenAI, upstream: ScriptedUpstream) -> None:
    """Closing a stream early closes the upstream's."""
    stream = client.chat.completions.create(model="endless", messages=ASKED, stream=True)
    next(iter(stream))
    stream.close()
    gone = time.monotonic()

    request = upstream.wait(lambda request: request.left is not None)
    assert (request.left or 0) - gone < SOON


def test_giving_up(client: OpenAI, upstream: ScriptedUpstream) -> None:
    """A client whose own timeout is over stops the upstream too."""
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.3).chat.completions.create(model="hang", messages=ASKED)

    upstream.wait(lambda request: request.left is not None)


@through_coolhead
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_raw_response(client: OpenAI, stream: bool) -> None:
    """`.with_raw_response` shows Coolhead's headers; the parsed answer is the same."""
    raw = client.chat.completions.with_raw_response.create(model="plain", messages=ASKED, stream=stream)

    assert len(raw.headers["x-coolhead-turn-id"]) == 32
    assert raw.headers["x-coolhead-mode"] == "observe"
    assert raw.headers["x-coolhead-flags"]
    assert raw.headers["x-request-id"] == "req_scripted"
    parsed: Any = raw.parse()
    if stream:
        assert "".join(chunk.choices[0].delta.content or "" for chunk in parsed) == bodies.TEXT
    else:
        assert parsed.choices[0].message.content == bodies.TEXT


@through_coolhead
def test_streaming_response(client: OpenAI) -> None:
    """`.with_streaming_response` shows the headers before the body is read."""
    with client.chat.completions.with_streaming_response.create(model="plain", messages=ASKED) as response:
        assert response.headers["x-coolhead-turn-id"]
        assert response.parse().choices[0].message.content == bodies.TEXT


def test_other_resources(client: OpenAI, upstream: ScriptedUpstream) -> None:
    """Models, embeddings and files work through the same base URL."""
    assert [model.id for model in client.models.list()] == ["scripted"]
    assert client.embeddings.create(model="e", input="x", encoding_format="float").data[0].embedding == [0.5, -0.25]
    assert client.files.content("f1").read() == FILE
    client.files.create(file=("a.bin", FILE), purpose="assistants")
    assert FILE in upstream.requests[-1].body


async def test_async_whole_and_streamed(aclient: AsyncOpenAI) -> None:
    """The async client gets the same answers."""
    async with aclient:
        whole = await aclient.chat.completions.create(model="plain", messages=ASKED)
        stream = await aclient.chat.completions.create(model="sse-split-7", messages=ASKED, stream=True)
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        async with aclient.chat.completions.stream(model="parallel-tools", messages=ASKED, tools=TOOLS) as helper:
            final = await helper.get_final_completion()

    assert whole.choices[0].message.content == text == bodies.TEXT
    assert len(final.choices[0].message.tool_calls or []) == 2


async def test_async_errors(aclient: AsyncOpenAI) -> None:
    """The async client raises the same typed errors."""
    async with aclient:
        with pytest.raises(openai.RateLimitError) as caught:
            await aclient.chat.completions.create(model="error-429", messages=ASKED, stream=True)

    assert caught.value.response.headers["retry-after"] == "7"


async def test_async_cancellation(aclient: AsyncOpenAI, upstream: ScriptedUpstream) -> None:
    """Leaving an async stream closes the upstream's."""
    async with aclient:
        stream = await aclient.chat.completions.create(model="endless", messages=ASKED, stream=True)
        async for _ in stream:
            break
        await stream.close()

        upstream.wait(lambda request: request.left is not None, timeout=SOON)


def test_retries_follow_the_upstream(endpoint: Endpoint, upstream: ScriptedUpstream) -> None:
    """A client that retries sees the upstream's 500 each time; Coolhead adds no attempts of its own."""
    client = OpenAI(base_url=endpoint.base_url, api_key="x", max_retries=1)
    with client, pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="error-500", messages=ASKED)

    assert [request.header("x-stainless-retry-count") for request in upstream.requests] == ["0", "1"]
