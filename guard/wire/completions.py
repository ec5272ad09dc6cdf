"""The completions API, /v1/completions: a prompt goes on."""

from typing import Any

import msgspec

from guard.wire.choices import ChoicesFormat
from guard.wire.decoding import more_than_one
from guard.wire.views import RequestView


class _Request(msgspec.Struct):
    model: str = ""
    prompt: str | list[Any] | None = None
    stream: bool | None = None
    n: Any = None
    logprobs: Any = None
    echo: Any = None


class _Completions(ChoicesFormat[_Request]):
    name = "completions"
    request = msgspec.json.Decoder(_Request)

    def _view(self, request: _Request) -> RequestView:
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
