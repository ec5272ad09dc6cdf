"""Exactly one outcome for each turn: an entry is opened with the request and closed once."""

import time
from dataclasses import dataclass, field
from typing import Protocol

from guard.core.outcome import Fate, Outcome
from guard.core.policy import Decision, Mode
from guard.core.reading import Reading, Undetected


class Sink(Protocol):
    """Takes outcomes. Never waits: what is awaited while a client leaves does not happen."""

    def turn(self, outcome: Outcome) -> None:
        """Take one outcome."""
        ...


@dataclass(slots=True)
class Entry:
    """A turn under way. Its fate is `internal` until something better is known."""

    turn_id: str
    mode: Mode
    route: str = "chat_completions"
    model: str = ""
    stream: bool = False
    status: int = 500
    fate: Fate = Fate.INTERNAL
    reading: Reading | Undetected | None = None
    decision: Decision | None = None
    check: str = "not_sampled"
    text: str = ""
    answer_length: int = 0
    held: float = 0.0
    waited: float | None = None
    before_upstream: float | None = None
    upstream_head: float | None = None
    detection: float | None = None
    first_byte: float | None = None
    started: float = field(default_factory=time.perf_counter)

    def is_sent(self) -> None:
        """The upstream request starts."""
        self.before_upstream = time.perf_counter() - self.started

    def head_is_in(self) -> None:
        """The head of the upstream's answer is in."""
        self.upstream_head = time.perf_counter() - self.started - (self.before_upstream or 0.0)

    def byte_is_out(self) -> None:
        """The first byte of the answer's body goes out."""
        if self.first_byte is None:
            self.first_byte = time.perf_counter() - self.started


class Ledger:
    """Writes the outcome of each entry to all sinks."""

    def __init__(self, sinks: tuple[Sink, ...], digest: "Digest") -> None:
        self._sinks = sinks
        self._digest = digest

    def close(self, entry: Entry) -> None:
        """Write the one outcome of the entry. Call it once, on every way out."""
        outcome = Outcome(
            turn_id=entry.turn_id,
            fate=entry.fate,
            route=entry.route,
            mode=entry.mode,
            model=entry.model,
            stream=entry.stream,
            status=entry.status,
            reading=entry.reading,
            decision=entry.decision,
            check=entry.check,
            total=time.perf_counter() - entry.started,
            first_byte=entry.first_byte,
            upstream_head=entry.upstream_head,
            before_upstream=entry.before_upstream,
            held=entry.held,
            waited=entry.waited,
            detection=entry.detection,
            text_length=len(entry.text),
            text_digest=self._digest(entry.text) if entry.text else "",
            answer_length=entry.answer_length,
        )
        for sink in self._sinks:
            sink.turn(outcome)


class Digest(Protocol):
    """Text to a keyed digest."""

    def __call__(self, text: str, /) -> str:
        """The digest."""
        ...
