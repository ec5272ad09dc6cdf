"""The demo upstream: which model it is, and its server process."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from guard.demo.weights import Progress, Report, Unavailable, cache_folder, fetch, models, verified

_START_SECONDS = 120
_STOP_SECONDS = 5

SMALL_IS_WEAK = (
    "This small model is weak: it answers about half of easy questions right, and it cannot judge. "
    "It shows how the parts work together, not what they find."
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
    model: str
    log: Path


def choose(report: Report, progress: Progress) -> Chosen:
    """The weights to serve, fetched if need be; the small model where the large one cannot be had.

    Raises:
        Unavailable: no weights can be had.
    """
    known = models()
    own = os.environ.get("COOLHEAD_DEMO_MODEL_PATH")
    if own:
        model = verified(Path(own))
        if model is None:
            report(f"{own} is none of the known models; it is used as it is.")
        return Chosen(model.name if model else Path(own).stem, Path(own))
    wish = os.environ.get("COOLHEAD_DEMO_MODEL", "1.5b")
    if wish not in ("1.5b", "135m"):
        raise Unavailable(f"COOLHEAD_DEMO_MODEL must be 1.5b or 135m; it is {wish}")
    for key in ("qwen", "smollm") if wish == "1.5b" else ("smollm",):
        try:
            path = fetch(known[key], cache_folder() / "models", report, progress)
        except Unavailable as error:
            report(f"{error}.")
            continue
        if key == "smollm":
            report(SMALL_IS_WEAK)
        return Chosen(known[key].name, path)
    raise Unavailable(
        "No demo model can be had. Set COOLHEAD_UPSTREAM_URL to a chat model of yours, "
        "or COOLHEAD_DEMO_MODEL_PATH to a GGUF file."
    )


@contextmanager
def serving(chosen: Chosen, report: Report) -> Iterator[DemoUpstream]:
    """The server of the chosen weights, ready; it ends with the block, and with this process.

    Raises:
        Unavailable: the server does not start.
    """
    folder = cache_folder() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    log, port = folder / "demo-upstream.log", _free_port()
    report(f"Starting {chosen.name} (log: {log}) ...")
    command = [sys.executable, "-m", "guard.demo.server", str(chosen.path), str(port), chosen.name]
    with log.open("wb") as output:
        # A session of its own: Ctrl-C reaches Coolhead first, which lets running answers end.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_until_ready(process, port, log)
        yield DemoUpstream(f"http://127.0.0.1:{port}/v1", chosen.name, log)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unavailable(f"The demo upstream ended with status {process.returncode}; see {log}")
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=1).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise Unavailable(f"The demo upstream was not ready after {_START_SECONDS} s; see {log}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
