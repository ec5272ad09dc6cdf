"""The model that answers and judges: what a check asks of it, and how that can fail."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from guard.upstream.completions import BadStatus, Completions, TooLong
from guard.wire.errors import TimedOut, UpstreamFault

_OF_THE_REQUEST = (400, 404, 413, 422)
"""Statuses that are about one request, whoever asks."""


class ReferenceDown(Exception):
    """It could not be reached, or answered with an error."""


class ReferenceRejects(ReferenceDown):
    """It refuses this caller or this request; others may fare better."""


class ReferenceTooSmall(Exception):
    """The question does not fit its context."""


class ReferenceTimeout(Exception):
    """It was silent for too long."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the reference; the temperature is always 0."""

    model: str
    system: str
    user: str
    max_tokens: int
    schema: dict[str, Any] | None = None
    """JSON schema that the reply must follow."""
    examples: tuple[tuple[str, str], ...] = ()
    """(user, assistant) turns that show what is wanted."""
    first_token: bool = False
    """Ask for the log-probabilities of the first token."""
    credentials: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """The caller's, where the reference is the caller's upstream."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    text: str
    cut_off: bool = False
    """The token limit ended it."""
    refused: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    first_token: tuple[tuple[str, float], ...] = ()
    """Candidates of the first token and their log-probabilities; empty where the endpoint gives none."""


class Reference(Protocol):
    """A chat model that checks."""

    async def complete(self, ask: Ask) -> Reply:
        """Its reply.

        Raises:
            ReferenceDown: there is none.
            ReferenceTimeout: there is none yet.
            ReferenceTooSmall: the question is too long for it.
        """
        ...


class EndpointReference:
    """The reference behind an OpenAI-compatible endpoint."""

    def __init__(self, completions: Completions) -> None:
        self._completions = completions

    async def complete(self, ask: Ask) -> Reply:
        """Its reply.

        Raises:
            ReferenceDown: there is none.
            ReferenceTimeout: there is none yet.
            ReferenceTooSmall: the question is too long for it.
        """
        try:
            completion = await self._completions.ask(_body(ask), ask.credentials)
        except TimedOut as error:
            raise ReferenceTimeout(error.message) from None
        except UpstreamFault as error:
            raise ReferenceDown(error.message) from None
        except TooLong as error:
            raise ReferenceTooSmall(str(error)) from None
        except BadStatus as error:
            rejects = error.status in _OF_THE_REQUEST or (ask.credentials and 400 <= error.status < 500)
            raise (ReferenceRejects if rejects else ReferenceDown)(str(error)) from None
        if not completion.choices:
            raise ReferenceDown("the completion has no choices")
        choice, usage = completion.choices[0], completion.usage
        return Reply(
            text=_spoken(choice.message.content or ""),
            cut_off=choice.finish_reason == "length",
            refused=choice.message.refusal is not None or choice.finish_reason == "content_filter",
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
            first_token=tuple((token.token, token.logprob) for token in choice.first_token),
        )


def _spoken(text: str) -> str:
    """What is said once the thinking is over; servers that know such models put it elsewhere themselves."""
    if not text.lstrip().startswith("<think>"):
        return text
    return text.partition("</think>")[2]


def _body(ask: Ask) -> dict[str, Any]:
    messages = [{"role": "system", "content": ask.system}]
    for user, assistant in ask.examples:
        messages += [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
    messages.append({"role": "user", "content": ask.user})
    body: dict[str, Any] = {
        "model": ask.model,
        "messages": messages,
        "max_tokens": ask.max_tokens,
        "temperature": 0,
    }
    if ask.first_token:
        body |= {"logprobs": True, "top_logprobs": 10}
    if ask.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": ask.schema},
        }
    return body
