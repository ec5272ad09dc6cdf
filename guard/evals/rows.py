"""The rows of a report: a measure with its interval beside its target."""

from collections.abc import Iterable

import msgspec

from guard.evals.stats import Estimate


class Target(msgspec.Struct, frozen=True):
    """What a measure should reach."""

    bound: float
    at_least: bool = True

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"

    def met(self, value: float) -> bool:
        """Is it reached? A rounding error does not miss it."""
        return value >= self.bound - 1e-9 if self.at_least else value <= self.bound + 1e-9


def at_least(bound: float) -> Target:
    """A target from below."""
    return Target(bound)


def at_most(bound: float) -> Target:
    """A target from above."""
    return Target(bound, at_least=False)


class Row(msgspec.Struct, frozen=True):
    """One measure of a report."""

    measure: str
    group: str
    n: int
    value: float
    low: float
    high: float
    target: str | None = None
    met: bool | None = None


def rows(
    found: Iterable[tuple[str, str, Estimate | None] | tuple[str, str, Estimate | None, Target | None]],
) -> list[Row]:
    """The rows of what was found: (measure, group, estimate[, target]); what could not be estimated has no row."""
    listed = []
    for measure, group, estimate, *targets in found:
        if estimate is not None:
            target = targets[0] if targets else None
            value, low, high = (round(part, 4) for part in (estimate.value, estimate.low, estimate.high))
            told = (str(target), target.met(estimate.value)) if target else (None, None)
            listed.append(Row(measure, group, estimate.n, value, low, high, *told))
    return listed
