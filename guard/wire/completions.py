"""The completions API, /v1/completions: a prompt goes on."""

from typing import Any

import msgspec

from guard.wire.choices import ChoicesFormat
from guard.wire.decoding import more_than_one, request_of
from guard.wire.views import RequestView


class _Request(msgspec.Struct):
    model: str = ""
    prompt: str | list[Any] | None = None
    stream: bool | None = None
    n: Any = None
    logprobs: Any = None
    echo: Any = None


_request = msgspec.json.Decoder(_Request)


class _Completions(ChoicesFormat):
    name = "completions"

    def read_request(self, body: bytes) -> RequestView | None:
        """The view of a request body; None when it is JSON that we do not understand.

        Raises:
            InvalidJson: the body is not JSON.
        """
        request = request_of(_request, body)
        if request is None:
            return None
        prompts = request.prompt if isinstance(request.prompt, list) else [request.prompt or ""]
        readable = len(prompts) == 1 and isinstance(prompts[0], str)
        return RequestView(
            model=request.model,
            stream=bool(request.stream),
            texts=prompts if readable and prompts[0] else [],
            observe_only=_observe_only(request, prompts),
        )

    def _choice_with(self, text: bytes) -> bytes:
        return b'{"index":0,"text":' + text + b',"logprobs":null,"finish_reason":null}'


def _observe_only(request: _Request, prompts: list[Any]) -> str | None:
    if any(not isinstance(prompt, str) for prompt in prompts):
        return "tokens"
    if more_than_one(request.n) or len(prompts) > 1:
        return "n"
    if request.logprobs is not None and request.logprobs is not False:
        return "logprobs"
    return "echo" if request.echo else None


COMPLETIONS = _Completions()
