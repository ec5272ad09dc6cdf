"""The demo upstream: which model it is, and its server process."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guard.demo.probe import answers
from guard.demo.sources import Progress, Report
from guard.demo.weights import Unavailable, cache_folder, fetch, models, own

SLOTS = 8
"""Of the server: each step of a check has examples of its own, and finds them read where a slot is left for them."""

_START_SECONDS = 120
_STOP_SECONDS = 5
_SIZES = {"1.5b": ("qwen", "smollm"), "135m": ("smollm",)}
"""Which known models serve a wish, best first."""

SMALL_IS_WEAK = (
    "This is the small model: it gets about half of easy questions right, where the large one gets nearly all, "
    "and it cannot judge. It shows how the parts work together, not what they find."
)
NO_MODEL = (
    "No demo model can be had. Set COOLHEAD_UPSTREAM_URL to the base URL of a chat model of yours (with /v1), "
    "or COOLHEAD_DEMO_MODEL_PATH to a GGUF file."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The weights that are served."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class DemoUpstream:
    """A running demo upstream."""

    url: str
    """Base URL, with /v1."""
    model: str
    log: Path
    pid: int


def choose(report: Report, progress: Progress) -> Chosen:
    """The weights to serve, fetched if need be; the small model where the large one cannot be had.

    Raises:
        Unavailable: no weights can be had.
    """
    path = os.environ.get("COOLHEAD_DEMO_MODEL_PATH")
    if path:
        return _of_the_user(Path(path).expanduser(), report)
    wish = (os.environ.get("COOLHEAD_DEMO_MODEL") or "1.5b").lower()
    if wish not in _SIZES:
        raise Unavailable(f"COOLHEAD_DEMO_MODEL must be 1.5b or 135m; it is {wish}")
    known = models()
    for key in _SIZES[wish]:
        try:
            found = fetch(known[key], cache_folder() / "models", report, progress)
        except Unavailable as error:
            report(f"{error}.")
            continue
        if key == "smollm":
            report(SMALL_IS_WEAK)
        return Chosen(known[key].name, found)
    raise Unavailable(NO_MODEL)


def _of_the_user(path: Path, report: Report) -> Chosen:
    model = own(path)
    if model is None:
        report(f"Warning: {path} is none of the known models; it is used unchecked.")
    return Chosen(model.name if model else path.stem, path)


@contextmanager
def serving(chosen: Chosen, report: Report) -> Iterator[DemoUpstream]:
    """The server of the chosen weights, ready; it ends with the block, and with this process.

    Raises:
        Unavailable: the server does not start.
    """
    log, port = _log_file(), _free_port()
    report(f"Starting {chosen.name} (log: {log}) ...")
    command = [sys.executable, "-m", "guard.demo.server", str(chosen.path), str(port), chosen.name, str(SLOTS)]
    with log.open("wb") as output:
        # A session of its own: Ctrl-C reaches Coolhead first, which lets running answers end.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True)
    stopping = threading.Event()
    try:
        _wait_until_ready(process, port, log)
        threading.Thread(target=_watch, args=(process, stopping, report, log), daemon=True).start()
        yield DemoUpstream(f"http://127.0.0.1:{port}/v1", chosen.name, log, process.pid)
    finally:
        stopping.set()
        _end(process)


def _watch(process: subprocess.Popen[bytes], stopping: threading.Event, report: Report, log: Path) -> None:
    """Tell when the server ends by itself: most likely the memory did not suffice."""
    status = process.wait()
    if not stopping.is_set():
        report(f"The demo upstream has ended (status {status}); see {log}. Start again; the small model needs less.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unavailable(
                f"The demo upstream ended with status {process.returncode}: {_last_line(log)} (log: {log})"
            )
        if answers("127.0.0.1", port, "/health"):
            return
        time.sleep(0.1)
    raise Unavailable(f"The demo upstream was not ready after {_START_SECONDS} s (log: {log})")


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _log_file() -> Path:
    folder = cache_folder() / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be used ({error.strerror}); set COOLHEAD_CACHE_DIR") from None
    return folder / "demo-upstream.log"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
