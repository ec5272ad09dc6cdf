"""Content codings: a readable copy of a compressed body; the client gets the original."""

import zlib

import brotli
import zstandard


def decoded(body: bytes, coding: str | None, limit: int) -> bytes | None:
    """At most about `limit` bytes of `body` without its content coding; None when it cannot be read.

    The limit guards against bodies that are small only while they are compressed.
    """
    match (coding or "identity").lower():
        case "identity" | "":
            return body[:limit]
        case "gzip" | "x-gzip":
            return _inflated(body, 16 + zlib.MAX_WBITS, limit)
        case "deflate":
            return _inflated(body, zlib.MAX_WBITS, limit) or _inflated(body, -zlib.MAX_WBITS, limit)
        case "br":
            try:
                return bytes(brotli.Decompressor().process(body, output_buffer_limit=limit)[:limit])
            except brotli.error:
                return None
        case "zstd":
            try:
                with zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True) as reader:
                    return reader.read(limit)
            except zstandard.ZstdError:
                return None
        case _:
            return None


def _inflated(body: bytes, window_bits: int, limit: int) -> bytes | None:
    try:
        return zlib.decompressobj(window_bits).decompress(body, limit)
    except zlib.error:
        return None
