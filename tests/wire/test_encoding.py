"""Readable copies of compressed bodies."""

import gzip
import zlib

import brotli
import pytest
import zstandard

from guard.wire.encoding import decoded

TEXT = b'{"choices": []}' * 100
CODINGS = {
    None: TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_reads_every_coding_that_clients_accept(coding: str | None) -> None:
    """The copy is the text, whatever the coding."""
    assert TEXT == decoded(CODINGS[coding], coding, 1 << 20)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_stays_small(coding: str) -> None:
    """A body that grows when it is read is read up to the limit."""
    bomb = {
        "gzip": gzip.compress(bytes(1 << 24)),
        "deflate": zlib.compress(bytes(1 << 24)),
        "br": brotli.compress(bytes(1 << 24)),
        "zstd": zstandard.compress(bytes(1 << 24)),
    }[coding]

    copy = decoded(bomb, coding, 1 << 16)

    assert copy is not None
    assert len(copy) <= 1 << 16


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "unheard-of"])
def test_what_cannot_be_read(coding: str) -> None:
    """A broken body or an unknown coding has no readable copy."""
    assert decoded(b"not compressed at all", coding, 100) is None
