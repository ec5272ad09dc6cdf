"""Chat completions for our own questions, over an OpenAI-compatible endpoint."""

from typing import Any

import msgspec

from guard.upstream.client import Outgoing, Upstream
from guard.wire.headers import to_upstream


class _Message(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Completion(msgspec.Struct):
    """The fields of a chat completion that are read."""

    choices: list[_Choice]
    usage: _Usage | None = None


class BadStatus(Exception):
    """The endpoint answered with an error status."""


class Completions:
    """Asks an upstream for whole completions."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def ask(self, body: dict[str, Any], credentials: tuple[tuple[str, str], ...]) -> Completion:
        """The completion of a request body.

        Raises:
            UpstreamFault: the endpoint gave no answer.
            BadStatus: it answered with an error, or with something else than a completion.
        """
        status, content = await self._post(body, credentials)
        if status == 400 and b"max_completion_tokens" in content:
            # Newer models know only the new name of the limit, older servers only the old one.
            renamed = {("max_completion_tokens" if k == "max_tokens" else k): v for k, v in body.items()}
            renamed.pop("temperature", None)
            status, content = await self._post(renamed, credentials)
        if status != 200:
            raise BadStatus(f"status {status}")
        try:
            return msgspec.json.decode(content, type=Completion)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadStatus("the answer is no chat completion") from None

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
