"""What checks may cost: as tokens run short, fewer turns are sampled, and every one knows its probability."""

import time
from collections.abc import Callable

from guard.core.job import Job
from guard.core.policy import FULL, Thinning
from guard.core.settlement import Settlement

_HOUR = 3600.0
_PLENTY = 0.5
"""Share of the hour's tokens above which nothing changes."""
_RESERVE = 0.1
"""Share below which flagged turns are sampled, too."""
_FLOOR = 0.02
"""Least factor: a weight is capped at 50, and a group without checks has no rate."""


class Spend:
    """A bucket of tokens that fills up evenly over an hour; without a limit it is always full."""

    def __init__(self, tokens_per_hour: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = tokens_per_hour
        self._left = float(tokens_per_hour or 0)
        self._clock = clock
        self._filled = clock()

    def check(self, _: Job, settlement: Settlement) -> None:
        """Take a settled check."""
        self.used(sum(settlement.verdict.tokens.values()))

    def used(self, tokens: int) -> None:
        """Take out what a check used; a bucket can be overdrawn, by a check that was under way."""
        self._fill()
        self._left -= tokens

    @property
    def thinning(self) -> Thinning:
        """What the sampling probabilities are multiplied with."""
        return Thinning(self._factor(_PLENTY), self._factor(_RESERVE)) if self._size else FULL

    @property
    def left(self) -> float | None:
        """Tokens left, or None without a limit."""
        self._fill()
        return max(0.0, self._left) if self._size else None

    def _factor(self, enough: float) -> float:
        self._fill()
        return min(1.0, max(_FLOOR, self._left / (enough * (self._size or 1))))

    def _fill(self) -> None:
        now = self._clock()
        if self._size:
            self._left = min(float(self._size), self._left + (now - self._filled) * self._size / _HOUR)
        self._filled = now
