"""`coolhead demo` as a newcomer runs it."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from guard.demo.probe import answers
from tests.client import call
from tests.coolhead import COMMAND, eventually, free_port
from tests.demo.offers import NOWHERE
from tests.real import small_model
from tests.upstreams.scripted import ScriptedUpstream


class Demo:
    """A running `coolhead demo`."""

    def __init__(self, process: "subprocess.Popen[bytes]", out: Path) -> None:
        self.process = process
        self._out = out

    @property
    def said(self) -> str:
        """All that it has printed so far."""
        return self._out.read_text("utf-8", "replace")

    @property
    def is_ready(self) -> bool:
        """Has it said what to try?"""
        return "Try, in another terminal" in self.said or self.process.poll() is not None


@contextmanager
def demo(folder: Path, *arguments: str, **environment: str) -> Iterator[Demo]:
    """`coolhead demo` in a session of its own, with COOLHEAD_* variables by their names."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COOLHEAD_")}
    given = {f"COOLHEAD_{name.upper()}": value for name, value in environment.items()}
    port, metrics_port, out = free_port(), free_port(), folder / f"demo-{time.monotonic_ns()}.out"
    # Of an option that is given twice the later one holds.
    command = [COMMAND, "demo", "--port", str(port), "--metrics-port", str(metrics_port), *arguments]
    with out.open("wb") as output:
        process = subprocess.Popen(
            command, env=inherited | given, stdout=output, stderr=output, cwd=folder, start_new_session=True
        )
    try:
        yield Demo(process, out)
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo with the small model, ready."""
    folder = tmp_path_factory.mktemp("demo")
    path = str(small_model().path)
    with demo(folder, demo_model_path=path, cache_dir=str(folder / "cache"), log_format="json") as running:
        eventually(lambda: running.is_ready, 120, "the demo to be ready")
        assert running.process.poll() is None, running.said
        yield running


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_lines_work_as_printed(started: Demo, shell: str) -> None:
    """The three printed lines, pasted into a shell, give two answers and the verdict of the second."""
    lines = [line for line in started.said.splitlines() if line.startswith("curl ")]
    assert len(lines) == 3
    for line in lines[:2]:
        completion = json.loads(_shell(shell, line))
        assert completion["choices"][0]["message"]["content"]
    verdict = json.loads(_shell(shell, lines[2]))
    assert verdict["status"] in ("pending", "done")
    assert "sadness" in verdict["flags"]


def test_the_metrics_address_works(started: Demo) -> None:
    """The printed metrics address has the metrics, in which the demo's model has a label of its own."""
    (address,) = re.findall(r"http://\S+/metrics$", started.said, re.MULTILINE)
    page = call(address, method="GET").body.decode()
    assert f'model="{small_model().name}"' in page


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the service and the model's server, with status 0."""
    path = str(small_model().path)
    with demo(tmp_path, demo_model_path=path, cache_dir=str(tmp_path), log_format="json") as running:
        eventually(lambda: running.is_ready, 120, "the demo to be ready")
        (port,) = re.findall(r'"upstream":"http://127\.0\.0\.1:(\d+)/v1"', running.said)
        assert answers("127.0.0.1", int(port), "/health")
        running.process.send_signal(number)
        assert running.process.wait(30) == 0
        assert not answers("127.0.0.1", int(port), "/health")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_starting_ends_all(tmp_path: Path, number: signal.Signals) -> None:
    """A signal before the demo is ready leaves no process behind either."""
    path = tmp_path / "model-of-this-test.gguf"
    path.symlink_to(small_model().path)
    with demo(tmp_path, demo_model_path=str(path), cache_dir=str(tmp_path)) as running:
        eventually(lambda: _is_served(path), 60, "the model's server to start")
        running.process.send_signal(number)
        assert running.process.wait(30) != 0
        eventually(lambda: not _is_served(path), 20, "the end of the model's server")


def _is_served(path: Path) -> bool:
    found = subprocess.run(["ps", "-A", "-ww", "-o", "args"], capture_output=True, text=True, check=True)
    return f"guard.demo.server {path} " in found.stdout


@pytest.mark.parametrize("way", ["flag", "variable", "file"])
def test_with_an_upstream_nothing_is_fetched(shared_upstream: ScriptedUpstream, tmp_path: Path, way: str) -> None:
    """A configured upstream is used; no model is fetched or started, and it says so."""
    (tmp_path / "coolhead.toml").write_text(f'upstream_url = "{shared_upstream.url}"\n')
    arguments = {"flag": ["--upstream-url", shared_upstream.url], "file": ["--config", "coolhead.toml"]}.get(way, [])
    environment = {"upstream_url": shared_upstream.url} if way == "variable" else {}
    cache = tmp_path / "cache"
    with demo(tmp_path, *arguments, cache_dir=str(cache), **environment) as running:
        eventually(lambda: running.is_ready, 60, "the demo to be ready")
        assert "no demo model is fetched or started" in running.said
        assert "$OPENAI_API_KEY" in running.said
    assert not cache.exists()


def test_a_file_without_an_upstream_is_no_problem(tmp_path: Path) -> None:
    """A settings file that names no upstream leaves the demo its own: here it gets as far as its model's file."""
    (tmp_path / "coolhead.toml").write_text("control_rate = 0.5\n")
    with demo(tmp_path, "--config", "coolhead.toml", demo_model_path=str(tmp_path / "missing.gguf")) as running:
        assert running.process.wait(60) == 1
        assert "COOLHEAD_DEMO_MODEL_PATH: cannot read" in running.said


@pytest.mark.parametrize("has_upstream", [False, True])
def test_a_port_in_use_is_told_first(tmp_path: Path, has_upstream: bool) -> None:
    """A taken port is told with its setting before anything is fetched or started."""
    environment = {"upstream_url": NOWHERE} if has_upstream else {}
    with ExitStack() as stack:
        taken = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = int(taken.getsockname()[1])
        running = stack.enter_context(
            demo(tmp_path, "--port", str(port), cache_dir=str(tmp_path / "cache"), **environment)
        )
        assert running.process.wait(60) == 2
        assert f"cannot listen on 127.0.0.1:{port}" in running.said
        assert "COOLHEAD_PORT" in running.said
    assert not (tmp_path / "cache").exists()


def _shell(shell: str, line: str) -> str:
    return subprocess.run([shell, "-c", line], capture_output=True, text=True, check=True, timeout=120).stdout
