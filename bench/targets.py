"""What is measured: the servers, how each is started, and the ways through them that make a row."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
OUT = HERE / "out"

MOCK_PORT = 9100
UPSTREAM = f"http://127.0.0.1:{MOCK_PORT}/v1"
CHAT = "/v1/chat/completions"


@dataclass(frozen=True)
class Server:
    """A process that is measured, pinned to a core of its own."""

    key: str
    title: str
    """Name and version, as the report prints it."""
    command: list[str]
    port: int
    env: dict[str, str] = field(default_factory=dict)
    folder: Path = OUT
    ready_url: str = ""
    """Answers 200 when it is ready; without it a chat request is tried."""
    headers: tuple[str, ...] = ()
    missing: str = ""
    """How to install it, if it is not there."""

    @property
    def metrics_url(self) -> str:
        """Where Coolhead's metrics are."""
        return self.ready_url.replace("/health/ready", "/metrics")


@dataclass(frozen=True)
class Target:
    """A way through a server: one row of the report."""

    key: str
    title: str
    server: str | None
    """None: straight to the mock."""
    path: str = CHAT
    headers: tuple[str, ...] = ()
    text: str = "seen"
    exact: bool = True
    """The answer must be the mock's, byte for byte; else it must hold its words."""


TARGETS = {
    target.key: target
    for target in (
        Target("direct", "no proxy", None),
        Target("nginx", "nginx", "nginx"),
        Target("pass", "Coolhead, other /v1 routes", "coolhead", path="/v1/embeddings"),
        Target("off", "Coolhead, chat, mode off", "coolhead", headers=("x-coolhead-mode: off",)),
        Target("seen", "Coolhead, chat, observe, text seen before", "coolhead"),
        Target("portkey", "Portkey gateway", "portkey", exact=False),
        Target("litellm", "LiteLLM proxy", "litellm", exact=False),
        Target("new", "Coolhead, chat, observe, new text", "coolhead", text="new"),
        Target("checked", "the same, and every answer is checked", "coolhead-checks", text="worried"),
        Target("tokens16", "16 tokens", "coolhead", text="tokens16"),
        Target("tokens64", "64 tokens", "coolhead", text="tokens64"),
        Target("tokens128", "128 tokens", "coolhead", text="tokens128"),
    )
}


def servers() -> dict[str, Server]:
    """All servers, those that are not installed too."""
    found = [_nginx(), *_coolheads(), _portkey(), _litellm()]
    return {server.key: server for server in found}


def _nginx() -> Server:
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") or ""
    title, folder = "nginx", OUT / "nginx"
    if program:
        title = _first_line([program, "-v"]).replace("nginx version: ", "").replace("/", " ") + " (one worker)"
        folder.mkdir(parents=True, exist_ok=True)
    command = [program, "-e", "stderr", "-p", str(folder), "-c", str(HERE / "nginx.conf")]
    missing = "" if program else "Debian and Ubuntu: apt-get install nginx-light"
    return Server("nginx", title, command, 9101, missing=missing)


def _coolheads() -> list[Server]:
    """Coolhead as it runs in production: classification, metrics and JSON logs on."""
    program = Path(sys.executable).with_name("coolhead")
    title = f"Coolhead {version('coolhead')} ({_revision()})"
    common = {"COOLHEAD_UPSTREAM_URL": UPSTREAM, "COOLHEAD_LOG_FORMAT": "json", "COOLHEAD_MODELS": "gpt-4o-mini"}
    unchecked = common | {"COOLHEAD_FLAG_ON": "both", "COOLHEAD_CONTROL_RATE": "0"}

    def server(key: str, what: str, port: int, metrics_port: int, env: dict[str, str]) -> Server:
        command = [str(program), "serve", "--port", str(port), "--metrics-port", str(metrics_port)]
        ready = f"http://127.0.0.1:{metrics_port}/health/ready"
        return Server(key, f"{title}, {what}", command, port, env, ready_url=ready)

    return [
        server("coolhead", "COOLHEAD_FLAG_ON=both COOLHEAD_CONTROL_RATE=0", 9102, 9112, unchecked),
        server("coolhead-checks", "default policy", 9103, 9113, common),
    ]


def _portkey() -> Server:
    folder = OUT / "portkey"
    script = folder / "node_modules/@portkey-ai/gateway/build/start-server.js"
    return Server(
        "portkey",
        f"Portkey gateway 1.15.2 on Node {_first_line(['node', '--version'])}, @hono/node-server overridden to 1.3.3",
        ["node", str(script), "--headless", "--port=9104"],
        9104,
        {"NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"},
        folder if folder.is_dir() else OUT,
        headers=("x-portkey-provider: openai", f"x-portkey-custom-host: {UPSTREAM}"),
        missing="" if script.is_file() and shutil.which("node") else "install Node 20 and npm, then make bench-setup",
    )


def _litellm() -> Server:
    program = OUT / "litellm/bin/litellm"
    pinned = (HERE / "litellm/requirements.in").read_text().strip().partition("==")[2]
    options = ["--host", "127.0.0.1", "--port", "9105", "--num_workers", "1"]
    return Server(
        "litellm",
        f"LiteLLM proxy {pinned}, one worker, no keys, LITELLM_MODE=PRODUCTION, LITELLM_LOG=ERROR",
        [str(program), "--config", str(HERE / "litellm/config.yaml"), *options],
        9105,
        {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION"},
        missing="" if program.is_file() else "make bench-setup",
    )


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    except OSError:
        return "missing"
    return (done.stdout.splitlines() or [""])[0]


def _revision() -> str:
    return _first_line(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])
