"""The endpoints that an evaluation asks, outside of the service: nothing is counted, faults are told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from guard.pipeline.reference import (
    Ask,
    EndpointReference,
    Reference,
    ReferenceDown,
    ReferenceTimeout,
    ReferenceTooSmall,
    Reply,
)
from guard.upstream.client import Upstream, UpstreamConfig
from guard.upstream.completions import BadStatus, Completions
from guard.wire.errors import UpstreamFault

TIMEOUT = 300.0
"""Seconds of silence; small machines take their time."""

ANSWER_TOKENS = 160


class EndpointFault(ValueError):
    """An endpoint gave no answer where one is needed to go on."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint and the model that is asked there."""

    url: str
    model: str
    key: str | None = None
    option: str = "--base-url"
    """What it was given by, for errors."""


class Uncounted:
    """Counts nothing."""

    def upstream_call(self, upstream: str, purpose: str, outcome: str, seconds: float) -> None:
        """Count nothing."""


@asynccontextmanager
async def opened(endpoint: Endpoint) -> AsyncIterator[Reference]:
    """The endpoint, once it has answered.

    Raises:
        EndpointFault: it does not answer.
    """
    async with Upstream(UpstreamConfig("eval", endpoint.url, endpoint.key, timeout=TIMEOUT), Uncounted()) as upstream:
        reference = EndpointReference(Completions(upstream))
        await said(reference, Ask(endpoint.model, "Answer with one word.", "Say yes.", 1), endpoint)
        yield reference


async def said(reference: Reference, ask: Ask, endpoint: Endpoint) -> Reply:
    """The reply.

    Raises:
        EndpointFault: there is none; the run can go on later.
    """
    try:
        return await reference.complete(ask)
    except (ReferenceDown, ReferenceTimeout, ReferenceTooSmall) as error:
        raise _fault(endpoint, error) from None


class Application(Protocol):
    """The model behind an application."""

    async def answer(self, system: str, user: str, note: str | None = None) -> str:
        """Its answer; with a private note, as the service asks for one again.

        Raises:
            EndpointFault: there is none.
        """
        ...


class EndpointApplication:
    """A model behind an endpoint, asked as an application would."""

    def __init__(self, endpoint: Endpoint, completions: Completions) -> None:
        self._endpoint = endpoint
        self._completions = completions

    async def answer(self, system: str, user: str, note: str | None = None) -> str:
        """Its answer; with a private note, as the service asks for one again.

        Raises:
            EndpointFault: there is none.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        messages += [{"role": "system", "content": note}] if note else []
        body = {"model": self._endpoint.model, "messages": messages, "max_tokens": ANSWER_TOKENS, "temperature": 0}
        try:
            completion = await self._completions.ask(body, ())
        except (BadStatus, UpstreamFault) as error:
            raise _fault(self._endpoint, error) from None
        return (completion.choices[0].message.content or "").strip() if completion.choices else ""


@asynccontextmanager
async def application(endpoint: Endpoint) -> AsyncIterator[Application]:
    """The application's model, once it has answered.

    Raises:
        EndpointFault: it does not answer.
    """
    async with Upstream(UpstreamConfig("eval", endpoint.url, endpoint.key, timeout=TIMEOUT), Uncounted()) as upstream:
        found = EndpointApplication(endpoint, Completions(upstream))
        await found.answer("Answer with one word.", "Say yes.")
        yield found


def _fault(endpoint: Endpoint, error: Exception) -> EndpointFault:
    return EndpointFault(
        f"{endpoint.option} {endpoint.url} gave no answer for model {endpoint.model}: {error} Is the server up, "
        "the model's name right, COOLHEAD_UPSTREAM_API_KEY set? With --out the next run goes on from here."
    )
