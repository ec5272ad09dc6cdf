"""The two servers: the service on the main thread's loop, the operators' port on a thread of its own."""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Iterator
from types import TracebackType

import uvicorn
from litestar import Litestar

_SETTLE = 2.0
"""Seconds that cut requests get to write their outcomes."""


def listen(host: str, port: int, setting: str) -> socket.socket:
    """A listening socket.

    Raises:
        OSError: it cannot be had; says which setting to change.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port} ({error.strerror}); choose another {setting}") from None


class Server(uvicorn.Server):
    """uvicorn, ended by SIGTERM or SIGINT and returning normally after the drain."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals in the loop. uvicorn would raise them again after the drain and die of them."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def serve_until_signal(self, listener: socket.socket) -> None:
        """Serve; after a signal take no new requests and let running ones end, up to the grace period."""
        await self.serve([listener])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE):
                await asyncio.gather(*self.server_state.tasks, return_exceptions=True)


class OperatorsServer:
    """Serves the operators' port from a thread, so that a scrape does not stop the service's loop."""

    def __init__(self, app: Litestar, listener: socket.socket) -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="operators", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
