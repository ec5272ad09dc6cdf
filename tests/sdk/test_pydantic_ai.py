"""pydantic-ai in front of Coolhead."""

import pytest
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from tests.conftest import through_coolhead
from tests.coolhead import Endpoint
from tests.upstreams import bodies
from tests.upstreams.scripted import ScriptedUpstream

QUESTION = "What is the boiling point of water?"


class Facts(BaseModel):
    """What a structured answer is read into."""

    city: str
    population: int


def agent_of(endpoint: Endpoint, model: str) -> Agent[None, str]:
    """An agent on a scenario."""
    provider = OpenAIProvider(openai_client=AsyncOpenAI(base_url=endpoint.base_url, api_key="x", max_retries=0))
    return Agent(OpenAIChatModel(model, provider=provider), retries=0)


async def test_whole(endpoint: Endpoint, upstream: ScriptedUpstream) -> None:
    """A whole answer with its usage."""
    result = await agent_of(endpoint, "plain").run(QUESTION)

    assert result.output == bodies.TEXT
    assert upstream.the_request().model == "plain"


@pytest.mark.parametrize("model", ["plain", "gzip", "sse-comments", "sse-crlf", "sse-split-7"])
async def test_streamed(endpoint: Endpoint, upstream: ScriptedUpstream, model: str) -> None:
    """A streamed answer, however it is framed."""
    async with agent_of(endpoint, model).run_stream(QUESTION) as result:
        assert "".join([delta async for delta in result.stream_text(delta=True, debounce_by=None)]) == bodies.TEXT


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
async def test_tools(endpoint: Endpoint, upstream: ScriptedUpstream, stream: bool) -> None:
    """A tool is called with the model's arguments, its result goes back, and the answer follows."""
    agent, asked = agent_of(endpoint, "tools"), []

    @agent.tool_plain
    def weather(city: str) -> str:
        """The weather of a city."""
        asked.append(city)
        return "rain"

    if stream:
        async with agent.run_stream(QUESTION) as result:
            output = await result.get_output()
    else:
        output = (await agent.run(QUESTION)).output

    assert asked == ["Oslo"]
    assert output == bodies.TEXT
    assert upstream.requests[-1].json["messages"][-1]["role"] == "tool"


async def test_structured_outputs(endpoint: Endpoint, upstream: ScriptedUpstream) -> None:
    """An output type is filled from the tool that it forces."""
    result = await agent_of(endpoint, "structured").run(QUESTION, output_type=Facts)

    assert result.output == Facts(city="Paris", population=2102650)


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_errors(endpoint: Endpoint, upstream: ScriptedUpstream, status: int) -> None:
    """An error of the upstream is a ModelHTTPError with its status and body, whole and streamed."""
    agent = agent_of(endpoint, f"error-{status}")
    with pytest.raises(ModelHTTPError) as whole:
        await agent.run(QUESTION)
    with pytest.raises(ModelHTTPError) as streamed:
        async with agent.run_stream(QUESTION):
            pass

    assert whole.value.status_code == streamed.value.status_code == status
    assert "provider_note" in str(whole.value.body)


@pytest.mark.parametrize("model", ["error-event", pytest.param("fault-no-finish", marks=through_coolhead)])
async def test_errors_inside_a_stream(endpoint: Endpoint, upstream: ScriptedUpstream, model: str) -> None:
    """An error event raises and is not swallowed as an end."""
    with pytest.raises(ModelAPIError):
        async with agent_of(endpoint, model).run_stream(QUESTION) as result:
            await result.get_output()


async def test_cancellation(endpoint: Endpoint, upstream: ScriptedUpstream) -> None:
    """Leaving a stream closes the upstream's."""
    async with agent_of(endpoint, "endless").run_stream(QUESTION) as result:
        async for _ in result.stream_text(debounce_by=None):
            break

    upstream.wait(lambda request: request.left is not None, timeout=5)
