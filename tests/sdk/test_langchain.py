"""langchain-openai in front of Coolhead."""

from typing import Any

import openai
import pytest
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr

from tests.conftest import through_coolhead
from tests.coolhead import Endpoint
from tests.upstreams import bodies
from tests.upstreams.scripted import ScriptedUpstream

QUESTION = "What is the boiling point of water?"


@pytest.fixture
def made(endpoint: Endpoint, upstream: ScriptedUpstream) -> Any:
    """Makes a chat model."""

    def make(model: str, **options: Any) -> ChatOpenAI:
        return ChatOpenAI(model=model, base_url=endpoint.base_url, api_key=SecretStr("x"), max_retries=0, **options)

    return make


def weather(city: str) -> str:
    """The weather of a city."""
    return f"rain in {city}"


class Facts(BaseModel):
    """What a structured answer is read into."""

    city: str
    population: int


def test_whole(made: Any) -> None:
    """A whole answer with its usage."""
    answer = made("plain").invoke(QUESTION)

    assert answer.content == bodies.TEXT
    assert answer.usage_metadata["total_tokens"] == 21


@pytest.mark.parametrize("model", ["plain", "gzip", "sse-comments", "sse-crlf", "sse-split-7"])
def test_streamed(made: Any, model: str) -> None:
    """A streamed answer, however it is framed."""
    chunks = list(made(model).stream(QUESTION))

    assert "".join(chunk.content for chunk in chunks) == bodies.TEXT
    assert [c.response_metadata["finish_reason"] for c in chunks if "finish_reason" in c.response_metadata] == ["stop"]


def test_usage_of_a_stream(made: Any) -> None:
    """`stream_usage` adds up to the usage that the upstream sent."""
    whole = None
    for chunk in made("plain", stream_usage=True).stream(QUESTION):
        whole = chunk if whole is None else whole + chunk

    assert whole is not None
    assert whole.usage_metadata["total_tokens"] == 21


@pytest.mark.parametrize(("model", "cities"), [("tools", ["Oslo"]), ("parallel-tools", ["Oslo", "Lima"])])
def test_tools(made: Any, model: str, cities: list[str]) -> None:
    """Tool calls, whole and put together from a stream."""
    bound = made(model).bind_tools([weather])
    streamed = None
    for chunk in bound.stream(QUESTION):
        streamed = chunk if streamed is None else streamed + chunk

    for answer in (bound.invoke(QUESTION), streamed):
        assert answer is not None
        assert [call["args"] for call in answer.tool_calls] == [{"city": city} for city in cities]


def test_two_choices(made: Any) -> None:
    """n=2 gives two generations."""
    result = made("n2", n=2).generate([[HumanMessage(QUESTION)]])

    assert [found.text for found in result.generations[0]] == [bodies.TEXT, "Second choice."]


def test_logprobs(made: Any) -> None:
    """Log probabilities are in the response metadata."""
    answer = made("logprobs", logprobs=True).invoke(QUESTION)

    assert answer.response_metadata["logprobs"]["content"][0]["logprob"] == -0.25


def test_structured_outputs(made: Any) -> None:
    """An answer is read into a type by its JSON schema."""
    found = made("structured").with_structured_output(Facts, method="json_schema").invoke(QUESTION)

    assert found == Facts(city="Paris", population=2102650)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_errors(made: Any, stream: bool) -> None:
    """A rate limit is the typed exception with the time to wait."""
    model = made("error-429")
    with pytest.raises(openai.RateLimitError) as caught:
        list(model.stream(QUESTION)) if stream else model.invoke(QUESTION)

    assert caught.value.request_id == "req_scripted"
    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("model", ["error-event", pytest.param("fault-no-finish", marks=through_coolhead)])
def test_errors_inside_a_stream(made: Any, model: str) -> None:
    """An error event raises and is not swallowed as an end."""
    with pytest.raises(openai.APIError):
        list(made(model).stream(QUESTION))


def test_cancellation(made: Any, upstream: ScriptedUpstream) -> None:
    """Leaving a stream closes the upstream's."""
    stream = made("endless").stream(QUESTION)
    next(stream)
    stream.close()

    upstream.wait(lambda request: request.left is not None, timeout=5)


async def test_async(made: Any) -> None:
    """The async methods give the same."""
    model = made("plain")

    assert (await model.ainvoke(QUESTION)).content == bodies.TEXT
    assert "".join([chunk.content async for chunk in model.astream(QUESTION)]) == bodies.TEXT


@through_coolhead
def test_turn_id(made: Any) -> None:
    """With `include_response_headers` the turn's id is in the metadata, whole and streamed."""
    model = made("plain", include_response_headers=True)

    whole = model.invoke(QUESTION).response_metadata["headers"]
    first = next(model.stream(QUESTION)).response_metadata["headers"]

    assert len(whole["x-coolhead-turn-id"]) == len(first["x-coolhead-turn-id"]) == 32
