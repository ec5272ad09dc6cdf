"""Neutral answers that were given before: kept for a while under a keyed digest, asked for once at a time."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

import msgspec
from cachetools import TTLCache

_PERSONAL = re.compile(r"\S@\S+\.\w|\b(?:\+?\d[\s()./-]?){7,}\b|https?://")
"""What may tell who asked: addresses, long numbers, links."""


class AnswerCache:
    """Only answers are kept, and only under a digest that nobody without the key can make: no user's words."""

    def __init__(self, entries: int, seconds: float, key: bytes) -> None:
        self._answers: TTLCache[bytes, str] = TTLCache(entries, seconds)
        self._asking: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        self._key = hashlib.blake2b(key).digest()

    async def get(self, about: tuple[str, ...], ask: Callable[[], Awaitable[str]]) -> tuple[str, bool]:
        """The answer, and whether it was there already.

        Those who want the same at the same time wait for the first of them. Where that one fails or leaves, the next
        one asks for itself: nobody gets another's fault.
        """
        digest = hashlib.blake2b(msgspec.msgpack.encode(about), key=self._key, digest_size=32).digest()
        lock = self._asking.setdefault(digest, asyncio.Lock())
        async with lock:
            if (known := self._answers.get(digest)) is not None:
                return known, True
            answer = self._answers[digest] = await ask()
            return answer, False


def may_be_kept(question: str) -> bool:
    """Is there nothing in a question that tells who asked it?"""
    return not _PERSONAL.search(question)
