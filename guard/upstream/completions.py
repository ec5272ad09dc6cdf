"""Chat completions for our own questions, over an OpenAI-compatible endpoint."""

import re
from typing import Any

import msgspec

from guard.upstream.client import Outgoing, Upstream
from guard.wire.headers import to_upstream


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class Token(msgspec.Struct):
    """A token that could have stood there, and its log-probability."""

    token: str
    logprob: float


class _Position(msgspec.Struct):
    top_logprobs: list[Token] = []


class _Logprobs(msgspec.Struct):
    content: list[_Position] | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None

    @property
    def first_token(self) -> list[Token]:
        """What the first token could have been; empty when the endpoint does not say."""
        positions = self.logprobs.content if self.logprobs else None
        return positions[0].top_logprobs if positions else []


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Completion(msgspec.Struct):
    """The fields of a chat completion that are read."""

    choices: list[_Choice]
    usage: _Usage | None = None


class BadStatus(Exception):
    """The endpoint answered with an error status, or with something else than a completion (`status` is 200)."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class TooLong(BadStatus):
    """The request does not fit the model's context."""


_TOO_LONG = re.compile(rb"context[ _](?:length|size|window)|exceed_context|too many tokens", re.IGNORECASE)
_WITHOUT: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"logprobs", ("logprobs", "top_logprobs")),
    (b"response_format", ("response_format",)),
    (b"temperature", ("temperature",)),
)
"""What an endpoint may not know: a word of its complaint, and the fields that are left out then."""


class Completions:
    """Asks an upstream for whole completions."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def ask(self, body: dict[str, Any], credentials: tuple[tuple[str, str], ...]) -> Completion:
        """The completion of a request body.

        Raises:
            UpstreamFault: the endpoint gave no answer.
            TooLong: the request does not fit the model.
            BadStatus: it answered with an error, or with something else than a completion.
        """
        status, content = await self._post(body, credentials)
        while status in (400, 422) and (simpler := _simpler(body, content)):
            body = simpler
            status, content = await self._post(body, credentials)
        if status in (400, 413) and _TOO_LONG.search(content):
            raise TooLong(f"status {status}", status)
        if status != 200:
            raise BadStatus(f"status {status}", status)
        try:
            return msgspec.json.decode(content, type=Completion)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadStatus("the answer is no chat completion", status) from None

    async def _post(self, body: dict[str, Any], credentials: tuple[tuple[str, str], ...]) -> tuple[int, bytes]:
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in credentials]
        headers.append((b"content-type", b"application/json"))
        passed = to_upstream(headers, self._upstream.config.api_key)
        content = msgspec.json.encode(body)
        answer = await self._upstream.open(Outgoing("POST", "/chat/completions", passed, content, "check"))
        try:
            return answer.status, await answer.read()
        finally:
            answer.close()


def _simpler(body: dict[str, Any], complaint: bytes) -> dict[str, Any] | None:
    """The request without what the endpoint complains about; None when that is nothing of ours."""
    if b"max_completion_tokens" in complaint and "max_tokens" in body:
        # Newer models know only the new name of the limit, older servers only the old one.
        renamed = {("max_completion_tokens" if key == "max_tokens" else key): value for key, value in body.items()}
        renamed.pop("temperature", None)
        return renamed
    for word, fields in _WITHOUT:
        if word in complaint and fields[0] in body:
            return {key: value for key, value in body.items() if key not in fields}
    return None
