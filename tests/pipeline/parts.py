"""An exchange in front of a raw upstream, with a classifier that says what it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from guard.core.job import Job
from guard.core.neutral import NeutralQuestion
from guard.core.outcome import Outcome
from guard.core.policy import Mode, Policy
from guard.core.reading import Reading, Undetected
from guard.core.settlement import Settlement
from guard.core.turn import Turn
from guard.core.verdict import Claim, Kind, Verdict
from guard.pipeline.correct import Correction, Regenerate
from guard.pipeline.exchange import Exchange, ExchangeConfig
from guard.pipeline.findings import Findings
from guard.pipeline.inquiry import Inquiry
from guard.pipeline.ledger import Ledger
from guard.pipeline.neutral import Asked, Neutral
from guard.pipeline.settle import SettleConfig, Settler
from guard.pipeline.spend import Spend
from guard.pipeline.wait import Wait
from guard.stores.memory import MemoryChecks, MemoryVerdicts
from guard.upstream.client import Upstream, UpstreamConfig
from guard.wire.headers import Headers
from tests.core.readings import reading
from tests.upstream.servers import chunk, chunked, whole

SAD = {"model": "m", "messages": [{"role": "user", "content": "I feel so sad. Do antibiotics kill viruses?"}]}
COMPLETION = {"choices": [{"index": 0, "message": {"content": "No, they do not."}, "finish_reason": "stop"}]}
SAFE = "Ask a doctor."
SECONDS = {mode: 2.0 for mode in Mode if mode.waits}
JSON = b"content-type: application/json"
SSE = b"content-type: text/event-stream"


def completion() -> bytes:
    """A whole chat completion as an HTTP response."""
    return whole(msgspec.json.encode(COMPLETION), JSON, b"connection: close")


def event(text: str, finish: str | None = None) -> bytes:
    """One event of a streamed answer."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return b"data: " + msgspec.json.encode({"choices": [choice]}) + b"\n\n"


def streamed(*events: bytes, end: bool = True) -> bytes:
    """A streamed answer as an HTTP response; without its end the stream is broken."""
    return b"".join([chunked(SSE), *map(chunk, events), chunk(b"") if end else b""])


class Told:
    """A classifier that gives `found` after `delay` seconds."""

    revision = "told@0"

    def __init__(self, found: Reading | Undetected, delay: float = 0.0) -> None:
        self.found = found
        self.delay = delay
        self.turns: list[Turn] = []

    async def read(self, turn: Turn) -> Reading | Undetected:
        """What it was told to say."""
        self.turns.append(turn)
        await asyncio.sleep(self.delay)
        return self.found

    def close(self) -> None:
        """Nothing to end."""


@dataclass
class Sink:
    """Remembers outcomes, checks and calls."""

    outcomes: list[Outcome] = field(default_factory=list)
    settled: list[tuple[Job, Verdict]] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)

    def turn(self, outcome: Outcome) -> None:
        """Take an outcome."""
        self.outcomes.append(outcome)

    def check(self, job: Job, settlement: Settlement) -> None:
        """Take a settled check."""
        self.settled.append((job, settlement.verdict))
        self.settlements.append(settlement)

    def upstream_call(self, upstream: str, purpose: str, outcome: str, seconds: float) -> None:
        """Take a call."""


@dataclass
class Checking:
    """A check, and an editor, that say what they are told, after `delay` seconds each."""

    verdict: Verdict = field(default_factory=lambda: Verdict(Kind.CONSISTENT))
    correction: Correction = field(default_factory=lambda: Correction(None, (), "no edit"))
    delay: float = 0.0
    note: str | None = None
    """Asks the application's model once more, with this note."""
    jobs: list[Job] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    async def neutral(self, asked: Asked) -> Neutral:
        """Nothing of use."""
        self.asked.append(asked)
        return Neutral(NeutralQuestion((), (), ()))

    async def run(self, job: Job, neutral: Awaitable[Neutral | None] | None = None) -> Verdict:
        """The verdict; what came before it is waited for."""
        self.jobs.append(job)
        if neutral is not None:
            await neutral
        await asyncio.sleep(self.delay)
        return self.verdict

    async def correct(self, job: Job, verdict: Verdict, regenerate: Regenerate | None) -> Correction:
        """The correction."""
        await asyncio.sleep(self.delay)
        if self.note and regenerate:
            return Correction(await regenerate(self.note), (), None)
        return self.correction


def confirmed(quote: str = "No") -> Verdict:
    """Two references contradict the answer."""
    claim = Claim("s1", quote, 0, len(quote), "other", "contradicted", "high", "Yes", confirmed=True)
    return Verdict(Kind.CONTRADICTED, claims=(claim,), neutral_answer="Yes.")


@dataclass
class Parts:
    """An exchange and what it is made of."""

    exchange: Exchange
    sink: Sink
    checks: MemoryChecks
    verdicts: MemoryVerdicts


def waiting(
    policy: Policy,
    upstream: Upstream,
    findings: Findings,
    checking: Checking,
    config: SettleConfig | None = None,
    lines: dict[str, str] | None = None,
) -> Wait:
    """What lets waiting answers out, with a check that says what it is told."""
    settler = Settler(config or SettleConfig(SECONDS, SAFE), policy, checking, checking, findings)
    return Wait(policy, settler, checking, upstream, lines or {})


@asynccontextmanager
async def parts(
    url: str,
    classifier: Told | None = None,
    policy: Policy | None = None,
    *,
    queue: int = 8,
    deadline: float = 0.05,
    checking: Checking | None = None,
    seconds: float = 2.0,
    note: bool = False,
    lines: dict[str, str] | None = None,
) -> AsyncIterator[Parts]:
    """An exchange in front of `url`."""
    sink, checks, verdicts = Sink(), MemoryChecks(queue), MemoryVerdicts(100, 60)
    policy, checking, findings = policy or Policy(), checking or Checking(), Findings(checks, verdicts, (sink,))
    config = SettleConfig({mode: seconds for mode in Mode if mode.waits}, SAFE, note)
    async with Upstream(UpstreamConfig("main", url, timeout=5), sink) as upstream:
        exchange = Exchange(
            ExchangeConfig(policy, deadline=deadline, key=b"key"),
            classifier or Told(reading("sadness", "medical")),
            upstream,
            findings,
            waiting(policy, upstream, findings, checking, config, lines),
            Spend(None),
            Ledger((sink,), lambda text: "digest"),
        )
        yield Parts(exchange, sink, checks, verdicts)


def inquiry(body: object = SAD, headers: Headers | None = None, *, left: bool = False) -> Inquiry:
    """A request; `body` is bytes or what becomes JSON."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    received = [(b"content-type", b"application/json"), (b"authorization", b"Bearer caller"), *(headers or [])]
    return Inquiry("t1", "/chat/completions", received, content, lambda: left)


async def answer(exchange: Exchange, asked: Inquiry) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer, taken to its end."""
    async with exchange.answering(asked) as delivery:
        body = b"".join([piece async for piece in delivery.pieces])
        return delivery.status, {k.decode(): v.decode() for k, v in delivery.headers}, body
