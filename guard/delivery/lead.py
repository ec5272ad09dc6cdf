"""The opening of an answer that states nothing: it may go out before the check is done."""

import re
import unicodedata
from itertools import pairwise

from guard.core.checkable import checkable, endorses
from guard.core.sentences import split

_LONGEST = 600
"""Characters of a sentence after which no end is waited for."""
_SEEN_AFTER = 2
"""Characters of the next sentence that must be in: where a sentence ends can depend on them."""
_ANSWERS = re.compile(r"^\W*(?:no|nope|nah|not|never|none|nothing|true|false)\b", re.IGNORECASE)
_GREETING = re.compile(
    r"\W*(?:oh,? no|(?:(?:oh|aw+|ah|hey|hi|hello|ugh|wow|hmm+|gosh|goodness|there|my|dear|friend|love|honey"
    r"|sweetheart|sweetie)\b\W*)+)\W*",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;:—–]")
_WORD = re.compile(r"\w+")
_BARE_WORDS = 2


class Lead:
    """Follows a text as it comes in, up to the first sentence that states something."""

    def __init__(self) -> None:
        self._pending = ""
        self.length = 0
        """Characters from the start of the text that state nothing."""
        self.over = False
        """A sentence states something: the opening gets no longer."""

    def feed(self, text: str) -> None:
        """The next bit of the text."""
        if self.over:
            return
        self._pending += text
        if "`" in self._pending or len(self._pending) > _LONGEST:
            # Code is no opening, and its ends change where sentences end.
            self.over = True
            return
        sentences = split(self._pending)
        after = 0
        for sentence, following in pairwise(sentences):
            if len(self._pending) - following.start < _SEEN_AFTER:
                break
            if not claim_free(sentence.text):
                self.over = True
                break
            after = following.start
        self.length += after
        self._pending = self._pending[after:]


def claim_free(sentence: str) -> bool:
    """Does this sentence certainly state nothing?

    Stricter than `core.checkable`, which looks for what can be checked: here a bare word (`Canberra.`, `No.`) may be
    the answer, assent takes over whatever the user believes, and the rules know the words of one language, so other
    scripts count as statements.
    """
    if endorses(sentence) or _ANSWERS.match(sentence) or not _latin(sentence):
        return False
    if _GREETING.fullmatch(sentence) or sentence.rstrip().endswith("?"):
        return True
    return not checkable(sentence)[1] and not any(map(_is_bare, _COMMA.split(sentence)))


def _is_bare(clause: str) -> bool:
    """A word or two between commas, which a longer sentence hides: `Canberra, dear, and I hear you.`"""
    words = len(_WORD.findall(clause))
    return 0 < words <= _BARE_WORDS and not _GREETING.fullmatch(clause) and bool(checkable(clause)[1])


def _latin(sentence: str) -> bool:
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in sentence if letter.isalpha())
