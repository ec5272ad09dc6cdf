"""Exactly one outcome for each guarded request, whatever happens to it."""

import contextlib
import http.client
from collections import Counter

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead, eventually
from tests.upstreams.scripted import ScriptedUpstream

OUTCOMES = "coolhead_turn_outcomes_total"
EXPECTED = {
    "delivered": ["plain", "tools", "n2", "gzip", "sse-crlf", "sse-split-7", "unknown-fields", "slow"],
    "upstream_error": ["error-400", "error-401", "error-429", "error-500", "error-event"],
    "upstream_broken": ["fault-close", "fault-reset", "fault-garbage", "fault-short-gzip", "fault-no-finish"],
    "upstream_timeout": ["hang", "fault-stall"],
}


def leave(coolhead: Coolhead) -> None:
    """Begin a stream and go away."""
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body("endless", stream=True)
    with client.opened(url, body, [client.JSON]) as (_, response):
        response.read1(10)


def test_a_mix_of_everything_adds_up(start: Start, upstream: ScriptedUpstream) -> None:
    """After answers, errors, faults, refusals and disconnects each fate has its count and the sum is the requests'."""
    coolhead = start(upstream_timeout="1", max_request_bytes="100000")
    expected = Counter({fate: len(models) for fate, models in EXPECTED.items()})
    for model in [model for models in EXPECTED.values() for model in models]:
        with contextlib.suppress(http.client.IncompleteRead):
            client.chat(coolhead.base_url, model, stream=True)
    for body in (b"{", b"", b"x" * 200_000):
        client.call(f"{coolhead.base_url}/chat/completions", body)
    client.chat(coolhead.base_url, "plain", headers=[("X-Coolhead-Mode", "block")])
    for _ in range(3):
        leave(coolhead)
    client.call(f"{coolhead.base_url}/models", method="GET")  # not a turn
    expected |= Counter({"rejected": 4, "disconnected": 3})

    eventually(lambda: coolhead.total(OUTCOMES) >= sum(expected.values()))
    found = {fate: coolhead.total(OUTCOMES, fate=fate) for fate in [*expected, "internal", "cut"]}
    assert found == {**expected, "internal": 0, "cut": 0}
    assert coolhead.total(OUTCOMES) == sum(expected.values())
    assert coolhead.total("coolhead_http_requests_total", route="chat_completions") == sum(expected.values())
    assert coolhead.total("coolhead_turns_total") == expected["delivered"]
    assert coolhead.total("coolhead_http_requests_in_flight") == 0
    lines = Counter(line["turn_id"] for line in coolhead.log_lines("turn"))
    assert len(lines) == sum(expected.values())
    assert set(lines.values()) == {1}
    assert "Traceback" not in coolhead.log_text


def test_every_fate_is_there_from_the_start(start: Start) -> None:
    """A rate over a fate that has not happened yet is zero and not absent."""
    coolhead = start()

    fates = {dict(labels)["fate"] for (name, labels) in coolhead.metrics() if name == OUTCOMES}

    assert fates >= {*EXPECTED, "disconnected", "rejected", "upstream_unreachable", "cut", "internal"}
    assert coolhead.total(OUTCOMES) == 0


def test_checked_turns_end_with_a_verdict(start: Start) -> None:
    """Each turn that was chosen for a check has a verdict document in the end, and one count."""
    coolhead = start(control_rate="1", detector_deadline_ms="5000")

    ids = [client.chat(coolhead.base_url, "plain", stream=stream).turn_id for stream in (False, True) * 3]

    def verdicts() -> list[str]:
        urls = [f"{coolhead.root}/coolhead/v1/verdicts/{turn_id}" for turn_id in ids]
        return [client.call(url, method="GET").json.get("status") for url in urls]

    eventually(lambda: verdicts() == ["done"] * len(ids), timeout=30)
    eventually(lambda: coolhead.total("coolhead_checks_total") == len(ids))
