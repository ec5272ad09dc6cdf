"""The application behind the service port: which path goes where."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from litestar import Litestar, asgi
from litestar.types import ControllerRouterHandler, Receive, Scope, Send

from guard.http.answers import AnswerRoute
from guard.http.asgi import App
from guard.http.errors import on_error
from guard.http.passthrough import PassthroughRoute
from guard.http.turns import with_turn_id


def service_app(
    answers: Mapping[str, AnswerRoute], passthrough: PassthroughRoute, own: Sequence[ControllerRouterHandler]
) -> App:
    """The whole service; `answers` are the guarded routes by their path below /v1.

    The hot routes are ASGI handlers: they forward bytes.
    """

    @asgi("/v1", is_mount=True, copy_scope=False)
    async def everything_else(scope: Scope, receive: Receive, send: Send) -> None:
        await cast(Any, passthrough)(scope, receive, send)

    guarded = [_guarded(path, route, passthrough) for path, route in answers.items()]
    app = Litestar(
        [*guarded, everything_else, *own],
        openapi_config=None,
        logging_config=None,
        exception_handlers={Exception: on_error},
    )
    return with_turn_id(cast(App, app))


def _guarded(path: str, answers: AnswerRoute, passthrough: PassthroughRoute) -> ControllerRouterHandler:
    @asgi(f"/v1/{path}", copy_scope=False, name=path)
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        route: Any = answers if cast(Any, scope)["method"] == "POST" else passthrough
        await route(scope, receive, send)

    return guarded
