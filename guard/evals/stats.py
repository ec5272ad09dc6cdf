"""Shares, differences and areas with 95 % intervals; replies to one question count as one cluster, not as many."""

import math
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
_Z = NormalDist().inv_cdf(0.975)
_MIN_RESAMPLES = 100
"""A bootstrap of fewer usable resamples has no interval."""

T = TypeVar("T")
Floats = npt.NDArray[np.float64]


class Estimate(msgspec.Struct, frozen=True):
    """A number with its 95 % interval and the observations behind it; without an interval, `low` and `high` are it."""

    value: float
    low: float
    high: float
    n: int


def wilson(hits: float, count: float, n: int | None = None) -> Estimate | None:
    """A share with its Wilson interval; `count` may be an effective number, `n` is then the real one."""
    if count <= 0:
        return None
    share, spread = hits / count, _Z * _Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / count / 4)
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half), round(count) if n is None else n)


def share(seen: Iterable[tuple[str, bool]]) -> Estimate | None:
    """The share of hits among (cluster, hit) pairs: Wilson with the effective number of the clustered sample."""
    clusters: dict[str, list[bool]] = {}
    for cluster, hit in seen:
        clusters.setdefault(cluster, []).append(hit)
    n = sum(map(len, clusters.values()))
    if not n:
        return None
    p = sum(map(sum, clusters.values())) / n
    effective = _effective(list(clusters.values()), p, n)
    return wilson(p * effective, effective, n)


def _effective(clusters: Sequence[Sequence[bool]], p: float, n: int) -> float:
    """n over the design effect, at most n; where all agree the clusters are all that is known."""
    k = len(clusters)
    if k == n or k == 1:
        return n if k == n else 1.0
    if p in (0.0, 1.0):
        return k
    variance = k / (k - 1) * sum((sum(hits) - p * len(hits)) ** 2 for hits in clusters) / n**2
    return n / max(1.0, variance / (p * (1 - p) / n))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """How often a positive scores above a negative one, ties half: from ranks."""
    if not positive or not negative:
        return None
    scores = np.concatenate([positive, negative])
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[place]
    p, q = len(positive), len(negative)
    return float((ranks[:p].sum() - p * (p + 1) / 2) / (p * q))


def bootstrap(
    rows: Sequence[T], cluster: Callable[[T], str], statistic: Callable[[Sequence[T]], float | None], seed: int = 0
) -> Estimate | None:
    """A statistic of rows with its percentile interval; whole clusters are drawn again."""
    value = statistic(rows)
    if value is None:
        return None
    groups: dict[str, list[T]] = {}
    for row in rows:
        groups.setdefault(cluster(row), []).append(row)
    members, rng = list(groups.values()), np.random.default_rng(seed)
    drawn: list[float] = []
    for _ in range(RESAMPLES):
        picked = rng.integers(len(members), size=len(members))
        found = statistic([row for i in picked for row in members[i]])
        if found is not None:
            drawn.append(found)
    if len(drawn) < _MIN_RESAMPLES:
        return Estimate(value, value, value, len(rows))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value, float(low), float(high), len(rows))


def mean(seen: Iterable[tuple[str, float]], seed: int = 0) -> Estimate | None:
    """The mean of (cluster, value) pairs with its percentile interval; whole clusters are drawn again."""
    clusters: dict[str, list[float]] = {}
    for cluster, value in seen:
        clusters.setdefault(cluster, []).append(value)
    if not clusters:
        return None
    sums = np.array([math.fsum(values) for values in clusters.values()])
    counts = np.array([len(values) for values in clusters.values()])
    k = len(clusters)
    weights = np.random.default_rng(seed).multinomial(k, np.full(k, 1 / k), size=RESAMPLES)
    low, high = np.quantile((weights @ sums) / (weights @ counts), [0.025, 0.975])
    return Estimate(float(sums.sum() / counts.sum()), float(low), float(high), int(counts.sum()))


def paired_difference(pairs: Sequence[tuple[bool, bool]]) -> Estimate | None:
    """Share of the second minus share of the first, of the same things, with Newcombe's paired interval (method 10)."""
    n = len(pairs)
    both = sum(a and b for a, b in pairs)
    first = sum(a and not b for a, b in pairs)
    second = sum(b and not a for a, b in pairs)
    one, other = wilson(both + first, n), wilson(both + second, n)
    if one is None or other is None:
        return None
    phi = _phi(both, first, second, n - both - first - second)
    difference = other.value - one.value
    down, up = other.value - other.low, other.high - other.value
    one_down, one_up = one.value - one.low, one.high - one.value
    low = difference - math.sqrt(max(0.0, down**2 - 2 * phi * down * one_up + one_up**2))
    high = difference + math.sqrt(max(0.0, up**2 - 2 * phi * up * one_down + one_down**2))
    return Estimate(difference, max(-1.0, low), min(1.0, high), n)


def _phi(a: int, b: int, c: int, d: int) -> float:
    """The correlation of the pairs, with Newcombe's correction for continuity."""
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if not margins:
        return 0.0
    product = float(a * d - b * c)
    if product > 0:
        product = max(product - (a + b + c + d) / 2, 0.0)
    return product / math.sqrt(margins)


def exact_mcnemar(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Two-sided exact p value of McNemar's test over the pairs that differ."""
    first = sum(a and not b for a, b in pairs)
    second = sum(b and not a for a, b in pairs)
    n = first + second
    tail: float = sum(math.comb(n, i) for i in range(min(first, second) + 1)) / 2**n
    return min(1.0, 2 * tail)


def median(values: Sequence[float]) -> Estimate | None:
    """The median, with the 5th and 95th percentile as `low` and `high`."""
    if not values:
        return None
    middle, low, high = np.quantile(values, [0.5, 0.05, 0.95])
    return Estimate(float(middle), float(low), float(high), len(values))
