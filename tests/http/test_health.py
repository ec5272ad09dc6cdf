"""The operators' listener, on a real thread and socket."""

import urllib.error
import urllib.request

import pytest

from guard.core.policy import Policy
from guard.http.health import operators_app
from guard.http.server import OperatorsServer, listen
from guard.observe.metrics import Metrics


def get(url: str) -> tuple[int, bytes]:
    """Status and body."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_health_and_metrics() -> None:
    """Live is 200 always; ready is 503 with its reasons while there are any; the metrics are there."""
    problems = {"worker": "is not running"}
    listener = listen("127.0.0.1", 0, "COOLHEAD_METRICS_PORT")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with OperatorsServer(operators_app(Metrics(Policy()).registry, lambda: dict(problems)), listener):
        assert 200 == get(url + "/health/live")[0]
        status, body = get(url + "/health/ready")
        assert (503, True) == (status, b"is not running" in body)
        problems.clear()
        assert 200 == get(url + "/health/ready")[0]
        status, page = get(url + "/metrics")
        assert (200, True) == (status, b"coolhead_turn_outcomes_total" in page)
        assert 404 == get(url + "/v1/models")[0]
    listener.close()


def test_a_port_that_is_taken() -> None:
    """The error names the setting that helps."""
    with listen("127.0.0.1", 0, "COOLHEAD_PORT") as taken, pytest.raises(OSError, match="COOLHEAD_PORT"):
        listen("127.0.0.1", taken.getsockname()[1], "COOLHEAD_PORT")
