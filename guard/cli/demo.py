"""`coolhead demo`: everything in one command."""

import os
import shlex
import threading
import time
from typing import Any

import httpx
import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

from guard.cli.serve import service_options, settings_or_exit
from guard.http.server import listen
from guard.settings import PREFIX, Settings

_NEUTRAL = "How many chambers does the human heart have?"
_SAD = (
    "I have been crying all night, I feel so alone since my mother fell ill. "
    "I think antibiotics cure a cold, since they kill viruses, right?"
)
_PLACEHOLDER = "http://127.0.0.1:1/v1"


@click.command()
@service_options
def demo(config: str | None, **flags: Any) -> None:
    """Serve with everything included.

    With COOLHEAD_UPSTREAM_URL it serves in front of that. Without, a local demo model is fetched (once, about
    1.1 GB), checked by its sha256, and started as a process of its own. Ctrl-C ends all.

    COOLHEAD_DEMO_MODEL=135m takes a small model (98 MB), COOLHEAD_DEMO_MODEL_PATH a GGUF file of yours,
    COOLHEAD_CACHE_DIR another place for downloads.
    """
    console = Console(stderr=True)
    own = flags.get("upstream_url") or os.environ.get(PREFIX + "UPSTREAM_URL") or _in_file(config)
    if own:
        console.print(f"Your upstream is used; no demo model is fetched or started: {own}", highlight=False)
        _serve(settings_or_exit(flags, config), console, None)
    settings = settings_or_exit({**flags, "upstream_url": _PLACEHOLDER}, config)
    _require_ports(settings)
    from guard.demo.upstream import choose, serving
    from guard.demo.weights import Unavailable

    try:
        with _Bar(console) as advance:
            chosen = choose(lambda line: console.print(line, highlight=False), advance)
        with serving(chosen, lambda line: console.print(line, highlight=False)) as upstream:
            found = settings.model_copy(
                update={"upstream_url": upstream.url, "models": (*settings.models, upstream.model)}
            )
            _serve(found, console, upstream.model)
    except Unavailable as error:
        console.print(f"coolhead: {error}", style="red", highlight=False)
        raise SystemExit(1) from None


def _in_file(config: str | None) -> str | None:
    """The upstream that the settings file names."""
    if not (config or os.environ.get(PREFIX + "CONFIG")):
        return None
    return settings_or_exit({}, config).upstream_url


def _require_ports(settings: Settings) -> None:
    """End now if a port is taken, before anything is downloaded."""
    try:
        listen(settings.host, settings.port, "COOLHEAD_PORT").close()
        listen(settings.metrics_host, settings.metrics_port, "COOLHEAD_METRICS_PORT").close()
    except OSError as error:
        click.echo(f"coolhead: {error}", err=True)
        raise SystemExit(2) from None


def _serve(settings: Settings, console: Console, model: str | None) -> None:
    """Serve until a signal, in this process; say what to try once it is ready. Does not return."""
    from guard.app import run

    threading.Thread(target=_say_what_to_try, args=(settings, console, model or "YOUR-MODEL"), daemon=True).start()
    raise SystemExit(run(settings))


def _say_what_to_try(settings: Settings, console: Console, model: str) -> None:
    health = f"http://{settings.metrics_host}:{settings.metrics_port}"
    while not _is_ready(health):
        time.sleep(0.1)
    base = f"http://{settings.host}:{settings.port}"
    console.print(f"\nCoolhead is ready. Base URL: {base}/v1   Metrics: {health}/metrics\nTry:\n", highlight=False)
    for title, line in _lines(base, model):
        console.print(f"# {title}", style="dim", highlight=False)
        console.print(f"{line}\n", soft_wrap=True, highlight=False, markup=False)


def _lines(base: str, model: str) -> list[tuple[str, str]]:
    """Three commands that work as they stand in any shell."""
    head = f"curl -s -D /tmp/coolhead-headers {base}/v1/chat/completions -H 'content-type: application/json' -d "
    turn = "$(grep -i x-coolhead-turn-id /tmp/coolhead-headers | tr -d '\\r' | cut -d' ' -f2)"
    return [
        ("a neutral turn", head + shlex.quote(_body(model, _NEUTRAL))),
        ("a sad turn with a false medical belief", head + shlex.quote(_body(model, _SAD))),
        (
            "the verdict of that turn (it is checked afterwards; 'pending' means: ask again)",
            f"curl -s {base}/coolhead/v1/verdicts/{turn}",
        ),
    ]


def _body(model: str, text: str) -> str:
    return f'{{"model": "{model}", "messages": [{{"role": "user", "content": "{text}"}}], "max_tokens": 200}}'


def _is_ready(health: str) -> bool:
    try:
        return httpx.get(f"{health}/health/ready", timeout=1).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


class _Bar:
    """A progress bar that appears with the first byte; lines where there is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), console=console, transient=True
        )
        self._task: Any = None
        self._said = 0

    def __enter__(self) -> "Any":
        return self._advance

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._bar.stop()

    def _advance(self, done: int, total: int) -> None:
        if not self._console.is_terminal:
            tenth = done * 10 // max(total, 1)
            if tenth != self._said:
                self._said = tenth
                self._console.print(f"  {done / 1e6:.0f} of {total / 1e6:.0f} MB", highlight=False)
            return
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("", total=total)
        self._bar.update(self._task, completed=done, total=total)
