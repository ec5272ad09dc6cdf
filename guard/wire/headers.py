"""Which headers pass, and the names of ours."""

from collections.abc import Iterable

Headers = list[tuple[bytes, bytes]]
"""Header lines in order, names in lower case."""

TURN_ID = b"x-coolhead-turn-id"
FLAGS = b"x-coolhead-flags"
MODE = b"x-coolhead-mode"
VERDICT = b"x-coolhead-verdict"
ACTION = b"x-coolhead-action"
_OURS = b"x-coolhead-"

_HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    )
)
_REQUEST_ONLY = frozenset((b"host", b"expect"))
_CREDENTIALS = frozenset((b"authorization", b"api-key", b"x-api-key", b"openai-organization", b"openai-project"))


def find(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """The first value of the header `name` (lower case)."""
    return next((value.decode("latin-1").strip() for key, value in headers if key == name), None)


def to_upstream(headers: Iterable[tuple[bytes, bytes]], api_key: str | None) -> Headers:
    """The request headers that the upstream gets; the operator's key replaces the caller's."""
    headers = list(headers)
    dropped = _HOP_BY_HOP | _REQUEST_ONLY | _named_by_connection(headers)
    passed = [(k, v) for k, v in headers if k not in dropped and not k.startswith(_OURS)]
    if api_key is None:
        return passed
    return [(k, v) for k, v in passed if k != b"authorization"] + [(b"authorization", b"Bearer " + api_key.encode())]


def readable(passed: Headers) -> Headers:
    """The same request for an answer that is not compressed."""
    return [(k, v) for k, v in passed if k != b"accept-encoding"] + [(b"accept-encoding", b"identity")]


def to_client(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The upstream's response headers that the client gets."""
    headers = [(key.lower(), value) for key, value in headers]
    dropped = _HOP_BY_HOP | _named_by_connection(headers)
    return [(k, v) for k, v in headers if k not in dropped and not k.startswith(_OURS)]


def credentials(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """The caller's credentials, for a check that the same upstream answers."""
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in headers if k in _CREDENTIALS)


def _named_by_connection(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """Headers that the Connection header declares hop-by-hop (RFC 9110, 7.6.1)."""
    return {name.strip().lower() for key, value in headers if key == b"connection" for name in value.split(b",")}
