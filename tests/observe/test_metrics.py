"""The metrics, read as Prometheus reads them."""

from dataclasses import replace
from pathlib import Path

import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families

from guard.core.outcome import Fate
from guard.core.policy import FlagOn, Mode, Policy, decide
from guard.core.reading import DOMAINS, EMOTIONS, Undetected
from guard.core.settlement import Settlement
from guard.core.verdict import Kind, Unable, Verdict
from guard.observe.metrics import Metrics
from tests.observe.outcomes import DELIVERED, delivered, job, reading

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(metrics: Metrics) -> Samples:
    """All samples of the page."""
    page = prometheus_client.generate_latest(metrics.registry).decode()
    families = text_string_to_metric_families(page)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def changed(before: Samples, after: Samples) -> dict[str, float]:
    """By how much each `coolhead_*` counter family grew, over all labels."""
    grown: dict[str, float] = {}
    for (name, labels), value in after.items():
        if name.startswith("coolhead_") and name.endswith("_total") and value != before.get((name, labels), 0):
            grown[name] = grown.get(name, 0) + value - before.get((name, labels), 0)
    return grown


def test_one_turn_counts_once() -> None:
    """A turn is one outcome, one request, one of the population, one decision, one detection, one score a label."""
    metrics = Metrics(Policy(), ("m",))
    before = samples(metrics)

    metrics.turn(delivered(reading("sadness", "medical", belief=True)))

    assert {
        "coolhead_turn_outcomes_total": 1,
        "coolhead_http_requests_total": 1,
        "coolhead_turns_total": 1,
        "coolhead_sampling_decisions_total": 1,
        "coolhead_detections_total": 1,
        "coolhead_detector_scores_total": 12,
    } == changed(before, samples(metrics))


@pytest.mark.parametrize("flag_on", FlagOn)
def test_no_series_is_born_late(flag_on: FlagOn) -> None:
    """Whatever happens to turns and checks, no counter series appears that was not there from the start."""
    policy = Policy(flag_on=flag_on, control_rate=0.5)
    metrics = Metrics(policy, ("m",))
    born = samples(metrics).keys()
    every = [
        reading(*names, belief=belief, crisis=belief, emotion=emotion)
        for emotion in (True, False)
        for belief in (None, True, False)
        for names in _combinations()
    ]

    for found in every:
        metrics.turn(delivered(found, policy))
        metrics.turn(replace(delivered(found, policy), model="unheard-of"))
        if job(found, policy).decision.checked:
            for kind in Kind:
                verdict = Verdict(kind, neutralisation="full", tokens={"prompt": 3, "completion": 1})
                told = replace(verdict, reason="parse") if kind is Kind.UNABLE else verdict
                metrics.check(job(found, policy), Settlement(told))
    for fate in Fate:
        for mode in Mode:
            metrics.turn(replace(DELIVERED, fate=fate, mode=mode, status=502))
    for why in Undetected:
        metrics.turn(replace(DELIVERED, reading=why, decision=decide(why, Mode.OBSERVE, policy, draw=0.0)))
    for reason in Unable:
        metrics.check(job(reading("fear", "medical"), policy), Settlement(Verdict.unable(reason)))

    late = {name for name, _ in samples(metrics).keys() - born}
    assert not late


def _combinations() -> list[tuple[str, ...]]:
    emotions = [(), ("sadness",), ("anger",), ("joy",), ("disgust",), ("surprise",), ("fear",)]
    domains = [(), ("medical",), ("mental_health",), ("legal",), ("financial",), ("disinformation",)]
    return [(*emotion, *domain) for emotion in emotions for domain in domains]


def test_controls_weigh_more() -> None:
    """A control that was checked with probability 0.1 stands for ten turns."""
    metrics = Metrics(Policy(control_rate=0.1), ("m",))

    metrics.check(job(reading(), Policy(control_rate=0.1)), Settlement(Verdict(Kind.CONTRADICTED)))

    weight = [v for (name, labels), v in samples(metrics).items() if name == "coolhead_checks_weight_total" and v]
    squared = [v for (name, _), v in samples(metrics).items() if name == "coolhead_checks_weight_squared_total" and v]
    assert ([10.0], [100.0]) == (weight, squared)


def test_undelivered_turns_are_no_population() -> None:
    """A turn whose answer did not arrive is an outcome and not part of any rate."""
    metrics = Metrics(Policy(), ("m",))
    before = samples(metrics)

    left = replace(delivered(reading("sadness")), fate=Fate.DISCONNECTED, status=499)
    metrics.turn(replace(left, check="not_sampled"))
    grown = changed(before, samples(metrics))
    metrics.turn(left)

    assert "coolhead_turns_total" not in grown
    # One that was checked before its client left is in the population as in the checks.
    assert changed(before, samples(metrics))["coolhead_turns_total"] == 1
    assert grown["coolhead_turn_outcomes_total"] == 1
    assert grown["coolhead_client_disconnects_total"] == 1


def test_scores_are_counted_in_their_bins() -> None:
    """Each label of each head that was read counts once for a turn, in the bin of its probability."""
    metrics = Metrics(Policy(), ("m",))
    found = replace(reading("sadness", "medical", belief=True), crisis=0.25)

    metrics.turn(delivered(found))

    assert {
        ("emotion", "sadness", "9"),
        *(("emotion", name, "0") for name in EMOTIONS if name != "sadness"),
        ("domain", "medical", "9"),
        *(("domain", name, "0") for name in DOMAINS if name != "medical"),
        ("belief", "belief", "9"),
        ("crisis", "crisis", "2"),
    } == set(_scores(metrics))


def test_heads_that_were_not_read_have_no_scores() -> None:
    """What was not looked for, or not read at all, counts in no bin: not as improbable either."""
    metrics = Metrics(Policy(), ("m",))

    metrics.turn(delivered(reading("medical", emotion=False)))
    metrics.turn(replace(DELIVERED, reading=Undetected.DEADLINE))

    assert {"domain"} == {head for head, _, _ in _scores(metrics)}


def test_labels_of_a_foreign_model_have_no_scores() -> None:
    """A label outside the vocabulary makes no series, and harms no turn."""
    metrics = Metrics(Policy(), ("m",))

    metrics.turn(delivered(replace(reading(), emotion={"awe": 0.3}, domain={"legal": 0.3})))

    assert {("domain", "legal", "3"): 1.0} == _scores(metrics)


def _scores(metrics: Metrics) -> dict[tuple[str, str, str], float]:
    """The scores that were counted, by head, label and bin."""
    return {
        (by["head"], by["label"], by["bin"]): value
        for (name, labels), value in samples(metrics).items()
        if name == "coolhead_detector_scores_total" and value
        for by in [dict(labels)]
    }


def test_reference_shares() -> None:
    """What scores are compared with stands on the page as the manifest gives it, and nothing where it is silent."""
    metrics = Metrics(Policy())
    shares = (0.5, 0.25, 0.25, *[0.0] * 7)

    metrics.describe(detector="d", sha256="s", reference={"belief": {"belief": shares}})

    found = {dict(by)["bin"]: value for (name, by), value in samples(metrics).items() if name.endswith("share_ratio")}
    assert found == dict(zip("0123456789", shares, strict=True))


def test_model_names_are_closed() -> None:
    """A model name that nobody configured is `other`, and the overflow is counted."""
    metrics = Metrics(Policy(), ("m",))

    assert ["m", "other", "other"] == [metrics.model(name) for name in ("m", "x", 'evil"}')]
    assert samples(metrics)["coolhead_label_overflow_total", frozenset({("label", "model")})] == 2


def test_every_family_is_documented() -> None:
    """docs/metrics.md names every family, with its labels."""
    table = Path("docs/metrics.md").read_text()
    metrics = Metrics(Policy())
    metrics.describe(detector="d", sha256="s", reference={})

    for family in metrics.registry.collect():
        if family.name.startswith("coolhead_"):
            suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
            assert f"| `{family.name}{suffix}` |" in table, family.name
