"""The closed label vocabularies of the metrics."""

from collections.abc import Iterable
from http import HTTPStatus

from guard.core.outcome import Fate
from guard.core.policy import Arm, Decision, Policy, assign
from guard.core.reading import DOMAINS, EMOTIONS, GENERAL, NEUTRAL, UNDETECTED
from guard.core.settlement import Action, Settlement

EMOTION = (NEUTRAL, *EMOTIONS, UNDETECTED)
DOMAIN = (GENERAL, *DOMAINS, UNDETECTED)
BELIEF = ("no", "yes", "unknown")
HEADS = {"emotion": EMOTIONS, "domain": DOMAINS, "belief": ("belief",), "crisis": ("crisis",)}
BINS = tuple(map(str, range(10)))
"""Equal parts of the probability: "0" is [0, 0.1), "9" is [0.9, 1]."""
OTHER = "other"
GUARDED = ("chat_completions", "completions", "responses")
ROUTES = (*GUARDED, "passthrough", "coolhead", OTHER)
PURPOSES = ("chat", "passthrough")
"""Of requests to the application's upstream."""
CHECKERS = ("checker", "second")
OPINIONS = ("answer", "reference", "both", "neither", "cannot_tell", "unable")
CORRECTIONS = ("applied", "deadline", "failed")
FAULTS = ("none", "client", "upstream", "coolhead")
CHECKS = ("not_sampled", "sampled", "dropped_queue_full", "dropped_shutdown")
DETECTIONS = ("ok", "truncated", "deadline", "overload", "error", "no_text", "language", "skipped")
UPSTREAM_OUTCOMES = (
    "ok",
    "timeout",
    "unreachable",
    "broken",
    "http_4xx",
    "http_5xx",
    "rate_limited",
    "cancelled",
)

_CODES = (200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 422, 429, 499, 500, 502, 503, 504)
CODES = (*map(str, _CODES), "2xx", "3xx", "4xx", "5xx")

_FAULT = {
    Fate.DELIVERED: "none",
    Fate.UPSTREAM_ERROR: "upstream",
    Fate.UPSTREAM_UNREACHABLE: "upstream",
    Fate.UPSTREAM_TIMEOUT: "upstream",
    Fate.UPSTREAM_BROKEN: "upstream",
    Fate.REJECTED: "client",
    Fate.DISCONNECTED: "client",
    Fate.CUT: "coolhead",
    Fate.INTERNAL: "coolhead",
}


def code_of(status: int) -> str:
    """The `code` label of a status: itself when it is common, else its class."""
    return str(status) if status in _CODES else f"{min(max(status // 100, 2), 5)}xx"


def fault_of(fate: Fate, status: int) -> str:
    """Who is at fault. A 4xx of the upstream is the client's, unless it is about rate or access of ours."""
    if fate is Fate.UPSTREAM_ERROR and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return "client"
    return _FAULT[fate]


def correction_of(settlement: Settlement) -> str:
    """The `result` label of an attempt to correct."""
    if settlement.action is Action.CORRECTED:
        return "applied"
    return "deadline" if settlement.action_failed == "deadline" else "failed"


def strata(policy: Policy) -> Iterable[tuple[str, str, Arm, float]]:
    """Every (emotion, domain, arm, pi) that the policy can produce; pi is that of turns without a crisis.

    Arm and pi follow from the other two, save that a crisis flags emotional turns which else are background. The
    emotion alone is undetected where emotions are not looked for.
    """
    yield UNDETECTED, UNDETECTED, Arm.BACKGROUND, 0.0
    for emotion in EMOTION:
        for domain in (GENERAL, *DOMAINS):
            found = assign(policy, emotional=emotion in EMOTIONS, high_stakes=domain != GENERAL)
            yield emotion, domain, found.arm, found.pi
            if found.arm is Arm.BACKGROUND:
                yield emotion, domain, Arm.FLAGGED, 1.0


def bin_of(probability: float) -> int:
    """The place in `BINS` of a probability."""
    last = len(BINS) - 1
    return int(min(last, probability * len(BINS)))


def weight_of(decision: Decision, cap: float = 50.0) -> float:
    """The weight 1/pi of a checked turn, capped (STATISTICS.md, section 1)."""
    return min(1.0 / decision.pi, cap)
