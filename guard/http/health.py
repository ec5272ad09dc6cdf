"""/health/live, /health/ready and /metrics, which have a thread and port of their own."""

import time
from collections.abc import Callable

import prometheus_client
from litestar import Litestar, Response, get
from prometheus_client import CollectorRegistry

from guard.http.errors import on_error

Problems = Callable[[], dict[str, str]]
"""What keeps the service from being ready, by part; empty when it is ready."""

_FRESH = 1.0
"""Seconds that a rendered page is served again: rendering takes the interpreter from requests."""


class Page:
    """The metrics page, rendered at most once a second."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._rendered = 0.0
        self._page = b""

    def read(self) -> bytes:
        """The page."""
        now = time.monotonic()
        if not self._page or now - self._rendered > _FRESH:
            self._page = prometheus_client.generate_latest(self._registry)
            self._rendered = now
        return self._page


def operators_app(registry: CollectorRegistry, problems: Problems) -> Litestar:
    """The application behind the operators' port."""
    page = Page(registry)

    @get("/metrics", sync_to_thread=False)
    def metrics() -> Response[bytes]:
        return Response(page.read(), media_type=prometheus_client.CONTENT_TYPE_LATEST)

    @get("/health/live", sync_to_thread=False)
    def live() -> dict[str, str]:
        return {"status": "live"}

    @get("/health/ready", sync_to_thread=False)
    def ready() -> Response[dict[str, object]]:
        found = problems()
        content: dict[str, object] = {"status": "not ready" if found else "ready", "problems": found}
        return Response(content, status_code=503 if found else 200)

    return Litestar(
        [metrics, live, ready],
        openapi_config=None,
        logging_config=None,
        exception_handlers={Exception: on_error},
    )
