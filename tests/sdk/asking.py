"""One question, asked with each client in each of its ways: the text, and how the client shows the verdict."""

import asyncio
import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it is fetched at import
import litellm
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAI
from pydantic import SecretStr
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

TURN_ID = "x-coolhead-turn-id"


@dataclass(frozen=True)
class Got:
    """What an application has in its hands afterwards."""

    text: str
    turn_id: str
    coolhead: dict[str, Any] | None = None
    """The `coolhead` object."""
    shows: bool = True
    """Does this client let the object through?"""


Ask = Callable[[str, str, str], Got]
"""base URL, model, text -> what came."""


@functools.cache
def _client(base_url: str) -> OpenAI:
    return OpenAI(base_url=base_url, api_key="sk-test", max_retries=0, timeout=30)


def _said(text: str) -> Any:
    return [{"role": "user", "content": text}]


def _coolhead(shown: Any) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (shown.model_extra or {}).get("coolhead")
    return found


def openai_chat(base_url: str, model: str, text: str) -> Got:
    """`chat.completions.create`."""
    raw = _client(base_url).chat.completions.with_raw_response.create(model=model, messages=_said(text))
    answer = raw.parse()
    assert answer.usage is not None
    assert answer.usage.total_tokens == 21
    return Got(answer.choices[0].message.content or "", raw.headers[TURN_ID], _coolhead(answer))


def openai_chat_stream(base_url: str, model: str, text: str) -> Got:
    """`chat.completions.create(stream=True)`, read as most code does it."""
    stream = _client(base_url).chat.completions.create(model=model, messages=_said(text), stream=True)
    chunks = list(stream)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    (last,) = [chunk for chunk in chunks if chunk.choices[0].finish_reason == "stop"]
    assert not any(_coolhead(chunk) for chunk in chunks if chunk is not last)
    return Got(said, stream.response.headers[TURN_ID], _coolhead(last))


def openai_chat_helper(base_url: str, model: str, text: str) -> Got:
    """`chat.completions.stream()`, whose final completion has no fields that it does not know."""
    with _client(base_url).chat.completions.stream(model=model, messages=_said(text)) as stream:
        said, shown = "", None
        for event in stream:
            if event.type == "content.delta":
                said += event.delta
            if event.type == "chunk":
                shown = _coolhead(event.chunk) or shown
        final = stream.get_final_completion()
        assert final.choices[0].message.content == said
        return Got(said, stream._response.headers[TURN_ID], shown)


def openai_responses(base_url: str, model: str, text: str) -> Got:
    """`responses.create`."""
    raw = _client(base_url).responses.with_raw_response.create(model=model, input=text)
    answer = raw.parse()
    return Got(answer.output_text, raw.headers[TURN_ID], _coolhead(answer))


def openai_responses_stream(base_url: str, model: str, text: str) -> Got:
    """`responses.create(stream=True)`."""
    stream = _client(base_url).responses.create(model=model, input=text, stream=True)
    events = list(stream)
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    last = events[-1]
    assert last.type == "response.completed"
    assert last.response.output_text == said
    assert [event.sequence_number for event in events] == sorted({event.sequence_number for event in events})
    return Got(said, stream.response.headers[TURN_ID], _coolhead(last.response))


def openai_responses_helper(base_url: str, model: str, text: str) -> Got:
    """`responses.stream()`, which puts the response together by itself and compares."""
    with _client(base_url).responses.stream(model=model, input=text) as stream:
        final = stream.get_final_response()
        return Got(final.output_text, stream._response.headers[TURN_ID], _coolhead(final))


def openai_completions(base_url: str, model: str, text: str) -> Got:
    """`completions.create`."""
    raw = _client(base_url).completions.with_raw_response.create(model=model, prompt=text)
    answer = raw.parse()
    return Got(answer.choices[0].text, raw.headers[TURN_ID], _coolhead(answer))


def openai_completions_stream(base_url: str, model: str, text: str) -> Got:
    """`completions.create(stream=True)`."""
    stream = _client(base_url).completions.create(model=model, prompt=text, stream=True)
    chunks = list(stream)
    return Got(
        "".join(chunk.choices[0].text for chunk in chunks), stream.response.headers[TURN_ID], _coolhead(chunks[-1])
    )


@functools.cache
def _langchain(base_url: str, model: str) -> ChatOpenAI:
    return ChatOpenAI(
        model=model, base_url=base_url, api_key=SecretStr("x"), max_retries=0, include_response_headers=True
    )


def langchain(base_url: str, model: str, text: str) -> Got:
    """`ChatOpenAI.invoke`."""
    answer = _langchain(base_url, model).invoke(text)
    return Got(str(answer.content), answer.response_metadata["headers"][TURN_ID], shows=False)


def langchain_stream(base_url: str, model: str, text: str) -> Got:
    """`ChatOpenAI.stream`."""
    chunks = list(_langchain(base_url, model).stream(text))
    said = "".join(str(chunk.content) for chunk in chunks)
    return Got(said, chunks[0].response_metadata["headers"][TURN_ID], shows=False)


def _litellm(base_url: str, model: str, text: str, **options: Any) -> Any:
    base = {"api_base": base_url, "api_key": "x", "num_retries": 0, "max_retries": 0, "timeout": 30}
    return litellm.completion(model=f"openai/{model}", messages=_said(text), **(base | options))


def litellm_whole(base_url: str, model: str, text: str) -> Got:
    """`litellm.completion`."""
    answer = _litellm(base_url, model, text)
    headers = answer._hidden_params["additional_headers"]
    return Got(answer.choices[0].message.content, headers[f"llm_provider-{TURN_ID}"], shows=False)


def litellm_stream(base_url: str, model: str, text: str) -> Got:
    """`litellm.completion(stream=True)`."""
    stream = _litellm(base_url, model, text, stream=True)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    return Got(said, stream._hidden_params["additional_headers"][f"llm_provider-{TURN_ID}"], shows=False)


def _agent(base_url: str, model: str, seen: list[str]) -> Agent[None, str]:
    async def see(response: Any) -> None:
        seen.append(response.headers[TURN_ID])

    http = DefaultAsyncHttpxClient(event_hooks={"response": [see]})
    client = AsyncOpenAI(base_url=base_url, api_key="x", max_retries=0, http_client=http)
    return Agent(OpenAIChatModel(model, provider=OpenAIProvider(openai_client=client)), retries=0)


def pydantic_ai(base_url: str, model: str, text: str) -> Got:
    """`Agent.run`; headers are seen by a hook of its HTTP client."""
    seen: list[str] = []
    said = asyncio.run(_agent(base_url, model, seen).run(text)).output
    return Got(said, seen[0], shows=False)


def pydantic_ai_stream(base_url: str, model: str, text: str) -> Got:
    """`Agent.run_stream`."""
    seen: list[str] = []

    async def streamed() -> str:
        async with _agent(base_url, model, seen).run_stream(text) as result:
            return "".join([delta async for delta in result.stream_text(delta=True, debounce_by=None)])

    return Got(asyncio.run(streamed()), seen[0], shows=False)


ASKS: tuple[Ask, ...] = (
    openai_chat,
    openai_chat_stream,
    openai_chat_helper,
    openai_responses,
    openai_responses_stream,
    openai_responses_helper,
    openai_completions,
    openai_completions_stream,
    langchain,
    langchain_stream,
    litellm_whole,
    litellm_stream,
    pydantic_ai,
    pydantic_ai_stream,
)
"""Every client in every way."""
