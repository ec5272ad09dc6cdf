"""`coolhead serve`; that it serves is shown in tests/e2e."""

import subprocess
import sys

import pytest


def serve(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command run to its end, with an empty environment but for `variables`."""
    command = [sys.executable, "-m", "guard", "serve", *options]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin", **variables}
    )


def test_without_an_upstream() -> None:
    """It says which setting is missing and what to do, and ends with 2."""
    done = serve()

    assert 2 == done.returncode
    assert "COOLHEAD_UPSTREAM_URL is not set" in done.stderr
    assert "--upstream-url" in done.stderr


def test_every_problem_and_no_traceback() -> None:
    """All problems come at once, in words."""
    done = serve("--port", "0", COOLHEAD_CONTROL_RATE="2", COOLHEAD_TYPO="x")

    assert 2 == done.returncode
    for name in ("COOLHEAD_UPSTREAM_URL", "COOLHEAD_PORT", "COOLHEAD_CONTROL_RATE", "COOLHEAD_TYPO"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("model", ["nowhere"])
def test_a_model_that_is_not_there(model: str) -> None:
    """A detector that cannot be loaded is told in one line."""
    done = serve("--upstream-url", "http://localhost:1/v1", COOLHEAD_DETECTOR_MODEL=model, COOLHEAD_LOG_FORMAT="json")

    assert 2 == done.returncode
    assert "nowhere holds no manifest.json" in done.stderr
    assert "Traceback" not in done.stderr
