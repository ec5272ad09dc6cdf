"""litellm in front of Coolhead, as its users configure an OpenAI-compatible base URL."""

import os
from typing import Any

import pytest

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it is fetched at import
import litellm
from litellm import exceptions

from tests.conftest import through_coolhead
from tests.coolhead import Endpoint
from tests.upstreams import bodies
from tests.upstreams.scripted import ScriptedUpstream

ASKED = [{"role": "user", "content": "What is the boiling point of water?"}]


@pytest.fixture
def complete(endpoint: Endpoint, upstream: ScriptedUpstream) -> Any:
    """Calls litellm.completion."""

    def call(model: str, **options: Any) -> Any:
        base = {"api_base": endpoint.base_url, "api_key": "x", "num_retries": 0, "max_retries": 0, "timeout": 20}
        return litellm.completion(model=f"openai/{model}", messages=ASKED, **(base | options))

    return call


def text_of(stream: Any, index: int = 0) -> str:
    """The text of one choice of a stream."""
    choices = [choice for chunk in stream for choice in chunk.choices]
    return "".join(choice.delta.content or "" for choice in choices if choice.index == index)


def test_whole(complete: Any) -> None:
    """A whole answer with its usage."""
    answer = complete("plain")

    assert answer.choices[0].message.content == bodies.TEXT
    assert answer.usage.total_tokens == 21


@pytest.mark.parametrize("model", ["plain", "gzip", "sse-comments", "sse-crlf", "sse-split-7"])
def test_streamed(complete: Any, model: str) -> None:
    """A streamed answer, however it is framed."""
    assert text_of(complete(model, stream=True)) == bodies.TEXT


@pytest.mark.parametrize(("model", "cities"), [("tools", ["Oslo"]), ("parallel-tools", ["Oslo", "Lima"])])
def test_tools(complete: Any, model: str, cities: list[str]) -> None:
    """Tool calls, whole and put together from a stream."""
    whole = complete(model, tools=[bodies.WEATHER])
    streamed: Any = litellm.stream_chunk_builder(list(complete(model, tools=[bodies.WEATHER], stream=True)))

    for answer in (whole, streamed):
        calls = answer.choices[0].message.tool_calls
        assert [call.function.arguments for call in calls] == [f'{{"city": "{city}"}}' for city in cities]


def test_two_choices(complete: Any) -> None:
    """n=2 gives two choices."""
    texts = [choice.message.content for choice in complete("n2", n=2).choices]

    assert texts == [bodies.TEXT, "Second choice."]


def test_logprobs(complete: Any) -> None:
    """Log probabilities arrive."""
    found = complete("logprobs", logprobs=True).choices[0].logprobs

    assert found.content[0].logprob == -0.25


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, exceptions.BadRequestError),
        (401, exceptions.AuthenticationError),
        (404, exceptions.NotFoundError),
        (429, exceptions.RateLimitError),
        (500, exceptions.InternalServerError),
    ],
)
def test_errors(complete: Any, status: int, kind: type[Exception], stream: bool) -> None:
    """Errors of the upstream become litellm's typed exceptions; a rate limit keeps the time to wait."""
    with pytest.raises(kind) as caught:
        complete(f"error-{status}", stream=stream)

    error: Any = caught.value
    assert error.status_code == status
    if status == 429:
        assert error.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("model", ["error-event", pytest.param("fault-no-finish", marks=through_coolhead)])
def test_errors_inside_a_stream(complete: Any, model: str) -> None:
    """An error event raises and is not swallowed as an end."""
    with pytest.raises((exceptions.APIError, exceptions.APIConnectionError, exceptions.MidStreamFallbackError)):
        list(complete(model, stream=True))


def test_cancellation(complete: Any, upstream: ScriptedUpstream) -> None:
    """Leaving a stream closes the upstream's."""
    stream = complete("endless", stream=True)
    next(iter(stream))
    stream.completion_stream.close()

    upstream.wait(lambda request: request.left is not None, timeout=5)


async def test_async(endpoint: Endpoint, upstream: ScriptedUpstream) -> None:
    """The async call gives the same, whole and streamed."""
    base: Any = {"api_base": endpoint.base_url, "api_key": "x", "messages": ASKED}

    whole: Any = await litellm.acompletion(model="openai/plain", **base)
    stream: Any = await litellm.acompletion(model="openai/plain", stream=True, **base)

    assert whole.choices[0].message.content == bodies.TEXT
    assert text_of([chunk async for chunk in stream]) == bodies.TEXT
