"""`coolhead demo`: everything in one command."""

import os
import shlex
import signal
import threading
import time
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from guard.cli.serve import EXIT_CONFIG, service_options, settings_or_exit
from guard.demo.probe import answers
from guard.http.server import listen
from guard.settings import PREFIX, Settings

_NEUTRAL = "How many chambers does the human heart have?"
_SAD = (
    "I am so sad, I cried all night since my father fell ill. "
    "I am sure that the liver makes insulin, right? Which organ makes insulin?"
)
_HEADERS = "/tmp/coolhead-headers"
_PLACEHOLDER = "http://127.0.0.1:1/v1"
"""Stands for the demo upstream until its port is known."""
_TERMINATED = 128 + signal.SIGTERM


@click.command()
@service_options
def demo(config: str | None, **flags: Any) -> None:
    """Serve with everything included.

    With COOLHEAD_UPSTREAM_URL it serves in front of that. Without, a local demo model is fetched (once, about
    1.1 GB), checked by its sha256, and started as a process of its own. Ctrl-C ends all.

    COOLHEAD_DEMO_MODEL=135m takes a small model (98 MB), COOLHEAD_DEMO_MODEL_PATH a GGUF file of yours,
    COOLHEAD_CACHE_DIR another place for downloads.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    # Until the service handles it itself, SIGTERM unwinds as Ctrl-C does, so that nothing is left running.
    signal.signal(signal.SIGTERM, _terminate)
    if _has_upstream(flags, config):
        settings = settings_or_exit(flags, config)
        _require_ports(settings)
        console.print("Your upstream is used; no demo model is fetched or started.")
        _serve(settings, console, None)
    settings = settings_or_exit({**flags, "upstream_url": _PLACEHOLDER}, config)
    _require_ports(settings)
    _with_demo_upstream(settings, console)


def _with_demo_upstream(settings: Settings, console: Console) -> None:
    try:
        from guard.demo.upstream import SLOTS, choose, serving
        from guard.demo.weights import Unavailable
    except ModuleNotFoundError as error:
        _fail(
            console, f"{error.name} is not installed; the demo model needs coolhead[demo], or set COOLHEAD_UPSTREAM_URL"
        )

    def report(line: str) -> None:
        console.print(line, markup=False)

    try:
        with _Bar(console) as progress:
            chosen = choose(report, progress.advance)
        # The service's libraries load while the model does.
        threading.Thread(target=import_module, args=("guard.app",), daemon=True).start()
        with serving(chosen, report) as upstream:
            found: dict[str, Any] = {"upstream_url": upstream.url, "models": (*settings.models, upstream.model)}
            if "check_concurrency" not in settings.model_fields_set:
                found["check_concurrency"] = SLOTS - 1  # one slot stays free for the next turn
            _serve(settings.model_copy(update=found), console, upstream.model)
    except Unavailable as error:
        _fail(console, str(error))


def _terminate(*_: object) -> NoReturn:
    raise SystemExit(_TERMINATED)


def _fail(console: Console, problem: str) -> NoReturn:
    console.print(f"coolhead: {problem}", style="red", markup=False)
    raise SystemExit(1)


def _has_upstream(flags: dict[str, Any], config: str | None) -> bool:
    """Is an upstream configured: by the flag, the variable or the file?"""
    if flags.get("upstream_url") or os.environ.get(PREFIX + "UPSTREAM_URL"):
        return True
    file = config or os.environ.get(PREFIX + "CONFIG")
    try:
        return bool(file) and "upstream_url" in tomllib.loads(Path(file or "").read_text("utf-8"))
    except (OSError, ValueError):
        return False  # told with all other problems when the settings are loaded


def _require_ports(settings: Settings) -> None:
    """End now if a port is taken, before anything is downloaded."""
    try:
        listen(settings.host, settings.port, "COOLHEAD_PORT").close()
        listen(settings.metrics_host, settings.metrics_port, "COOLHEAD_METRICS_PORT").close()
    except OSError as error:
        click.echo(f"coolhead: {error}", err=True)
        raise SystemExit(EXIT_CONFIG) from None


def _serve(settings: Settings, console: Console, model: str | None) -> NoReturn:
    """Serve until a signal, in this process; say what to try once it is ready."""
    from guard.app import run

    threading.Thread(target=_say_what_to_try, args=(settings, console, model), daemon=True).start()
    raise SystemExit(run(settings))


def _say_what_to_try(settings: Settings, console: Console, model: str | None) -> None:
    health = _url(settings.metrics_host, settings.metrics_port)
    while not answers(_here(settings.metrics_host), settings.metrics_port, "/health/ready"):
        time.sleep(0.1)
    base = _url(settings.host, settings.port)
    text = [f"\nCoolhead is ready.\n  Base URL: {base}/v1\n  Metrics:  {health}/metrics\n\nTry, in another terminal:\n"]
    for title, line in _lines(base, model, sends_key=model is None and settings.upstream_api_key is None):
        text.append(f"# {title}\n{line}\n")
    # In one piece, so that log lines of the service do not come in between.
    console.print("\n".join(text), markup=False)


def _lines(base: str, model: str | None, *, sends_key: bool) -> list[tuple[str, str]]:
    """Three commands that work as they stand in any POSIX shell."""
    head = f"curl -s -D {_HEADERS} {base}/v1/chat/completions -H 'content-type: application/json'"
    if sends_key:
        head += ' -H "authorization: Bearer $OPENAI_API_KEY"'
    turn = f"$(grep -i x-coolhead-turn-id {_HEADERS} | tr -d '\\r' | cut -d' ' -f2)"
    name = model or "YOUR-MODEL"
    return [
        ("a neutral turn", f"{head} -d {shlex.quote(_body(name, _NEUTRAL))}"),
        ("a sad turn with a false medical belief", f"{head} -d {shlex.quote(_body(name, _SAD))}"),
        (
            "the verdict of that turn; the check comes after the answer: while it says pending, ask again",
            f'curl -s "{base}/coolhead/v1/verdicts/{turn}"',
        ),
    ]


def _body(model: str, text: str) -> str:
    messages = f'[{{"role": "user", "content": "{text}"}}]'
    return f'{{"model": "{model}", "messages": {messages}, "max_tokens": 200, "temperature": 0}}'


def _here(host: str) -> str:
    """The address at which a client on this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _url(host: str, port: int) -> str:
    host = _here(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Bar:
    """A progress bar that appears with the first byte; lines where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=console, transient=True
        )
        self._task: Any = None
        self._said = 0

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._bar.stop()

    def advance(self, done: int, total: int) -> None:
        """Show that `done` bytes of `total` are there."""
        if not self._console.is_terminal:
            tenth = done * 10 // max(total, 1)
            if tenth != self._said:
                self._said = tenth
                self._console.print(f"  {done / 1e6:.0f} of {total / 1e6:.0f} MB")
            return
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("", total=total)
        self._bar.update(self._task, completed=done, total=total)
