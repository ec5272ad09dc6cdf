"""Conversations to turns."""

from guard.core.turn import MAX_EARLIER, MAX_TEXT, Turn


def test_the_newest_words_and_capped_context() -> None:
    """The last user text is the turn; as many before it as the cap allows are context, oldest first."""
    turn = Turn.of([str(i) for i in range(MAX_EARLIER + 5)])

    assert str(MAX_EARLIER + 4) == turn.text
    assert (MAX_EARLIER, "4") == (len(turn.earlier), turn.earlier[0])


def test_long_text_is_capped() -> None:
    """Nobody reads more than the cap of one message."""
    assert len(Turn.of(["x" * (MAX_TEXT + 1)]).text) == MAX_TEXT


def test_nobody_said_anything() -> None:
    """A conversation without user text is an empty turn."""
    assert Turn.of([]) == Turn("")
