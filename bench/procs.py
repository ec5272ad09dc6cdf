"""Processes under measurement: started on their core, watched, stopped."""

import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.targets import CHAT, MOCK_PORT, OUT, Server

TARGET_CORE, LOAD_CORE = "0", "1"
"""The measured process has a core of its own; load generator and mock share the other."""


class NotReady(Exception):
    """A server did not start."""


class Running:
    """A started process and its children."""

    def __init__(self, key: str, command: list[str], core: str, env: dict[str, str], folder: Path) -> None:
        self.key = key
        self.log = OUT / f"{key}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["taskset", "-c", core, *command],
                env=os.environ | env,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def cpu(self) -> float:
        """Seconds of CPU used so far, children included."""
        seconds = 0.0
        for process in self._tree():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                seconds += times.user + times.system
        return seconds

    def memory(self) -> float:
        """Megabytes held: each page shared by n processes counts as 1/n (PSS)."""
        size = 0
        for process in self._tree():
            with contextlib.suppress(psutil.Error):
                size += process.memory_full_info().pss
        return size / 1e6

    def wait(self, url: str, body: bytes | None, headers: dict[str, str], limit: float = 120) -> None:
        """Return when `url` answers 200.

        Raises:
            NotReady: it ended or did not answer in time.
        """
        end = time.monotonic() + limit
        problem: object = "no answer"
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise NotReady(f"{self.key} ended with {self._process.returncode}; see {self.log}")
            try:
                fetch(url, body, headers)
                return
            except OSError as error:
                problem = error
            time.sleep(0.2)
        raise NotReady(f"{self.key} is not ready after {limit:.0f} s ({problem}); see {self.log}")

    def stop(self) -> None:
        """End it: politely, then not."""
        tree = self._tree()
        self._process.terminate()
        _, alive = psutil.wait_procs(tree, timeout=5)
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._process.wait()

    def _tree(self) -> list[psutil.Process]:
        try:
            process = psutil.Process(self._process.pid)
            return [process, *process.children(recursive=True)]
        except psutil.Error:
            return []


def fetch(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """The body of a 200.

    Raises:
        OSError: there is none.
    """
    request = urllib.request.Request(url, body, headers or {})
    with urllib.request.urlopen(request, timeout=10) as response:
        answer: bytes = response.read()
    return answer


@contextlib.contextmanager
def mock() -> Iterator[Running]:
    """The mock upstream."""
    running = Running("mock", [str(OUT / "mock"), str(MOCK_PORT)], LOAD_CORE, {}, OUT)
    try:
        running.wait(f"http://127.0.0.1:{MOCK_PORT}/stats", None, {}, limit=5)
        yield running
    finally:
        running.stop()


@contextlib.contextmanager
def serving(servers: list[Server], body: bytes) -> Iterator[dict[str, Running]]:
    """All servers, started together and ready."""
    started: dict[str, Running] = {}
    try:
        for server in servers:
            started[server.key] = Running(server.key, server.command, TARGET_CORE, server.env, server.folder)
        for server in servers:
            started[server.key].wait(*_probe(server, body))
        yield started
    finally:
        for running in started.values():
            running.stop()


def _probe(server: Server, body: bytes) -> tuple[str, bytes | None, dict[str, str]]:
    if server.ready_url:
        return server.ready_url, None, {}
    headers = dict(line.split(": ", 1) for line in server.headers)
    headers |= {"Content-Type": "application/json", "Authorization": "Bearer sk-bench"}
    return f"http://127.0.0.1:{server.port}{CHAT}", body, headers


def busy_seconds() -> float:
    """Seconds of CPU that the whole machine used since it started."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def own_seconds() -> float:
    """Seconds of CPU that this process and its ended children (load generators) used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def wait_for_quiet(patience: float, limit: float = 0.3) -> float:
    """Wait, at most `patience` seconds, until less than `limit` cores are busy; what is left of the patience."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = busy_seconds()
        time.sleep(0.25)
        if (busy_seconds() - before) / 0.25 < limit:
            break
    return max(0.0, end - time.monotonic())
