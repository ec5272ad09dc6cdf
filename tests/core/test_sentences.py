"""Sentence boundaries and their offsets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.core.sentences import split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith met Mr. Jones at 5 p.m. in St. Louis.", ["Dr. Smith met Mr. Jones at 5 p.m. in St. Louis."]),
        ("It closes at 5 p.m. Then it is quiet.", ["It closes at 5 p.m.", "Then it is quiet."]),
        ("Apples, pears, etc. All are fine.", ["Apples, pears, etc.", "All are fine."]),
        ("The U.S. Supreme Court has nine.", ["The U.S. Supreme Court has nine."]),
        ("No. It does not.", ["No.", "It does not."]),
        ("See No. 5 of the list.", ["See No. 5 of the list."]),
        ("Take 2.5 mg. Not more.", ["Take 2.5 mg.", "Not more."]),
        ("It ended in 1945. Then came peace.", ["It ended in 1945.", "Then came peace."]),
        ("J. K. Rowling wrote it.", ["J. K. Rowling wrote it."]),
        ("The author is J. K. Rowling.", ["The author is J. K. Rowling."]),
        ("The skin makes vitamin D. It needs sun.", ["The skin makes vitamin D.", "It needs sun."]),
        ("Its symbol is K. It burns.", ["Its symbol is K.", "It burns."]),
        ("So did I. You too?", ["So did I.", "You too?"]),
        ("Wait... what?! Really.", ["Wait...", "what?!", "Really."]),
        ('She said "No." He left.', ['She said "No."', "He left."]),
        ("First:\n- one thing\n- another thing\n\nEnd", ["First:", "- one thing", "- another thing", "End"]),
        ("1. Rest.\n2. Drink water.", ["1. Rest.", "2. Drink water."]),
        ("これは文です。次の文。", ["これは文です。", "次の文。"]),
        ("  \n ", []),
        ("no full stop", ["no full stop"]),
        ("See https://a.example/x.html for it. Bye.", ["See https://a.example/x.html for it.", "Bye."]),
    ],
)
def test_boundaries(text: str, sentences: list[str]) -> None:
    """Abbreviations, initials, decimals and list numbers end no sentence; list items are sentences."""
    assert sentences == [sentence.text for sentence in split(text)]


@settings(deadline=None)
@given(st.text(st.sampled_from("aB1 .!?\n\"'💔é。"), max_size=80))
def test_offsets_find_the_sentence(text: str) -> None:
    """Of any text: offsets give exactly the sentence, in order, and only white space is between them."""
    end = 0
    for sentence in split(text):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert text[end : sentence.start].strip() == ""
        end = sentence.end
    assert text[end:].strip() == ""
