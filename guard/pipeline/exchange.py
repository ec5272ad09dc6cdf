"""One chat request, end to end: the page to read first.

take      bytes -> mode, view, Turn         a wrong request ends here, nothing was forwarded
open      the upstream call starts at once; the classifier reads the turn beside it
decide    Reading -> Decision, before a byte of the answer is known
deliver   the answer goes out as it comes in, untouched
conclude  the check is queued, and exactly one outcome is written
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from guard.classifier.base import Classifier
from guard.core.draw import draw
from guard.core.job import Job
from guard.core.outcome import Fate, flags_of
from guard.core.policy import Mode, Policy, decide
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn
from guard.pipeline.answer import Body, body_of
from guard.pipeline.beside import beside
from guard.pipeline.findings import Findings
from guard.pipeline.ledger import Entry, Ledger
from guard.upstream.client import Answer, Outgoing, Upstream
from guard.wire import chat, headers
from guard.wire.errors import BadRequest, Broken, CoolheadError, InvalidMode, TimedOut, Unreachable
from guard.wire.headers import Headers


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A request as it came in, with the id and the clock that the edge gave it."""

    turn_id: str
    target: str
    """Path and query below /v1."""
    headers: Headers
    body: bytes
    has_left: Callable[[], bool]
    """Did the client leave?"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer on its way out."""

    status: int
    headers: Headers
    body: Body


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


class Exchange:
    """Handles turns; holds what they share."""

    def __init__(
        self,
        config: ExchangeConfig,
        classifier: Classifier,
        upstream: Upstream,
        findings: Findings,
        ledger: Ledger,
    ) -> None:
        self._config = config
        self._classifier = classifier
        self._upstream = upstream
        self._findings = findings
        self._ledger = ledger

    @asynccontextmanager
    async def answering(self, inquiry: Inquiry) -> AsyncIterator[Delivery]:
        """The answer to a chat request; leave the block when it went out to its end.

        Raises:
            BadRequest: the request is wrong; it was not forwarded.
            UpstreamFault: the upstream gave no answer.
        """
        entry = Entry(inquiry.turn_id, self._config.policy.mode)
        try:
            turn = self._take(inquiry, entry)
            async with beside(self._read(turn, entry)) as reading:
                answer = await self._open(inquiry, entry)
                try:
                    body = await body_of(answer, stream=entry.stream, on_first_byte=entry.byte_is_out)
                    await self._settle(entry, reading)
                    entry.status = answer.status
                    yield Delivery(answer.status, answer.headers + _ours(entry), body)
                    self._conclude(inquiry, entry, turn, body)
                finally:
                    answer.close()
        except CoolheadError as error:
            entry.status, entry.fate = error.status, fate_of(error)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            left = inquiry.has_left()
            entry.status, entry.fate = (CLIENT_LEFT, Fate.DISCONNECTED) if left else (entry.status, Fate.CUT)
            raise
        finally:
            self._ledger.close(entry)

    def refused(self, turn_id: str, status: int, fate: Fate) -> None:
        """Write the outcome of a request that did not come in whole."""
        self._ledger.close(Entry(turn_id, self._config.policy.mode, status=status, fate=fate))

    def _take(self, inquiry: Inquiry, entry: Entry) -> Turn:
        """Bytes to the turn; what is JSON and not understood is a turn without text."""
        entry.mode = _mode(inquiry.headers, entry.mode)
        if headers.find(inquiry.headers, b"content-encoding") not in (None, "identity"):
            return Turn("")
        view = chat.read_request(inquiry.body)
        if view is None:
            return Turn("")
        entry.model, entry.stream = view.model, bool(view.stream)
        texts, media = chat.user_texts(view.messages)
        turn = Turn.of(texts, has_media=media)
        entry.text = turn.text
        return turn

    async def _read(self, turn: Turn, entry: Entry) -> Reading | Undetected:
        if entry.mode is Mode.OFF:
            return Undetected.OFF
        if not turn.text.strip():
            return Undetected.NO_TEXT
        asked = time.perf_counter()
        try:
            return await self._classifier.read(turn)
        finally:
            entry.detection = time.perf_counter() - asked

    async def _open(self, inquiry: Inquiry, entry: Entry) -> Answer:
        passed = headers.to_upstream(inquiry.headers, self._upstream.config.api_key)
        entry.is_sent()
        answer = await self._upstream.open(Outgoing("POST", inquiry.target, passed, inquiry.body))
        entry.head_is_in()
        return answer

    async def _settle(self, entry: Entry, reading: asyncio.Task[Reading | Undetected]) -> None:
        """Take the reading, or go on without it when it is not there in time; then decide."""
        if not reading.done():
            waits = time.perf_counter()
            await asyncio.wait((reading,), timeout=self._config.deadline)
            entry.held = time.perf_counter() - waits
        entry.reading = reading.result() if reading.done() else Undetected.DEADLINE
        entry.decision = decide(entry.reading, entry.mode, self._config.policy, draw(entry.turn_id, self._config.key))

    def _conclude(self, inquiry: Inquiry, entry: Entry, turn: Turn, body: Body) -> None:
        """The answer is out: name the turn's fate and queue its check."""
        entry.answer_length = body.length
        if body.fault is not None:
            entry.fate = fate_of(body.fault)
        elif entry.status >= 400 or body.reports_error:
            entry.fate = Fate.UPSTREAM_ERROR
        else:
            entry.fate = Fate.DELIVERED
            entry.check = self._ask(inquiry, entry, turn, body)

    def _ask(self, inquiry: Inquiry, entry: Entry, turn: Turn, body: Body) -> str:
        """Queue the check if the decision says so; what became of it."""
        if entry.decision is None or not entry.decision.checked or not isinstance(entry.reading, Reading):
            return "not_sampled"
        view = body.view()
        lent = headers.credentials(inquiry.headers) if self._config.lends_credentials else ()
        return self._findings.ask(
            Job(
                turn_id=entry.turn_id,
                turn=turn,
                answer=view.text,
                reading=entry.reading,
                decision=entry.decision,
                model=entry.model,
                authorization=lent,
                tool_calls=view.tool_calls,
            )
        )


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


def _mode(received: Headers, default: Mode) -> Mode:
    asked = headers.find(received, headers.MODE)
    if asked is None:
        return default
    try:
        return Mode(asked.lower())
    except ValueError:
        available = " or ".join(f"'{mode}'" for mode in Mode)
        raise InvalidMode(f"The header x-coolhead-mode must be {available}; it is {asked[:40]!r}.") from None


def _ours(entry: Entry) -> Headers:
    """The headers that say what was found and which mode applied."""
    return [(headers.FLAGS, flags_of(entry.reading).encode()), (headers.MODE, entry.mode.encode())]
