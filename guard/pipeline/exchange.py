"""One request for an answer, end to end: the page to read first.

take      bytes -> mode, view, Turn         a wrong request ends here, nothing was forwarded
open      the upstream call starts at once; the classifier reads the turn beside it
ahead     where the answer may have to wait for its check: the neutral answer, beside both
decide    Reading -> Decision, before a byte of the answer is known
deliver   the answer goes out as it comes in; or its end, or all of it, waits for the check (`Wait`)
conclude  the check is queued if it was not done, and exactly one outcome is written
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from guard.classifier.base import Classifier
from guard.core.draw import draw
from guard.core.job import Job
from guard.core.outcome import Fate, flags_of
from guard.core.policy import FULL, Decision, Mode, Policy, Thinning, decide
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn
from guard.pipeline.answer import Body, body_of
from guard.pipeline.beside import beside
from guard.pipeline.findings import Findings
from guard.pipeline.inquiry import Inquiry
from guard.pipeline.ledger import Entry, Ledger
from guard.pipeline.neutral import Neutral
from guard.pipeline.spend import Spend
from guard.pipeline.wait import Held, Wait
from guard.upstream.client import Answer, Outgoing, Upstream
from guard.wire import headers
from guard.wire.errors import BadRequest, Broken, CoolheadError, InvalidMode, TimedOut, Unreachable
from guard.wire.formats import CHAT, RequestView
from guard.wire.headers import Headers


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer on its way out."""

    status: int
    headers: Headers
    pieces: AsyncIterator[bytes]
    body: Body
    """What is known of it once the pieces are out."""


@dataclass(frozen=True, slots=True)
class ExchangeConfig:
    """How turns are handled."""

    policy: Policy
    deadline: float = 0.05
    """Seconds that the ready head of an answer waits for the reading, at most."""
    key: bytes = b""
    """Keys the draw that samples turns."""
    lends_credentials: bool = True
    """Checks go to the caller's upstream and need the caller's credentials."""


@dataclass(slots=True)
class _Asked:
    """What is known of a request before its answer."""

    turn: Turn = field(default_factory=lambda: Turn(""))
    by_header: bool = False
    """The mode is the one that the request asked for."""
    whole: bool = True
    """The answer is one text, which could be held and changed."""
    thinning: Thinning = FULL
    may_wait: bool = False
    """The answer could have to wait for its check."""


class Exchange:
    """Handles turns; holds what they share."""

    def __init__(
        self,
        config: ExchangeConfig,
        classifier: Classifier,
        upstream: Upstream,
        findings: Findings,
        wait: Wait,
        spend: Spend,
        ledger: Ledger,
    ) -> None:
        self._config = config
        self._classifier = classifier
        self._upstream = upstream
        self._findings = findings
        self._wait = wait
        self._spend = spend
        self._ledger = ledger

    @asynccontextmanager
    async def answering(self, inquiry: Inquiry) -> AsyncIterator[Delivery]:
        """The answer to a request; leave the block when it went out to its end.

        Raises:
            BadRequest: the request is wrong; it was not forwarded.
            UpstreamFault: the upstream gave no answer.
        """
        entry = Entry(inquiry.turn_id, self._config.policy.mode, route=inquiry.format.name)
        asked, body = _Asked(), None
        try:
            asked = self._take(inquiry, entry)
            async with (
                beside(self._read(asked.turn, entry)) as reading,
                self._ahead(inquiry, entry, asked, reading) as neutral,
            ):
                answer = await self._open(inquiry, entry, asked)
                try:
                    body = await body_of(answer, inquiry.format, stream=entry.stream, on_first_byte=entry.byte_is_out)
                    await self._decide(entry, asked, reading)
                    entry.status = answer.status
                    held = Held(body, neutral, answer.headers, aiter(body))
                    yield await self._deliver(inquiry, entry, asked, held)
                    self._conclude(inquiry, entry, asked.turn, body)
                finally:
                    answer.close()
        except CoolheadError as error:
            entry.status, entry.fate = error.status, fate_of(error)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            left = inquiry.has_left()
            if left and body is not None and body.end_is_out:
                # Some clients close as soon as they have read the end mark, before the upstream ends its body.
                self._conclude(inquiry, entry, asked.turn, body)
            else:
                entry.status, entry.fate = (CLIENT_LEFT, Fate.DISCONNECTED) if left else (entry.status, Fate.CUT)
            raise
        finally:
            self._ledger.close(entry)

    def refused(self, turn_id: str, status: int, fate: Fate, route: str = CHAT.name) -> None:
        """Write the outcome of a request that did not come in whole."""
        self._ledger.close(Entry(turn_id, self._config.policy.mode, route=route, status=status, fate=fate))

    def _take(self, inquiry: Inquiry, entry: Entry) -> _Asked:
        """Bytes to the turn; what is JSON and not understood is a turn without text."""
        policy = self._config.policy
        asked = _Asked(thinning=self._spend.thinning)
        mode = _mode_asked_for(inquiry.headers, policy)
        if mode is not None and mode is not policy.mode:
            # Who asks for the operator's own mode gets it with all that models and domains change in it.
            entry.mode, asked.by_header = mode, True
        if headers.find(inquiry.headers, b"content-encoding") not in (None, "identity"):
            return asked
        view = inquiry.format.read_request(inquiry.body)
        if view is None:
            return asked
        entry.model, entry.stream = view.model, view.stream
        if not asked.by_header:
            entry.mode = policy.by_model.get(view.model, entry.mode)
        asked.turn = _turn_of(view)
        asked.whole = view.observe_only is None
        asked.may_wait = asked.whole and (entry.mode.waits or (policy.domains_wait and not asked.by_header))
        entry.text = asked.turn.text
        return asked

    async def _read(self, turn: Turn, entry: Entry) -> Reading | Undetected:
        if entry.mode is Mode.OFF:
            return Undetected.OFF
        if not turn.text.strip():
            return Undetected.NO_TEXT
        started = time.perf_counter()
        try:
            return await self._classifier.read(turn)
        finally:
            entry.detection = time.perf_counter() - started

    @asynccontextmanager
    async def _ahead(
        self, inquiry: Inquiry, entry: Entry, asked: _Asked, reading: "asyncio.Task[Reading | Undetected]"
    ) -> AsyncIterator[Awaitable[Neutral | None] | None]:
        """The neutral answer on its way, so that the check ends soon after the answer; None where nothing waits."""
        if not asked.may_wait:
            yield None
            return

        async def neutral() -> Neutral | None:
            await asyncio.wait((reading,))
            decision = self._decided(entry, asked, reading.result())
            if not (decision.checked and decision.mode.waits):
                return None
            return await self._wait.neutral(asked.turn, entry.model, self._lent(inquiry))

        async with beside(neutral()) as task:
            yield task

    async def _open(self, inquiry: Inquiry, entry: Entry, asked: _Asked) -> Answer:
        passed = headers.to_upstream(inquiry.headers, self._upstream.config.api_key)
        if asked.may_wait:
            passed = headers.readable(passed)
        entry.is_sent()
        answer = await self._upstream.open(Outgoing("POST", inquiry.target, passed, inquiry.body))
        entry.head_is_in()
        return answer

    async def _decide(self, entry: Entry, asked: _Asked, reading: "asyncio.Task[Reading | Undetected]") -> None:
        """Take the reading, or go on without it when it is not there in time; then decide."""
        if not reading.done():
            waits = time.perf_counter()
            await asyncio.wait((reading,), timeout=self._config.deadline)
            entry.held = time.perf_counter() - waits
        entry.reading = reading.result() if reading.done() else Undetected.DEADLINE
        entry.decision = self._decided(entry, asked, entry.reading)
        entry.mode = entry.decision.mode

    def _decided(self, entry: Entry, asked: _Asked, reading: Reading | Undetected) -> Decision:
        return decide(
            reading,
            entry.mode,
            self._config.policy,
            draw(entry.turn_id, self._config.key),
            asked=asked.by_header,
            whole=asked.whole,
            thinning=asked.thinning,
        )

    async def _deliver(self, inquiry: Inquiry, entry: Entry, asked: _Asked, held: Held) -> Delivery:
        """The answer: as it comes in, or as its check lets it out."""
        if entry.status < 400 and isinstance(entry.reading, Reading) and entry.decision is not None:
            if entry.reading.crisis_label:
                held = self._wait.closing(held, inquiry.format, asked.turn, entry.reading)
            elif entry.decision.mode.waits and held.can_wait:
                job = self._job(inquiry, entry, asked.turn, entry.reading, entry.decision)
                held = await self._wait.through(held, inquiry, entry, job)
            elif entry.decision.mode.waits:
                entry.decision = replace(entry.decision, mode=Mode.OBSERVE)
                entry.mode = Mode.OBSERVE
        return Delivery(entry.status, held.headers + _ours(entry), held.pieces, held.body)

    def _conclude(self, inquiry: Inquiry, entry: Entry, turn: Turn, body: Body) -> None:
        """The answer is out: name the turn's fate and queue its check."""
        entry.answer_length = body.length
        if body.fault is not None:
            entry.fate = fate_of(body.fault)
        elif entry.status >= 400 or body.reports_error:
            entry.fate = Fate.UPSTREAM_ERROR
        else:
            entry.fate = Fate.DELIVERED
            if entry.check == "not_sampled":
                entry.check = self._ask(inquiry, entry, turn, body)

    def _ask(self, inquiry: Inquiry, entry: Entry, turn: Turn, body: Body) -> str:
        """Queue the check if the decision says so; what became of it."""
        if entry.decision is None or not entry.decision.checked or not isinstance(entry.reading, Reading):
            return "not_sampled"
        view = body.view()
        job = self._job(inquiry, entry, turn, entry.reading, entry.decision)
        return self._findings.ask(replace(job, answer=view.text, tool_calls=view.tool_calls))

    def _job(self, inquiry: Inquiry, entry: Entry, turn: Turn, reading: Reading, decision: Decision) -> Job:
        """A check of an answer that is not in yet."""
        return Job(
            turn_id=entry.turn_id,
            turn=turn,
            answer="",
            reading=reading,
            decision=decision,
            model=entry.model,
            authorization=self._lent(inquiry),
        )

    def _lent(self, inquiry: Inquiry) -> tuple[tuple[str, str], ...]:
        return headers.credentials(inquiry.headers) if self._config.lends_credentials else ()


def _turn_of(view: RequestView) -> Turn:
    return Turn.of(view.texts, has_media=view.has_media)


CLIENT_LEFT = 499
"""The status that is counted when nobody was there to get one."""

_FATES = (
    (TimedOut, Fate.UPSTREAM_TIMEOUT),
    (Unreachable, Fate.UPSTREAM_UNREACHABLE),
    (Broken, Fate.UPSTREAM_BROKEN),
)


def fate_of(error: CoolheadError) -> Fate:
    """The fate that an error means for its turn."""
    if isinstance(error, BadRequest):
        return Fate.REJECTED
    return next((fate for kind, fate in _FATES if isinstance(error, kind)), Fate.INTERNAL)


def _mode_asked_for(received: Headers, policy: Policy) -> Mode | None:
    """The mode that the request asks for, if it does.

    Raises:
        InvalidMode: there is no such mode, or the operator does not let requests ask for it.
    """
    asked = headers.find(received, headers.MODE)
    if asked is None:
        return None
    available = [mode for mode in Mode if mode in policy.on_request or mode is policy.mode]
    if asked.lower() not in available:
        told = " or ".join(f"'{mode}'" for mode in available)
        raise InvalidMode(f"The header x-coolhead-mode must be {told} here; it is {asked[:40]!r}.")
    return Mode(asked.lower())


def _ours(entry: Entry) -> Headers:
    """The headers that say what was found and which mode applied."""
    return [(headers.FLAGS, flags_of(entry.reading).encode()), (headers.MODE, entry.mode.encode())]
