"""Rows to tables: medians over rounds, what was added to no proxy, and the goals."""

from collections.abc import Iterable
from statistics import median
from typing import Any

from bench.measure import Row
from bench.scenarios import READ, THROUGH
from bench.targets import TARGETS

Value = float | None
_QUIET = 0.15
"""Cores that other processes may use in the median before a run is called disturbed."""


class Results:
    """All rows of a run."""

    def __init__(self, meta: dict[str, Any], rows: list[Row]) -> None:
        self.meta = meta
        self.rows = rows

    def of(self, scenario: str, target: str) -> list[Row]:
        """The rows of one cell, without failed ones."""
        return [r for r in self.rows if (r["scenario"], r["target"]) == (scenario, target) and not r["problem"]]

    def value(self, scenario: str, target: str, name: str) -> Value:
        """The median over rounds."""
        found = [row[name] for row in self.of(scenario, target) if row[name] is not None]
        return median(found) if found else None

    def added(self, scenario: str, target: str, name: str, to: str = "direct") -> Value:
        """The median over rounds of what a target added to no proxy, or to another target, in the same round."""
        plain = {row["round"]: row[name] for row in self.of(scenario, to)}
        found = [row[name] - plain[row["round"]] for row in self.of(scenario, target) if row["round"] in plain]
        return median(found) if found else None

    def memory(self, target: str) -> Value:
        """The most that a target held."""
        found = [row["memory"] for row in self.rows if row["target"] == target]
        return max(found) if found else None

    def detection(self, scenario: str, target: str) -> dict[str, float]:
        """Counts of readings by outcome and bucket, summed over rounds."""
        total: dict[str, float] = {}
        for row in self.of(scenario, target):
            for key, count in row["detection"].items():
                total[key] = total.get(key, 0) + count
        return total

    def detection_ms(self, scenario: str, target: str, quantile: float) -> Value:
        """A quantile of the detection histogram, by linear interpolation as PromQL does it."""
        counts = self.detection(scenario, target)
        buckets = sorted((float(key[3:]), count) for key, count in counts.items() if key.startswith("le "))
        if not buckets:
            return None
        wanted, low, below = quantile * buckets[-1][1], 0.0, 0.0
        for bound, count in buckets:
            if bound == float("inf"):
                break
            if count >= wanted:
                return (low + (bound - low) * (wanted - below) / (count - below)) * 1000
            low, below = bound, count
        return low * 1000

    def read_share(self, scenario: str, target: str) -> Value:
        """The share of turns with a reading."""
        counts = self.detection(scenario, target)
        outcomes = {k: n for k, n in counts.items() if k.startswith("outcome ") and k != "outcome skipped"}
        read = outcomes.get("outcome ok", 0) + outcomes.get("outcome truncated", 0)
        return read / sum(outcomes.values()) if outcomes else None

    def read_rate(self) -> Value:
        """New turns read per second at saturation."""
        rate, share = self.value("read-saturated", "new", "rps"), self.read_share("read-saturated", "new")
        return None if rate is None or share is None else rate * share


def number(value: Value) -> str:
    """Three digits that matter."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def pair(first: Value, second: Value) -> str:
    """Median and tail in one cell."""
    return f"{number(first)} / {number(second)}"


def table(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A Markdown table; numbers to the right."""
    head = list(head)
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, rule, *lines))


def report(results: Results) -> str:
    """Everything that stands between the markers of docs/performance.md."""
    meta = results.meta
    foreign = [row["foreign"] for row in results.rows]
    parts = [
        f"Run of {meta['date']}: {meta['rounds']} interleaved rounds"
        + (f", durations times {meta['scale']}" if meta["scale"] != 1 else "")
        + f"; {meta['machine']}; load generator and mock upstream on one core, the measured process on the other. "
        f"Other processes used {median(foreign):.2f} of the two cores (median), {max(foreign):.2f} (worst). "
        + ("**The machine was not quiet: latencies are too high, ratios are rough.**" * (median(foreign) > _QUIET)),
        "\n".join(f"- {title}" for title in meta["servers"]),
        "### Pass-through",
        _whole(results),
        _streams(results),
        "### Classified",
        *_classified(results),
        "### Goals",
        _goals(results),
    ]
    problems = _problems(results)
    return "\n\n".join([*parts, *(["### Measurements that failed", problems] if problems else [])])


def _whole(r: Results) -> str:
    head = (
        "whole answers",
        "req/s, 50 connections",
        "CPU µs/request",
        "added p50 / p99 ms, 1 connection",
        "added p50 / p99 ms, 40 req/s, upstream 300 ms",
        "memory MB",
    )
    return table(
        head,
        (
            (
                TARGETS[t].title,
                number(r.value("saturated", t, "rps")),
                number(r.value("saturated", t, "cpu_us")) if t != "direct" else "",
                pair(r.added("one", t, "p50"), r.added("one", t, "p99")) if t != "direct" else "0",
                pair(r.added("moderate", t, "p50"), r.added("moderate", t, "p99")) if t != "direct" else "0",
                number(r.memory(t)) if t != "direct" else "",
            )
            for t in THROUGH
        ),
    )


def _streams(r: Results) -> str:
    head = (
        "streams of 62 events",
        "added to first event p50 / p99 ms, 20 paced streams",
        "CPU µs/event, paced",
        "events/s, 20 unpaced streams",
        "CPU µs/event, unpaced",
    )
    return table(
        head,
        (
            (
                TARGETS[t].title,
                pair(r.added("paced", t, "first50"), r.added("paced", t, "first99")) if t != "direct" else "0",
                number(r.value("paced", t, "cpu_us_event")) if t != "direct" else "",
                number(r.value("stream", t, "events_per_s")),
                number(r.value("stream", t, "cpu_us_event")) if t != "direct" else "",
            )
            for t in THROUGH
        ),
    )


def _classified(r: Results) -> list[str]:
    beside = table(
        ("30 req/s, upstream 300 ms", "added p50 / p99 ms", "turns read in time %", "detection p50 / p99 ms"),
        (
            (
                TARGETS[t].title,
                pair(r.added("read-beside", t, "p50"), r.added("read-beside", t, "p99")),
                _percent(r.read_share("read-beside", t)),
                pair(*(r.detection_ms("read-beside", t, q) for q in (0.5, 0.99))),
            )
            for t in READ[1:]
        ),
    )
    saturated = table(
        ("3 connections, upstream without delay", "req/s", "turns read/s", "CPU µs/turn"),
        (
            (
                TARGETS[t].title,
                number(r.value("read-saturated", t, "rps")),
                number(r.read_rate()) if t == "new" else "all from memory",
                number(r.value("read-saturated", t, "cpu_us")),
            )
            for t in ("seen", "new")
        ),
    )
    paced = table(
        ("12 paced streams a second", "added to first event p50 / p99 ms"),
        (
            (TARGETS[t].title, pair(r.added("read-paced", t, "first50"), r.added("read-paced", t, "first99")))
            for t in ("off", "new")
        ),
    )
    lengths = table(
        ("new text of about", "detection p50 / p99 ms, 20 req/s"),
        (
            (TARGETS[t].title, pair(*(r.detection_ms("read-length", t, q) for q in (0.5, 0.99))))
            for t in ("tokens16", "tokens64", "tokens128")
        ),
    )
    around = (
        ("100 req/s next to 40 chat req/s, mode off", "next-to-off"),
        ("100 req/s next to 40 chat req/s, new text", "next-to-new"),
        ("200 req/s alone", "unscraped"),
        ("200 req/s, /metrics fetched each second", "scraped"),
    )
    others = table(
        ("unclassified traffic: other /v1 routes", "p50 / p99 ms"),
        ((title, pair(r.value(s, "pass", "p50"), r.value(s, "pass", "p99"))) for title, s in around),
    )
    return [beside, _checks(r), saturated, paced, lengths, others]


def _checks(r: Results) -> str:
    counts = r.detection("read-beside", "checked")
    found = {key[6:]: round(count) for key, count in counts.items() if key.startswith("check ")}
    verdicts = ", ".join(f"{kind} {count}" for kind, count in sorted(found.items())) or "none"
    return f"Checks that ended during the last row, by verdict (the mock is no judge): {verdicts}."


def _percent(share: Value) -> str:
    return "–" if share is None else f"{share * 100:.1f}"


def _ratio(numerator: Value, denominator: Value) -> Value:
    return None if numerator is None or not denominator else numerator / denominator


def _goals(r: Results) -> str:
    def against(scenario: str, name: str, target: str, peer: str) -> Value:
        return _ratio(r.value(scenario, target, name), r.value(scenario, peer, name))

    routes = ("pass", "off", "seen")
    lines: list[tuple[str, float, bool, str, list[Value]]] = [
        ("CPU/request against nginx", 6, True, "x", [against("saturated", "cpu_us", t, "nginx") for t in routes]),
        ("req/s against LiteLLM", 60, False, "x", [against("saturated", "rps", t, "litellm") for t in routes]),
        ("req/s against Portkey", 6, False, "x", [against("saturated", "rps", t, "portkey") for t in routes]),
        (
            "CPU/event against LiteLLM",
            1 / 10,
            True,
            "x",
            [against("paced", "cpu_us_event", t, "litellm") for t in routes],
        ),
        (
            "CPU/event against Portkey",
            1 / 3,
            True,
            "x",
            [against("paced", "cpu_us_event", t, "portkey") for t in routes],
        ),
        ("added first event, 20 paced streams", 2, True, " ms", [r.added("paced", t, "first50") for t in routes]),
        ("memory against LiteLLM, model loaded", 1 / 3, True, "x", [_ratio(r.memory("new"), r.memory("litellm"))]),
        (
            "p50 added by detection (to mode off), upstream 300 ms",
            1,
            True,
            " ms",
            [r.added("read-beside", "new", "p50", to="off")],
        ),
        (
            "p50 added by all of Coolhead (to no proxy), upstream 300 ms",
            1,
            True,
            " ms",
            [r.added("read-beside", "new", "p50")],
        ),
        (
            "unclassified p99 next to classified, against next to mode off",
            2,
            True,
            "x",
            [_ratio(r.value("next-to-new", "pass", "p99"), r.value("next-to-off", "pass", "p99"))],
        ),
        ("new turns read per second and core", 110, False, "", [r.read_rate()]),
    ]
    head = ("", "goal", "other /v1 routes", "chat, mode off", "chat, observe")
    return table(head, (_goal(*line) for line in lines))


def _goal(title: str, goal: float, at_most: bool, unit: str, values: list[Value]) -> list[str]:
    def cell(value: Value) -> str:
        if value is None:
            return "not measured"
        met = value <= goal if at_most else value >= goal
        shown = f"{number(value)}{unit}"
        return f"{shown}, met" if met else f"**{shown}, missed** ({number(value / goal)} times the goal)"

    cells = [cell(value) for value in values]
    return [title, f"{'≤' if at_most else '≥'} {number(goal)}{unit}", *([""] * (3 - len(cells))), *cells]


def _problems(r: Results) -> str:
    found = [
        f"- {row['scenario']}, {TARGETS[row['target']].title}, round {row['round'] + 1}: {row['problem']}"
        for row in r.rows
        if row["problem"]
    ]
    return "\n".join([*found, *(f"- not installed: {name}" for name in r.meta["missing"])])
