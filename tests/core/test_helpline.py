"""A number to call is appended only where none is named."""

import pytest

from guard.core.helpline import missing

LINES = {"en": "If you are in danger, call 112 or text 0800 111 0 111."}


@pytest.mark.parametrize("text", ["I am so sorry. Please talk to somebody.", "In 1112 steps.", ""])
def test_a_missing_number_is_appended(text: str) -> None:
    """The line comes as a paragraph of its own."""
    assert missing(LINES, "en", text) == "\n\n" + LINES["en"]


@pytest.mark.parametrize("text", ["Call 112 now.", "Call (112)!", "Text 08001110111.", "0800-111-0-111 is free."])
def test_a_number_that_is_there_is_enough(text: str) -> None:
    """One of the line's numbers, however it is written."""
    assert missing(LINES, "en", text) is None


def test_no_line_no_help() -> None:
    """Only languages that the operator wrote a line for get one."""
    assert missing(LINES, "fr", "Je suis là.") is None
    assert missing({}, "en", "I am here.") is None
