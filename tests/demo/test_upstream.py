"""Which weights are served, and the server process."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from guard.demo import upstream
from guard.demo.probe import answers
from guard.demo.sources import Model
from guard.demo.upstream import SMALL_IS_WEAK, Chosen, choose, serving
from guard.demo.weights import Unavailable
from tests.coolhead import eventually
from tests.demo.offers import WEIGHTS, model

LARGE, SMALL = "large", "small"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the demo but a cache of its own."""
    for name in ("COOLHEAD_DEMO_MODEL", "COOLHEAD_DEMO_MODEL_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COOLHEAD_CACHE_DIR", str(tmp_path / "cache"))


def offering(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let only these models be had."""

    def fetch(wanted: Model, folder: Path, *_: object) -> Path:
        if wanted.name not in names:
            raise Unavailable(f"{wanted.name} cannot be had")
        return folder / wanted.name

    known = {"qwen": LARGE, "smollm": SMALL}
    monkeypatch.setattr(upstream, "fetch", fetch)
    monkeypatch.setattr(
        upstream, "models", lambda: {key: Model(name, name, "", 0, "", "", ()) for key, name in known.items()}
    )


def chosen() -> tuple[str, str]:
    """The name of the chosen model, and what the user is told."""
    lines: list[str] = []
    found = choose(lines.append, lambda done, total: None)
    return found.name, "\n".join(lines)


def test_the_large_model_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """With both to be had the large one serves, and there is nothing to tell."""
    offering(monkeypatch, LARGE, SMALL)
    assert chosen() == (LARGE, "")


def test_the_small_model_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the large one the small one serves; the user hears why, and that it is weak."""
    offering(monkeypatch, SMALL)
    assert chosen() == (SMALL, f"large cannot be had.\n{SMALL_IS_WEAK}")


def test_the_small_model_is_wished(monkeypatch: pytest.MonkeyPatch) -> None:
    """COOLHEAD_DEMO_MODEL=135m takes the small one even where the large one is to be had."""
    offering(monkeypatch, LARGE, SMALL)
    monkeypatch.setenv("COOLHEAD_DEMO_MODEL", "135m")
    assert chosen() == (SMALL, SMALL_IS_WEAK)


def test_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any the error says which two settings help."""
    offering(monkeypatch)
    with pytest.raises(Unavailable, match=r"COOLHEAD_UPSTREAM_URL.*COOLHEAD_DEMO_MODEL_PATH"):
        chosen()


def test_an_unknown_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt wish is told, not guessed at."""
    monkeypatch.setenv("COOLHEAD_DEMO_MODEL", "7b")
    with pytest.raises(Unavailable, match=r"1\.5b or 135m"):
        chosen()


def test_a_file_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """COOLHEAD_DEMO_MODEL_PATH is served under its own name, with a warning that nobody checked it."""
    path = tmp_path / "my-model.gguf"
    path.write_bytes(WEIGHTS)
    monkeypatch.setenv("COOLHEAD_DEMO_MODEL_PATH", str(path))
    name, told = chosen()
    assert name == "my-model"
    assert "none of the known models" in told


def test_a_known_file_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file with a known sha256 is served as that model."""
    path = tmp_path / "my-model.gguf"
    path.write_bytes(WEIGHTS)
    monkeypatch.setattr("guard.demo.weights.models", lambda: {"tiny": model()})
    monkeypatch.setenv("COOLHEAD_DEMO_MODEL_PATH", str(path))
    assert chosen() == ("tiny", "")


def test_a_server_that_does_not_start(tmp_path: Path) -> None:
    """Broken weights end in an error with the server's status and its log."""
    path = tmp_path / "broken.gguf"
    path.write_bytes(WEIGHTS)
    with (
        pytest.raises(Unavailable, match=r"ended with status .*demo-upstream\.log"),
        serving(Chosen("broken", path), lambda line: None),
    ):
        raise AssertionError("it served")


def test_the_server_ends_with_its_parent(small: Chosen) -> None:
    """Even when the parent is killed, the server does not outlive it."""
    program = (
        "import sys, time; from pathlib import Path; from guard.demo.upstream import Chosen, serving\n"
        "with serving(Chosen(sys.argv[1], Path(sys.argv[2])), lambda line: None) as served:\n"
        "    print(served.url, flush=True); time.sleep(300)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, small.name, str(small.path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        port = urlsplit(parent.stdout.readline()).port
        assert port
        assert answers("127.0.0.1", port, "/health")
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not answers("127.0.0.1", port, "/health"), 20, "the end of the server")


def test_a_server_that_ends_by_itself_is_told(small: Chosen) -> None:
    """When the server dies, as for want of memory, the user hears it."""
    lines: list[str] = []
    with serving(small, lines.append) as served:
        os.kill(served.pid, signal.SIGKILL)
        eventually(lambda: any("has ended" in line for line in lines), 20, "word of the end")
    assert "The demo upstream has ended (status -9)" in lines[-1]
