"""The service's application under its real server, in front of a raw upstream."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import uvicorn

from guard.core.policy import Policy
from guard.http.answers import AnswerRoute
from guard.http.classify import classify_route
from guard.http.passthrough import PassthroughRoute
from guard.http.service import service_app
from guard.http.verdicts import verdicts_route
from guard.observe.metrics import Metrics
from guard.pipeline.exchange import Exchange, ExchangeConfig
from guard.pipeline.findings import Findings
from guard.pipeline.ledger import Ledger
from guard.pipeline.spend import Spend
from guard.stores.memory import MemoryChecks, MemoryVerdicts
from guard.upstream.client import Upstream, UpstreamConfig
from guard.wire.formats import FORMATS
from tests.core.readings import reading
from tests.pipeline.parts import Checking, Sink, Told, waiting


@dataclass
class Served:
    """A served application and what it is made of."""

    url: str
    client: aiohttp.ClientSession
    sink: Sink
    verdicts: MemoryVerdicts
    metrics: Metrics


@asynccontextmanager
async def served(upstream_url: str, *, max_bytes: int = 1 << 20) -> AsyncIterator[Served]:
    """The application in front of `upstream_url`, until the block ends."""
    metrics, sink, verdicts = Metrics(Policy()), Sink(), MemoryVerdicts(10, 60)
    told = Told(reading("sadness", "medical"))
    async with Upstream(UpstreamConfig("main", upstream_url, timeout=5), metrics) as upstream:
        findings = Findings(MemoryChecks(10), verdicts, (sink,))
        exchange = Exchange(
            ExchangeConfig(Policy()),
            told,
            upstream,
            findings,
            waiting(Policy(), upstream, findings, Checking()),
            Spend(None),
            Ledger((sink, metrics), str),
        )
        app = service_app(
            {path: AnswerRoute(format, exchange, metrics, max_bytes) for path, format in FORMATS.items()},
            PassthroughRoute(upstream, metrics),
            [verdicts_route(verdicts), classify_route(told, Policy(), {})],
        )
        config = uvicorn.Config(app, lifespan="off", log_config=None, server_header=False, date_header=False)
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            serving = asyncio.ensure_future(server._serve([listener]))
            while not server.started:
                await asyncio.sleep(0.01)
            async with aiohttp.ClientSession(auto_decompress=False) as client:
                yield Served(url, client, sink, verdicts, metrics)
            server.should_exit = server.force_exit = True
            await serving
