"""The rules beside the model: words after which a life may be at risk, whatever the model thinks."""

import re
from pathlib import Path


class CrisisRules:
    """Patterns from a file: one regular expression a line, without regard to case; `#` begins a comment."""

    def __init__(self, patterns: list[str]) -> None:
        """Raises ValueError when a pattern is broken."""
        self._rules = [_compiled(pattern) for pattern in patterns]

    @classmethod
    def read(cls, path: Path) -> "CrisisRules":
        """The rules of a file.

        Raises:
            ValueError: a pattern is broken.
        """
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        return cls([line for line in lines if line and not line.startswith("#")])

    def match(self, text: str) -> str | None:
        """The words that matched a rule, or None."""
        text = text.replace("’", "'")
        return next((found[0] for rule in self._rules if (found := rule.search(text))), None)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"the crisis rule {pattern!r} is broken: {error}") from None
