"""The application behind the service port: which path goes where."""

from collections.abc import Sequence
from typing import Any, cast

from litestar import Litestar, asgi
from litestar.types import ControllerRouterHandler, Receive, Scope, Send

from guard.http.asgi import App
from guard.http.chat import ChatRoute
from guard.http.errors import on_error
from guard.http.passthrough import PassthroughRoute
from guard.http.turns import with_turn_id


def service_app(chat: ChatRoute, passthrough: PassthroughRoute, own: Sequence[ControllerRouterHandler]) -> App:
    """The whole service. The hot routes are ASGI handlers: they forward bytes."""

    @asgi("/v1/chat/completions", copy_scope=False)
    async def chat_completions(scope: Scope, receive: Receive, send: Send) -> None:
        route: Any = chat if cast(Any, scope)["method"] == "POST" else passthrough
        await route(scope, receive, send)

    @asgi("/v1", is_mount=True, copy_scope=False)
    async def everything_else(scope: Scope, receive: Receive, send: Send) -> None:
        await cast(Any, passthrough)(scope, receive, send)

    app = Litestar(
        [chat_completions, everything_else, *own],
        openapi_config=None,
        logging_config=None,
        exception_handlers={Exception: on_error},
    )
    return with_turn_id(cast(App, app))
