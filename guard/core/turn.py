"""What the user just said: the newest words, with capped context."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_TEXT = 20_000
"""Characters of one message that are read; the rest of a longer one is not."""

MAX_EARLIER = 12
"""Earlier user messages that are kept as context."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The newest user message and the user messages before it, oldest first.

    Assistant messages are left out on purpose: they carry earlier errors along.
    """

    text: str
    earlier: tuple[str, ...] = ()
    language: str = "en"
    has_media: bool = False
    """The message carries images, audio or files that nobody here reads."""

    @classmethod
    def of(cls, texts: Iterable[str], *, has_media: bool = False) -> "Turn":
        """A turn of all user texts of a conversation, oldest first."""
        texts = [text[:MAX_TEXT] for text in texts]
        newest = texts[-1] if texts else ""
        return cls(newest, tuple(texts[:-1][-MAX_EARLIER:]), has_media=has_media)
