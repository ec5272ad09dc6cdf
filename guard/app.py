"""The composition root: settings -> service, worker, operators' port. The only file that names backends."""

import asyncio
import gc
import secrets
from contextlib import AsyncExitStack
from functools import partial
from urllib.parse import urlsplit

import structlog
import uvicorn
import uvloop

from guard.classifier.manifest import folder_of
from guard.classifier.onnx import OnnxClassifier
from guard.core.policy import Mode, Policy
from guard.http.answers import AnswerRoute
from guard.http.classify import classify_route
from guard.http.health import operators_app
from guard.http.passthrough import PassthroughRoute
from guard.http.server import OperatorsServer, Server, listen
from guard.http.service import service_app
from guard.http.verdicts import verdicts_route
from guard.observe import logs
from guard.observe.metrics import Metrics
from guard.observe.redact import digest
from guard.observe.turn_log import TurnLog
from guard.pipeline.check import Check, CheckConfig, check_version
from guard.pipeline.correct import Corrector
from guard.pipeline.exchange import Exchange, ExchangeConfig
from guard.pipeline.findings import Findings
from guard.pipeline.ledger import Ledger
from guard.pipeline.reference import EndpointReference
from guard.pipeline.settle import SettleConfig, Settler
from guard.pipeline.spend import Spend
from guard.pipeline.wait import Wait
from guard.settings import Settings
from guard.stores.memory import MemoryChecks, MemoryVerdicts
from guard.upstream.client import Upstream, UpstreamConfig
from guard.upstream.completions import Completions
from guard.wire.formats import FORMATS
from guard.worker import Worker

_log = structlog.get_logger("coolhead")
_LAG_EVERY = 0.5


def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; the exit status."""
    logs.configure(settings.log_level, settings.log_format)
    try:
        service = Service(settings)
    except (OSError, ValueError) as error:
        _log.error("cannot_start", problem=str(error))
        return 2
    gc.collect()
    gc.freeze()  # what lives as long as the process is not looked through again and again
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(service.serve())
        except OSError as error:
            _log.error("cannot_start", problem=str(error))
            return 2


def load_classifier(settings: Settings) -> OnnxClassifier:
    """The detector.

    Raises:
        OSError: there is no model at the place.
        ValueError: it is not what its manifest promises.
    """
    return OnnxClassifier.load(
        folder_of(settings.detector_model),
        max_waiting=settings.detector_queue,
        cache_entries=settings.detector_cache,
        emotion=settings.detector_emotion,
    )


def policy_of(settings: Settings) -> Policy:
    """The policy that the settings describe."""
    return Policy(
        settings.mode,
        settings.flag_on,
        settings.control_rate,
        by_model=settings.mode_by_model,
        by_domain=settings.mode_by_domain,
        on_request=settings.header_modes,
        closed=settings.fail_closed or frozenset(),
    )


class Service:
    """All parts, put together."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        key = settings.secret.get_secret_value().encode() if settings.secret else secrets.token_bytes(32)
        policy = policy_of(settings)
        self.classifier = load_classifier(settings)
        version = check_version(settings.checker_model)
        self.metrics = Metrics(policy, settings.models, version)
        self.checks = MemoryChecks(settings.check_queue)
        self.verdicts = MemoryVerdicts(settings.verdict_capacity, settings.verdict_ttl)
        self.upstream = Upstream(_upstream(settings), self.metrics)
        self.checker = Upstream(_checker(settings), self.metrics)
        self.second = Upstream(_second(settings), self.metrics) if settings.second_model else None
        log, spend = TurnLog(), Spend(settings.tokens_per_hour)
        findings = Findings(self.checks, self.verdicts, (self.metrics, log, spend), version)
        reference = EndpointReference(Completions(self.checker))
        second = EndpointReference(Completions(self.second)) if self.second else None
        checking = _check(settings, key)
        check = Check(checking, reference, second)
        self.worker = Worker(
            self.checks,
            check,
            findings,
            self.metrics,
            concurrency=settings.check_concurrency,
            deadline=settings.check_deadline,
        )
        exchange = Exchange(
            ExchangeConfig(
                policy,
                deadline=settings.detector_deadline_ms / 1000,
                key=key,
                lends_credentials=_lends(settings),
            ),
            self.classifier,
            self.upstream,
            findings,
            Wait(
                policy,
                Settler(_settle(settings), policy, check, Corrector(checking, reference), findings),
                check,
                self.upstream,
                settings.crisis_lines,
            ),
            spend,
            Ledger((self.metrics, log), partial(digest, key=key)),
        )
        self.metrics.describe(
            detector=self.classifier.revision,
            sha256=self.classifier.sha256,
            reference=self.classifier.manifest.reference,
        )
        self.metrics.watch_queue(self.checks.capacity, lambda: self.checks.depth, lambda: self.checks.oldest_age)
        self.app = service_app(
            {
                path: AnswerRoute(format, exchange, self.metrics, settings.max_request_bytes)
                for path, format in FORMATS.items()
            },
            PassthroughRoute(self.upstream, self.metrics),
            [
                verdicts_route(self.verdicts),
                classify_route(self.classifier, policy, self.classifier.manifest.thresholds),
            ],
        )
        self.server = Server(_uvicorn(settings, self.app))

    def problems(self) -> dict[str, str]:
        """What keeps the service from being ready, by part."""
        found = {}
        if not self.server.started:
            found["service"] = "is starting"
        if self.server.should_exit:
            found["service"] = "is draining"
        if not self.worker.is_alive:
            found["worker"] = "is not running"
        return found

    async def serve(self) -> int:
        """Serve until a signal; drain, settle what is left, and stop.

        Raises:
            OSError: a port cannot be had.
        """
        settings = self.settings
        async with AsyncExitStack() as stack:
            socket = stack.enter_context(listen(settings.host, settings.port, "COOLHEAD_PORT"))
            operators_socket = stack.enter_context(
                listen(settings.metrics_host, settings.metrics_port, "COOLHEAD_METRICS_PORT")
            )
            await stack.enter_async_context(self.upstream)
            await stack.enter_async_context(self.checker)
            if self.second:
                await stack.enter_async_context(self.second)
            stack.callback(self.classifier.close)
            operators = OperatorsServer(operators_app(self.metrics.registry, self.problems), operators_socket)
            stack.enter_context(operators)
            async with asyncio.TaskGroup() as tasks:
                background = [tasks.create_task(self.worker.run()), tasks.create_task(self._watch_lag())]
                _log.info(
                    "serving",
                    address=f"http://{settings.host}:{settings.port}/v1",
                    metrics=f"http://{settings.metrics_host}:{settings.metrics_port}/metrics",
                    upstream=_without_userinfo(settings.upstream_url),
                    mode=settings.mode.value,
                    detector=self.classifier.revision,
                )
                await self.server.serve_until_signal(socket)
                for task in background:
                    task.cancel()
        _log.info("stopped")
        return 0

    async def _watch_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LAG_EVERY
            await asyncio.sleep(_LAG_EVERY)
            self.metrics.loop_lag.observe(max(0.0, loop.time() - due))


def _without_userinfo(url: str) -> str:
    """The URL for the log: a password in it stays out."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _upstream(settings: Settings) -> UpstreamConfig:
    key = settings.upstream_api_key.get_secret_value() if settings.upstream_api_key else None
    return UpstreamConfig(
        "main", settings.upstream_url, key, settings.upstream_timeout, settings.upstream_connect_timeout
    )


def _checker(settings: Settings) -> UpstreamConfig:
    """Where checks go: a place of their own, else the upstream with its key."""
    main = _upstream(settings)
    own = settings.checker_api_key.get_secret_value() if settings.checker_api_key else None
    url = settings.checker_url or main.url
    key = own if settings.checker_url or own else main.api_key
    return UpstreamConfig("checker", url, key, settings.check_deadline, main.connect_timeout)


def _lends(settings: Settings) -> bool:
    """Do checks go to the caller's upstream, with the caller's credentials?"""
    return settings.checker_url is None and settings.checker_api_key is None and settings.upstream_api_key is None


def _second(settings: Settings) -> UpstreamConfig:
    """The second model, by default where the first one is."""
    first = _checker(settings)
    own = settings.second_api_key.get_secret_value() if settings.second_api_key else None
    key = own if settings.second_url or own else first.api_key
    return UpstreamConfig("second", settings.second_url or first.url, key, first.timeout, first.connect_timeout)


def _check(settings: Settings, key: bytes) -> CheckConfig:
    return CheckConfig(
        settings.checker_model,
        second_model=settings.second_model,
        rewrite=settings.rewrite,
        single_reference=settings.single_reference,
        lends_to_second=not (settings.second_url or settings.second_api_key) and _lends(settings),
        cache_ttl=settings.neutral_cache_ttl,
        cache_entries=settings.neutral_cache,
        cache_key=key,
    )


def _settle(settings: Settings) -> SettleConfig:
    return SettleConfig(
        {
            Mode.ANNOTATE: settings.annotate_wait,
            Mode.CORRECT: settings.correct_wait,
            Mode.BLOCK: settings.block_wait,
        },
        safe_text=settings.safe_text,
        note=settings.note,
    )


def _uvicorn(settings: Settings, app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=settings.host,
        port=settings.port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=settings.drain_seconds,
        timeout_keep_alive=75,
    )
