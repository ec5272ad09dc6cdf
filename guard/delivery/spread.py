"""A new text in as many parts as there were, so that a stream keeps its events."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise


def spread(texts: Sequence[str], new: str) -> list[str]:
    """`new` in `len(texts)` parts that joined give `new`.

    Parts before and after what changed stay as they were; the rest is cut before words where it can be. A part is
    empty only if there are more parts than characters.

    Raises:
        ValueError: there is text and no part to carry it.
    """
    if not texts:
        if new:
            raise ValueError("no part to carry the text")
        return []
    opens = list(accumulate(map(int, _word_ends(new)), initial=0))
    head, tail = _unchanged(texts, new)
    by_words = _widened(texts, new, head, tail, lambda start, stop: opens[stop] - opens[min(start + 1, stop)])
    head, tail = by_words or _widened(texts, new, head, tail, lambda start, stop: stop - start - 1) or (0, 0)
    end = len(texts) - tail
    start, stop = _bounds(texts, new, head, tail)
    return [*texts[:head], *_parts(new[start:stop], [len(text) for text in texts[head:end]]), *texts[end:]]


def _word_ends(text: str) -> list[bool]:
    """For each place, whether it is before the space that opens a word."""
    return [at > 0 and text[at].isspace() and not text[at - 1].isspace() for at in range(len(text))]


def _widened(
    texts: Sequence[str], new: str, head: int, tail: int, places: Callable[[int, int], int]
) -> tuple[int, int] | None:
    """The parts that stay when neighbours give theirs until there are `places` to cut what is between."""
    start, stop = _bounds(texts, new, head, tail)
    while True:
        between = len(texts) - head - tail
        if (between and stop > start and places(start, stop) >= between - 1) or (not between and stop == start):
            return head, tail
        if tail and (tail >= head or not head):
            stop += len(texts[-tail])
            tail -= 1
        elif head:
            head -= 1
            start -= len(texts[head])
        else:
            return None


def _unchanged(texts: Sequence[str], new: str) -> tuple[int, int]:
    """How many parts at the start and at the end may stay."""
    head = at = 0
    while head < len(texts) and new.startswith(texts[head], at):
        at += len(texts[head])
        head += 1
    tail, end = 0, len(new)
    while tail < len(texts) - head:
        text = texts[-1 - tail]
        if end - len(text) < at or not new.endswith(text, at, end):
            break
        end -= len(text)
        tail += 1
    return head, tail


def _bounds(texts: Sequence[str], new: str, head: int, tail: int) -> tuple[int, int]:
    """The part of `new` that is not in the parts that stay."""
    return sum(map(len, texts[:head])), len(new) - sum(map(len, texts[len(texts) - tail :]))


def _parts(text: str, weights: Sequence[int]) -> list[str]:
    """`text` in parts whose lengths go by `weights`."""
    count = len(weights)
    if not count:
        return []
    if len(text) < count:
        return [*text, *[""] * (count - len(text))]
    places = _places(text, count - 1)
    total = sum(weights) or count
    cuts = [0]
    at = 0
    for done, weight in enumerate(accumulate(weights[:-1])):
        last = len(places) - (count - 1 - done)
        at = _nearest(places, len(text) * weight / total, at, last)
        cuts.append(places[at])
        at += 1
    return [text[start:end] for start, end in pairwise([*cuts, len(text)])]


def _places(text: str, needed: int) -> list[int]:
    """Where the text may be cut: before the space that opens a word, and inside words only if those do not suffice."""
    places = [at for at, ends in enumerate(_word_ends(text)) if ends]
    missing = needed - len(places)
    if missing <= 0:
        return places
    known = set(places)
    inside = [at for at in range(1, len(text)) if at not in known]
    return sorted([*places, *(inside[(2 * turn + 1) * len(inside) // (2 * missing)] for turn in range(missing))])


def _nearest(places: Sequence[int], wanted: float, first: int, last: int) -> int:
    """The index, from `first` to `last`, of the place nearest to the wanted one."""
    at = min(max(bisect_left(places, wanted), first), last)
    if at > first and wanted - places[at - 1] <= places[at] - wanted:
        return at - 1
    return at
