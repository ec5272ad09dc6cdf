"""What is done to the targets. Pass-through and classified traffic are apart and stay apart in the report."""

from dataclasses import dataclass, replace

THROUGH = ("direct", "nginx", "pass", "off", "seen", "portkey", "litellm")
READ = ("direct", "off", "seen", "new", "checked")


@dataclass(frozen=True)
class Scenario:
    """One kind of load."""

    key: str
    targets: tuple[str, ...]
    connections: int
    seconds: float
    rate: float = 0
    """Requests a second, arriving at random; 0: each connection sends the next when the last was answered."""
    warm_up: float = 0.5
    stream: bool = False
    first_ms: float = 0
    gap_ms: float = 0
    events: int = 60
    beside: str = ""
    """Target that gets other traffic at the same time."""
    beside_rate: float = 40
    scrape: bool = False
    """Coolhead's metrics are fetched each second at the same time."""


PACED = {"stream": True, "first_ms": 50, "gap_ms": 20}

PASS_THROUGH = (
    Scenario("saturated", THROUGH, 50, 2.5),
    Scenario("one", THROUGH, 1, 1.2, warm_up=0.3),
    Scenario("moderate", THROUGH, 200, 2.5, rate=40, first_ms=300),
    Scenario("paced", THROUGH, 20, 3, warm_up=1.3, **PACED),  # type: ignore[arg-type]
    Scenario("stream", THROUGH, 20, 2, stream=True),
)

CLASSIFIED = (
    Scenario("read-saturated", ("seen", "new"), 3, 2.5),
    Scenario("read-beside", READ, 200, 3.5, rate=30, first_ms=300),
    Scenario("read-paced", ("direct", "off", "new"), 200, 3.5, rate=12, warm_up=1.3, **PACED),  # type: ignore[arg-type]
    Scenario("read-length", ("tokens16", "tokens64", "tokens128"), 200, 3, rate=20),
    Scenario("next-to-off", ("pass",), 200, 3.5, rate=100, beside="off"),
    Scenario("next-to-new", ("pass",), 200, 3.5, rate=100, beside="new"),
    Scenario("unscraped", ("pass",), 200, 3.5, rate=200),
    Scenario("scraped", ("pass",), 200, 3.5, rate=200, scrape=True),
)


def scaled(scenarios: tuple[Scenario, ...], factor: float) -> list[Scenario]:
    """The same with other durations; paced streams need time for at least one stream."""
    return [replace(s, seconds=max(s.seconds * factor, 1.5 if s.gap_ms else 0.5)) for s in scenarios]
