"""Ids of turns: whoever has one can read a verdict, so they must not repeat or be guessed."""

import re

from guard.http.turns import TurnIds


def test_ids_are_random_and_never_repeat() -> None:
    """Each is 32 hexadecimal digits, also beyond those that were drawn at once, and in another process's series."""
    series, other = TurnIds(), TurnIds()
    ids = [series.next() for _ in range(1000)] + [other.next() for _ in range(1000)]
    assert len(set(ids)) == 2000
    assert all(re.fullmatch(r"[0-9a-f]{32}", turn_id) for turn_id in ids)
