"""A new text in the parts of an old one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.delivery.spread import spread

TEXTS = st.lists(st.text(st.sampled_from("ab .é薬"), min_size=1, max_size=6), max_size=8)
NEW = st.text(st.sampled_from("ab .é薬"), max_size=30)


@pytest.mark.parametrize(
    ("texts", "new", "parts"),
    [
        (["The dose is", " 8", " g", " a day."], "The dose is 4 g a day.", ["The dose is", " 4", " g", " a day."]),
        (["Yes", ", they", " do."], "No, they do not.", ["No,", " they do", " not."]),
        (["one two", " three four"], "five six seven eight", ["five six", " seven eight"]),
        (["It is", " so."], "It is not so.", ["It is", " not so."]),
        (["It is", " very", " so."], "It is so.", ["It", " is", " so."]),
        (["abc", "def"], "x", ["x", ""]),
        (["a", "b", "c"], "", ["", "", ""]),
        (["Donaudampfschiff"], "Anders", ["Anders"]),
        (["a b", "c d"], "薬を飲む", ["薬を", "飲む"]),
        ([], "", []),
    ],
)
def test_parts(texts: list[str], new: str, parts: list[str]) -> None:
    """What did not change keeps its parts; the rest is cut before words, or inside them if it must be."""
    assert parts == spread(texts, new)


def test_text_needs_a_part() -> None:
    """Text is not lost in silence."""
    with pytest.raises(ValueError, match="no part"):
        spread([], "text")


@given(TEXTS.filter(bool), NEW)
def test_all_of_it_in_as_many_parts(texts: list[str], new: str) -> None:
    """Joined it is the new text; as many parts; none is empty unless there are too few characters."""
    parts = spread(texts, new)

    assert "".join(parts) == new
    assert len(parts) == len(texts)
    assert all(parts) or len(new) < len(texts)


@given(TEXTS.filter(bool))
def test_the_same_text_keeps_its_parts(texts: list[str]) -> None:
    """Nothing changed, nothing moves."""
    assert texts == spread(texts, "".join(texts))


@given(st.lists(st.sampled_from(["one", " two", " three"]), min_size=1, max_size=5), st.integers(5, 9))
def test_words_stay_whole(texts: list[str], words: int) -> None:
    """With words enough for the parts, no word is cut."""
    new = " ".join(["word"] * words)

    assert all(part.strip().split(" ") == ["word"] * part.count("word") for part in spread(texts, new))
