"""Answers that wait: the check's end decides how they go out, whole or streamed, and heartbeats tell that they will."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from guard.classifier.language import language_of
from guard.core import helpline
from guard.core.job import Job
from guard.core.policy import Mode, Policy, fails_closed
from guard.core.reading import Reading
from guard.core.settlement import Settlement
from guard.core.turn import Turn
from guard.core.verdict import Unable
from guard.delivery.choose import delivery_for
from guard.delivery.closing import Closing
from guard.delivery.steps import Await, Delivery, Step
from guard.delivery.whole import apply_whole
from guard.pipeline.answer import Body, WholeBody
from guard.pipeline.beside import beside
from guard.pipeline.inquiry import Inquiry
from guard.pipeline.ledger import Entry
from guard.pipeline.neutral import Asked, Neutral
from guard.pipeline.settle import Settler
from guard.upstream.client import Outgoing, Upstream
from guard.wire import headers
from guard.wire.again import asked_again
from guard.wire.errors import UpstreamFault
from guard.wire.formats import Format
from guard.wire.headers import Headers

HEARTBEAT = b": the answer is being checked\n\n"
"""A comment: every client skips it, and no proxy takes the connection for dead."""
EVERY = 5.0
"""Seconds without a byte after which one goes out."""
_DEFAULT = "en"
"""Of help lines, where a turn's language is not clear."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that could wait."""

    body: Body
    neutral: Awaitable[Neutral | None] | None
    """The neutral answer, on its way."""
    headers: Headers
    pieces: AsyncIterator[bytes]

    @property
    def can_wait(self) -> bool:
        """It is readable: events, or a whole body that is not compressed."""
        return self.body.events or (isinstance(self.body, WholeBody) and self.body.is_plain)


class Blind(Protocol):
    """Gives the neutral answer before there is anything to compare it with."""

    async def neutral(self, asked: Asked) -> Neutral:
        """The neutral question and its blind answer, or why there is none."""
        ...


class Wait:
    """Lets answers out once they are settled."""

    def __init__(
        self, policy: Policy, settler: Settler, check: Blind, upstream: Upstream, lines: Mapping[str, str]
    ) -> None:
        """`lines` are help lines by language."""
        self._policy = policy
        self._settler = settler
        self._check = check
        self._upstream = upstream
        self._lines = lines

    async def neutral(self, turn: Turn, model: str, authorization: tuple[tuple[str, str], ...]) -> Neutral:
        """The neutral answer to a turn."""
        return await self._check.neutral(Asked(turn, model, authorization))

    def closing(self, held: Held, format: Format, turn: Turn, reading: Reading) -> Held:
        """An answer to somebody at risk: not delayed, and with a number to call if the operator gave one."""
        if not self._lines or not held.can_wait or (reading.crisis or 0.0) < helpline.SURE:
            return held
        line = partial(helpline.missing, self._lines, language_of(turn.text, self._lines) or _DEFAULT)
        if isinstance(held.body, WholeBody):
            view = held.body.view()
            if not view.text or view.choices != 1 or (added := line(view.text)) is None:
                return held
            return _whole(held, format.with_text(held.body.content, view.text + added))
        return replace(held, pieces=_through(held.body, format, Closing(format, line), None))

    async def through(self, held: Held, inquiry: Inquiry, entry: Entry, job: Job) -> Held:
        """The answer as its settlement wants it: a whole one once it is settled, a streamed one as it goes."""
        format = inquiry.format
        settle = partial(self._settle, held, inquiry, entry, job)
        if isinstance(held.body, WholeBody):
            settlement = await settle("")
            told = [
                (headers.VERDICT, b"pending" if settlement.pending else settlement.verdict.kind.encode()),
                (headers.ACTION, settlement.action.encode()),
            ]
            changed = _whole(held, apply_whole(format, held.body.content, settlement))
            return replace(changed, headers=changed.headers + told)
        mode = job.decision.mode
        closed = fails_closed(job.reading, self._policy)
        delivery = delivery_for(mode, format=format, seconds=0.0, closed=closed)
        return replace(held, pieces=_through(held.body, format, delivery, settle))

    async def _settle(self, held: Held, inquiry: Inquiry, entry: Entry, job: Job, sent: str) -> Settlement:
        began = time.perf_counter()
        view = held.body.view()
        answered = replace(job, answer=view.text, tool_calls=view.tool_calls)
        if view.choices > 1:
            # There is no telling which of the texts is the answer: none is changed.
            answered = replace(answered, decision=replace(job.decision, mode=Mode.ANNOTATE))
        again = partial(self._regenerate, inquiry) if job.decision.mode.acts else None
        settlement = await self._settler.settle(answered, held.neutral, again, sent)
        entry.waited = time.perf_counter() - began
        dropped = settlement.verdict.reason == Unable.QUEUE_FULL
        entry.check = "dropped_queue_full" if dropped else "sampled"
        return settlement

    async def _regenerate(self, inquiry: Inquiry, note: str) -> str | None:
        """What the application's own model says with a private note; None when it gives no answer."""
        body = asked_again(inquiry.body, note)
        if body is None:
            return None
        passed = headers.readable(headers.to_upstream(inquiry.headers, self._upstream.config.api_key))
        try:
            answer = await self._upstream.open(Outgoing("POST", inquiry.target, passed, body))
            try:
                view = inquiry.format.read_answer(await answer.read()) if answer.status < 400 else None
            finally:
                answer.close()
        except UpstreamFault:
            return None
        return view.text if view and view.text and not view.refusal else None


def _whole(held: Held, content: bytes) -> Held:
    """The same answer with another body."""

    async def pieces() -> AsyncIterator[bytes]:
        held.body.goes_out(content)
        yield content

    kept = [(name, value) for name, value in held.headers if name not in (b"content-length", b"etag", b"digest")]
    return replace(held, headers=[*kept, (b"content-length", str(len(content)).encode())], pieces=pieces())


async def _through(
    body: Body, format: Format, delivery: Delivery, settle: Callable[[str], Coroutine[Any, Any, Settlement]] | None
) -> AsyncIterator[bytes]:
    """The bytes of a streamed answer as its delivery lets them out; `settle` is called once the answer is in."""
    outlet = _Outlet(body)
    try:
        async for ready in _alive(body.parts()):
            for piece in format.pieces(ready):
                async for raw in outlet.released(delivery.piece(piece)):
                    yield raw
            if outlet.is_silent:
                yield outlet.out(HEARTBEAT)
        steps = delivery.end()
        if settle is not None and any(isinstance(step, Await) for step in steps):
            async with beside(settle(delivery.sent)) as settling:
                while not (await asyncio.wait((settling,), timeout=EVERY))[0]:
                    yield outlet.out(HEARTBEAT)
            steps = steps + delivery.settled(settling.result())
        async for raw in outlet.released(steps):
            yield raw
    except UpstreamFault as fault:
        body.fault = fault
        async for raw in outlet.released(delivery.broken()):
            yield raw
        yield fault.event()


class _Outlet:
    """Where bytes go out; knows how long none did."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._last = time.monotonic()

    @property
    def is_silent(self) -> bool:
        """Has nothing gone out for a while?"""
        return time.monotonic() - self._last >= EVERY

    def out(self, raw: bytes) -> bytes:
        """Note that these bytes go out."""
        self._body.goes_out(raw)
        self._last = time.monotonic()
        return raw

    async def released(self, steps: list[Step]) -> AsyncIterator[bytes]:
        """What steps let out, each at its time."""
        for step in steps:
            if isinstance(step, Await):
                continue
            if step.pause:
                await asyncio.sleep(step.pause)
            yield self.out(step.raw)


async def _alive(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts, and an empty one whenever none came for a while."""
    while True:
        async with beside(_next(parts)) as following:
            while not (await asyncio.wait((following,), timeout=EVERY))[0]:
                yield b""
        if (part := following.result()) is None:
            return
        yield part


async def _next(parts: AsyncIterator[bytes]) -> bytes | None:
    return await anext(parts, None)
