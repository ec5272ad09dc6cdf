"""In which language a text is written, so that a model is not asked what it cannot read.

A text is foreign only when that is safe to say. Chat turns are short, and to call a readable one foreign costs a
reading, so whatever is unclear counts as read: names, slang, code, links, numbers, one or two words.
Measured limits, and how to measure them again: docs/decisions/013-language-check.md.
"""

import math
import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNKNOWN = "und"
"""A script other than Latin, in a language that the identifier cannot tell."""

_ENGLISH = frozenset({"en"})
_NO_LANGUAGE = "zxx"
_NEVER = frozenset({"an", "eo", "la", "oc", "sa", "vo"})
"""Hardly anybody chats in these, but titles, species and drugs look like them."""

_EDGE = 250
"""Characters that are looked at from both ends of a text."""
_EDGE_WORDS = 12
"""Words that are looked at from both ends when a part of a foreign text may be English."""

_ENOUGH_WORDS = 3
_MARGINS = {3: 0.3, 4: 0.2, 5: 0.2, 6: 0.2}
"""How much more probable than those that are read a language must be, by the number of words."""
_MARGIN = 0.1
_READ_MARGIN = 0.1
"""How much more probable than any other a language that is read must be in a part of a foreign text."""

_NOISE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|(?:https?://|www\.)\S+|(?<!\S)\S{1,64}@\S+|[@#]\w+|<[^<>\s]{0,40}>|\[[A-Z]+\]",
    re.DOTALL,
)
_LATIN = r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_LATIN_WORD = re.compile(rf"[{_LATIN}]+(?:['’][{_LATIN}]+)?")
_MARKED = r"\u0300-\u036f\u0590-\u07ff\u0900-\u109f\u1780-\u17ff"
"""Scripts whose vowel signs are no letters to a regular expression."""
_OTHER_WORD = re.compile(rf"(?:(?![{_LATIN}])[^\W\d_]|[{_MARKED}]){{2,}}")
"""A single sign is a formula or a part of a face: ಠ_ಠ."""
_WORD = re.compile(rf"{_LATIN_WORD.pattern}|{_OTHER_WORD.pattern}")
_BREAK = re.compile(r"[\n:.!?;\"“”«»„()]+|\s[-–—]\s")


def reads(text: str, languages: Collection[str] = _ENGLISH) -> bool:
    """Whether a model of these languages may be asked; a text whose language is unclear is read."""
    language = language_of(text, languages)
    return language is None or language in languages


def language_of(text: str, read: Collection[str] = _ENGLISH) -> str | None:
    """The ISO 639-1 code of a text's language, `und` for an unknown one in another script, None when unsure.

    Those in `read` get the benefit of the doubt, and a request in one of them with a foreign passage, to translate or
    to explain, is in that language. Fewer than three words of Latin letters, not counting names, are never sure.
    Measured for English: 0.1 % of English chat turns are called foreign; of German, Spanish, French, Italian and
    Portuguese 94 % are told with four to six words, 99 % with more, about half with three.
    Takes 0.1 ms for English, 0.2 ms for others, and half a second once, when the identifier is loaded.
    """
    plain = _plain(text)
    words = _WORD.findall(plain)
    other_script = _is_other_script(plain)
    if len(words) < _ENOUGH_WORDS and not other_script:
        return None
    language, margin = _best(words, read)
    if language in read and not other_script:
        return language
    if not other_script and (language == _NO_LANGUAGE or margin < _needed(words, language)):
        return None
    if around := next((found for part in _parts(plain, words) if (found := _read_in(part, read))), None):
        return around
    return UNKNOWN if language in read or language == _NO_LANGUAGE else language


def _plain(text: str) -> str:
    """Both ends of a text without links, code, handles and placeholders, and with letters in their plain form."""
    if len(text) > 2 * _EDGE:
        text = f"{text[:_EDGE]}\n{text[-_EDGE:]}"
    return _NOISE.sub(" ", text if text.isascii() else unicodedata.normalize("NFKC", text))


def _needed(words: list[str], language: str) -> float:
    """The margin that so many words need; names, that is capitalised words behind the first, are not counted.

    In German every noun is capitalised.
    """
    names = 0 if language == "de" else sum(word.istitle() for word in words[1:])
    return _MARGINS.get(len(words) - names, _MARGIN) if len(words) - names >= _ENOUGH_WORDS else math.inf


def _is_other_script(plain: str) -> bool:
    """Most letters are not Latin."""
    if plain.isascii():
        return False
    latin, other = (sum(map(len, pattern.findall(plain))) for pattern in (_LATIN_WORD, _OTHER_WORD))
    return other > latin


def _parts(plain: str, words: list[str]) -> Iterator[list[str]]:
    """Where the words stand that tell what to do with a foreign passage: before it, behind it, or around it."""
    parts = [found for part in _BREAK.split(plain) if (found := _WORD.findall(part))]
    if len(parts) > 1:
        enough = [part for part in parts if len(part) >= _ENOUGH_WORDS]
        yield from (part[:_EDGE_WORDS] for part in enough[:1])
        yield from (part[-_EDGE_WORDS:] for part in enough[1:][-1:])
        if min(len(parts[0]), len(parts[-1])) < _ENOUGH_WORDS:
            yield parts[0][:_EDGE_WORDS] + parts[-1][-_EDGE_WORDS:]
    latin = [word for word in words if _LATIN_WORD.fullmatch(word)]
    if len(latin) < len(words):
        yield latin


def _read_in(words: list[str], read: Collection[str]) -> str | None:
    """The language of these words, if it is beyond doubt and one that is read."""
    if len(words) < _ENOUGH_WORDS:
        return None
    language, margin = _best(words, read)
    return language if language in read and margin >= _READ_MARGIN else None


def _best(words: list[str], read: Collection[str]) -> tuple[str, float]:
    """The likeliest language, and by how much: before those that are read, or as one of them before the others."""
    ranked = [(name, p) for name, p in _identifier().rank(" ".join(words)) if _is_candidate(name)]
    total = sum(p for _, p in ranked)
    language, best = ranked[0]
    rival = next(p for name, p in ranked if (name in read) != (language in read))
    return language, (best - rival) / total


def _is_candidate(name: str) -> bool:
    """Three-letter codes are dialects, creoles, and Nigerian Pidgin, which plain English is often taken for."""
    return name == _NO_LANGUAGE or (len(name) == 2 and name not in _NEVER)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
