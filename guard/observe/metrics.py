"""The `coolhead_*` instruments, on a registry of our own.

Every label child exists from the start: a series that is born with value 1 shows `increase() = 0`.
`docs/metrics.md` says what each one means.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.metrics import MetricWrapperBase

from guard import __version__
from guard.core.job import Job
from guard.core.outcome import Fate, Outcome, belief_of
from guard.core.policy import Arm, Mode, Policy
from guard.core.reading import UNDETECTED, Reading, Undetected
from guard.core.settlement import Action, Settlement, is_confirmed
from guard.core.verdict import Kind, Unable
from guard.observe import labels

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)
_OVERHEAD = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_DETECTION = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.05, 0.1, 0.25, 0.5)
_WAIT = (0.001, 0.01, 0.1, 0.5, 1, 5, 15, 30, 60, 300)
_LAG = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1)
_WEIGHED = (Kind.CONSISTENT, Kind.CONTRADICTED, Kind.UNVERIFIABLE, Kind.UNABLE)


class Metrics:
    """All instruments of one process."""

    def __init__(self, policy: Policy, models: tuple[str, ...] = (), check_version: str = "00000000") -> None:
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._models = (*dict.fromkeys(models), labels.OTHER)
        self._version = check_version
        self._declare_service()
        self._declare_population()
        self._declare_checks()
        self._create_children(policy)
        self._bins = {
            head: {name: [self.scores.labels(head, name, bin) for bin in labels.BINS] for name in names}
            for head, names in labels.HEADS.items()
        }
        prometheus_client.ProcessCollector(registry=self.registry)
        prometheus_client.GCCollector(registry=self.registry)

    def _counter(self, name: str, text: str, *names: str) -> Counter:
        return Counter(f"coolhead_{name}", text, names, registry=self.registry)

    def _gauge(self, name: str, text: str, *names: str) -> Gauge:
        return Gauge(f"coolhead_{name}", text, names, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *names: str) -> Histogram:
        return Histogram(f"coolhead_{name}", text, names, registry=self.registry, buckets=buckets)

    def _declare_service(self) -> None:
        self.requests = self._counter("http_requests", "HTTP requests that ended.", "route", "code", "fault")
        self.request_duration = self._histogram(
            "http_request_duration_seconds", "From the request's end to its end.", _SECONDS, "route", "stream"
        )
        self.in_flight = self._gauge("http_requests_in_flight", "HTTP requests under way.", "route")
        self.disconnects = self._counter("client_disconnects", "Clients that left before the end.", "route")
        self.first_token = self._histogram(
            "time_to_first_token_seconds",
            "Until the first byte of a streamed answer went out.",
            _SECONDS,
            "model",
        )
        self.overhead = self._histogram(
            "overhead_seconds", "Time added by Coolhead, upstream excluded.", _OVERHEAD, "phase", "policy"
        )
        self.upstream_requests = self._counter(
            "upstream_requests", "Requests to an upstream.", "upstream", "purpose", "outcome"
        )
        self.upstream_duration = self._histogram(
            "upstream_request_duration_seconds",
            "Until the head of the upstream's answer was in.",
            _SECONDS,
            "upstream",
            "purpose",
        )
        self.loop_lag = self._histogram("event_loop_lag_seconds", "How late the event loop wakes up.", _LAG)
        self.overflow = self._counter("label_overflow", "Values outside a closed vocabulary.", "label")
        self._info("build", "The program.", version=__version__)

    def _info(self, name: str, text: str, **values: str) -> None:
        Info(f"coolhead_{name}", text, registry=self.registry).info(values)

    def _declare_population(self) -> None:
        self.outcomes = self._counter("turn_outcomes", "Turns by their fate; one for each turn.", "fate", "mode")
        self.turns = self._counter(
            "turns",
            "Answered turns: the population of every rate.",
            *("emotion", "domain", "belief", "model", "arm", "check_version"),
        )
        self.decisions = self._counter(
            "sampling_decisions", "What was decided about checking a turn.", "arm", "domain", "decision"
        )
        self.probability = self._gauge(
            "sampling_probability_ratio", "Configured probability of being checked.", "arm", "domain"
        )
        self.detections = self._counter("detections", "Turns read, or why not.", "outcome")
        self.detection_duration = self._histogram(
            "detection_duration_seconds", "From asking for a reading to having it.", _DETECTION
        )
        drift = ("head", "label", "bin")
        self.scores = self._counter("detector_scores", "Probabilities of the turns read, in ten bins.", *drift)
        self.reference = self._gauge(
            "detector_reference_share_ratio", "Share of each bin on the turns that thresholds were chosen on.", *drift
        )

    def _declare_checks(self) -> None:
        stratum = ("domain", "belief", "model", "arm", "verdict", "check_version")
        self.checks = self._counter("checks", "Checks that ended, by verdict.", "emotion", *stratum)
        self.weight = self._counter("checks_weight", "Sum of 1/pi over checks.", *stratum)
        self.weight_squared = self._counter("checks_weight_squared", "Sum of 1/pi^2 over checks.", *stratum)
        self.unable = self._counter(
            "checks_unable", "Checks without a verdict, by reason.", "model", "arm", "reason", "check_version"
        )
        self.actions = self._counter(
            "actions", "What checked answers became.", "domain", "model", "arm", "verdict", "action"
        )
        self.second_opinions = self._counter("second_opinions", "Words of the second reference.", "outcome")
        self.corrections = self._counter("corrections", "Attempts to correct an answer, by how they ended.", "result")
        self.check_duration = self._histogram("check_duration_seconds", "Duration of a check.", _SECONDS)
        self.checks_in_flight = self._gauge("checks_in_flight", "Checks under way.")
        self.queue_depth = self._gauge("check_queue_depth", "Checks that wait.")
        self.queue_capacity = self._gauge("check_queue_capacity", "Checks that can wait.")
        self.queue_age = self._gauge("check_queue_oldest_age_seconds", "Age of the check that waits longest.")
        self.queue_wait = self._histogram("check_queue_wait_seconds", "How long checks waited.", _WAIT)
        self.neutralisations = self._counter(
            "neutralisations", "Questions made neutral, by how it went.", "method", "outcome"
        )
        self.neutral_answers = self._counter("neutral_answers", "Neutral answers, asked for or known.", "result")
        self.tokens = self._counter("tokens", "Tokens used by checks.", "purpose", "type")

    def _create_children(self, policy: Policy) -> None:
        version = self._version
        _create(self.requests, labels.ROUTES, labels.CODES, labels.FAULTS)
        _create(self.request_duration, labels.ROUTES, ("true", "false"))
        _create(self.in_flight, labels.ROUTES)
        _create(self.disconnects, labels.ROUTES)
        _create(self.first_token, self._models)
        _create(self.overhead, ("before_upstream", "held"), Mode)
        _create(self.overhead, ("waited",), [mode for mode in Mode if mode.waits])
        _create(self.upstream_requests, ("main",), labels.PURPOSES, labels.UPSTREAM_OUTCOMES)
        _create(self.upstream_requests, labels.CHECKERS, ("check",), labels.UPSTREAM_OUTCOMES)
        _create(self.upstream_duration, ("main",), labels.PURPOSES)
        _create(self.upstream_duration, labels.CHECKERS, ("check",))
        _create(self.overflow, ("model",))
        _create(self.outcomes, Fate, Mode)
        _create(self.detections, labels.DETECTIONS)
        _create(self.neutral_answers, ("cached", "asked"))
        _create(self.neutralisations, ("rules",), ("full", "partial", "not_askable"))
        _create(self.neutralisations, ("model",), ("rewritten",))
        _create(self.tokens, ("check",), ("prompt", "completion"))
        _create(self.corrections, labels.CORRECTIONS)
        _create(self.second_opinions, labels.OPINIONS)
        _create(self.unable, self._models, Arm, Unable, (version,))
        for emotion, domain, arm, pi in labels.strata(policy):
            beliefs = ("unknown",) if domain == UNDETECTED else labels.BELIEF
            _create(self.turns, (emotion,), (domain,), beliefs, self._models, (arm,), (version,))
            _create(self.decisions, (arm,), (domain,), labels.CHECKS)
            self.probability.labels(arm, domain).set(pi)
            if arm is Arm.BACKGROUND:
                continue
            stratum = ((domain,), beliefs, self._models, (arm,))
            _create(self.checks, (emotion,), *stratum, Kind, (version,))
            _create(self.actions, (domain,), self._models, (arm,), Kind, Action)
            _create(self.weight, *stratum, _WEIGHED, (version,))
            _create(self.weight_squared, *stratum, _WEIGHED, (version,))

    def describe(self, *, detector: str, sha256: str, reference: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
        """Say once which model reads, what its scores are compared with, and which check runs.

        A label without a reference has no series: a share of zero would say that all of its scores had moved.
        """
        self._info("detector", "The model that reads turns.", revision=detector, sha256=sha256)
        for head, found in reference.items():
            for name, shares in found.items():
                for bin, share in zip(labels.BINS, shares, strict=True):
                    self.reference.labels(head, name, bin).set(share)
        self._info("check", "The check.", check_version=self._version)

    def watch_queue(self, capacity: int, depth: Callable[[], float], oldest_age: Callable[[], float]) -> None:
        """Read the queue of checks at each scrape."""
        self.queue_capacity.set(capacity)
        self.queue_depth.set_function(depth)
        self.queue_age.set_function(oldest_age)

    def upstream_call(self, upstream: str, purpose: str, outcome: str, seconds: float) -> None:
        """Count one call to an upstream."""
        self.upstream_requests.labels(upstream, purpose, outcome).inc()
        self.upstream_duration.labels(upstream, purpose).observe(seconds)

    def model(self, name: str) -> str:
        """The label of a model name: a configured one, else `other`."""
        if name in self._models:
            return name
        self.overflow.labels("model").inc()
        return labels.OTHER

    def turn(self, outcome: Outcome) -> None:
        """Count one outcome of the guarded route."""
        model = self.model(outcome.model)
        self.outcomes.labels(outcome.fate, outcome.mode).inc()
        self.request(outcome.route, outcome.status, labels.fault_of(outcome.fate, outcome.status))
        stream = "true" if outcome.stream else "false"
        self.request_duration.labels(outcome.route, stream).observe(outcome.total)
        if outcome.fate is Fate.DISCONNECTED:
            self.disconnects.labels(outcome.route).inc()
        if outcome.stream and outcome.first_byte is not None:
            self.first_token.labels(model).observe(outcome.first_byte)
        if outcome.reading is not None:
            self.detections.labels(detection_of(outcome.reading)).inc()
        if isinstance(outcome.reading, Reading):
            self._count_scores(outcome.reading)
        if outcome.detection is not None:
            self.detection_duration.observe(outcome.detection)
        if outcome.decision is None or not outcome.is_answered:
            return
        domain = outcome.domain
        self.overhead.labels("before_upstream", outcome.mode).observe(outcome.before_upstream or 0.0)
        self.overhead.labels("held", outcome.mode).observe(outcome.held)
        if outcome.waited is not None:
            self.overhead.labels("waited", outcome.mode).observe(outcome.waited)
        self.turns.labels(outcome.emotion, domain, outcome.belief, model, outcome.arm, self._version).inc()
        self.decisions.labels(outcome.arm, domain, outcome.check).inc()

    def _count_scores(self, reading: Reading) -> None:
        for head, scores in reading.scores.items():
            bins = self._bins[head]
            for name, score in scores.items():
                if name in bins:
                    bins[name][labels.bin_of(score)].inc()

    def request(self, route: str, status: int, fault: str) -> None:
        """Count one HTTP request that ended."""
        self.requests.labels(route, labels.code_of(status), fault).inc()

    def check(self, job: Job, settlement: Settlement) -> None:
        """Count one check that ended, and what it did to its answer."""
        verdict = settlement.verdict
        model, arm, domain = self.model(job.model), job.decision.arm, job.reading.main_domain
        belief = belief_of(job.reading)
        stratum = (domain, belief, model, arm, verdict.kind, self._version)
        self.checks.labels(job.reading.main_emotion, *stratum).inc()
        if verdict.kind in _WEIGHED:
            weight = labels.weight_of(job.decision)
            self.weight.labels(*stratum).inc(weight)
            self.weight_squared.labels(*stratum).inc(weight**2)
        if verdict.kind is Kind.UNABLE:
            self.unable.labels(model, arm, verdict.reason, self._version).inc()
        self.actions.labels(domain, model, arm, verdict.kind, settlement.action).inc()
        if job.decision.mode is Mode.CORRECT and is_confirmed(verdict):
            self.corrections.labels(labels.correction_of(settlement)).inc()
        if verdict.second_opinion is not None:
            self.second_opinions.labels(verdict.second_opinion).inc()
        if verdict.neutralisation is not None:
            method = "model" if verdict.neutralisation == "rewritten" else "rules"
            self.neutralisations.labels(method, verdict.neutralisation).inc()
        if verdict.neutral_answer is not None:
            self.neutral_answers.labels("cached" if verdict.cached else "asked").inc()
        for kind, count in verdict.tokens.items():
            self.tokens.labels("check", kind).inc(count)


def detection_of(reading: Reading | Undetected) -> str:
    """The `outcome` label of a detection."""
    if isinstance(reading, Reading):
        return "truncated" if reading.truncated else "ok"
    return "skipped" if reading is Undetected.OFF else reading.value


def _create(metric: MetricWrapperBase, *values: object) -> None:
    for combination in product(*values):  # type: ignore[call-overload]
        metric.labels(*combination)
