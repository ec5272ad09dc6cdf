"""Coolhead as users run it: the console script, a process of its own, on free ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from prometheus_client.parser import text_string_to_metric_families

from tests.upstreams.scripted import ScriptedUpstream

COMMAND = str(Path(sys.executable).with_name("coolhead"))
_STARTS_WITHIN = 60.0

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Endpoint(Protocol):
    """Something that speaks OpenAI's API."""

    @property
    def base_url(self) -> str:
        """The base URL, with /v1."""
        ...


class Direct:
    """The upstream itself."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url


class Coolhead:
    """A running `coolhead serve`."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, metrics_port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.root = f"http://127.0.0.1:{port}"
        self.metrics_url = f"http://127.0.0.1:{metrics_port}"
        self.log = log

    @property
    def log_text(self) -> str:
        """All that it has written so far."""
        return self.log.read_text("utf-8", "replace")

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        """The log lines of one kind of event."""
        whole, _, _ = self.log_text.rpartition("\n")  # the last line may still be on its way
        lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]

    def turn(self, turn_id: str | None, timeout: float = 10.0) -> dict[str, Any]:
        """The log line of one turn: exactly one, as soon as it is written."""

        def of_turn() -> list[dict[str, Any]]:
            return [line for line in self.log_lines("turn") if line["turn_id"] == turn_id]

        eventually(lambda: of_turn() != [], timeout, f"turn {turn_id} in the log")
        (line,) = of_turn()
        return line

    def verdict(self, turn_id: str, timeout: float = 10.0) -> dict[str, Any]:
        """The verdict document of a turn, once its check is done."""
        found: dict[str, Any] = {}

        def is_done() -> bool:
            with suppress(urllib.error.HTTPError):
                with urllib.request.urlopen(f"{self.root}/coolhead/v1/verdicts/{turn_id}", timeout=10) as answer:
                    found.update(json.load(answer))
            return found.get("status") == "done"

        eventually(is_done, timeout, f"the verdict on {turn_id}")
        return found

    def metrics(self) -> Samples:
        """All samples; the page may be a second old."""
        with urllib.request.urlopen(f"{self.metrics_url}/metrics", timeout=10) as answer:
            page = answer.read().decode()
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        }

    def total(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        wanted = set(labels.items())
        return sum(value for (found, having), value in self.metrics().items() if found == name and wanted <= having)

    def is_ready(self) -> bool:
        """Does /health/ready answer 200?"""
        try:
            with urllib.request.urlopen(f"{self.metrics_url}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.process.send_signal(signal.SIGTERM)


def eventually(condition: Callable[[], bool], timeout: float = 10.0, what: str = "the condition") -> None:
    """Wait until a condition is met.

    Raises:
        TimeoutError: it is not met in time.
    """
    until = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {timeout} s for {what}")
        time.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(upstream: ScriptedUpstream, folder: Path, **settings: str) -> Iterator[Coolhead]:
    """`coolhead serve` in front of `upstream`, ready; settings by their names. Ends it afterwards."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COOLHEAD_")}
    given = {"upstream_url": upstream.url, "checker_url": upstream.checker_url, "log_format": "json"} | settings
    environment |= {f"COOLHEAD_{name.upper()}": value for name, value in given.items()}
    port, metrics_port, log = free_port(), free_port(), folder / f"coolhead-{time.monotonic_ns()}.log"
    arguments = ["serve", "--port", str(port), "--metrics-port", str(metrics_port)]
    with log.open("wb") as out:
        process = subprocess.Popen([COMMAND, *arguments], env=environment, stdout=out, stderr=out, cwd=folder)
    coolhead = Coolhead(process, port, metrics_port, log)
    try:
        _await_ready(coolhead)
        yield coolhead
    finally:
        process.kill()
        process.wait(timeout=10)


def _await_ready(coolhead: Coolhead) -> None:
    def is_ready_or_over() -> bool:
        return coolhead.process.poll() is not None or coolhead.is_ready()

    eventually(is_ready_or_over, _STARTS_WITHIN, "Coolhead to be ready")
    if coolhead.process.poll() is not None:
        raise RuntimeError(f"Coolhead ended with {coolhead.process.returncode}:\n{coolhead.log_text}")
