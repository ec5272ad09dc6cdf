"""A request as it came in, with the id and the clock that the edge gave it."""

from collections.abc import Callable
from dataclasses import dataclass

from guard.wire.formats import CHAT, Format
from guard.wire.headers import Headers


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One request for an answer."""

    turn_id: str
    target: str
    """Path and query below /v1."""
    headers: Headers
    body: bytes
    has_left: Callable[[], bool]
    """Did the client leave?"""
    format: Format = CHAT
