"""Text is cut into sentences, within a budget of tokens."""

import pytest

from guard.classifier.manifest import shipped
from guard.classifier.pieces import Pieces

TOKENIZER = shipped() / "tokenizer.json"
LONG = " ".join(["word"] * 250)


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    """As the service cuts: 96 tokens at once, 256 in all."""
    return Pieces(TOKENIZER, 96, 256)


def test_each_sentence_is_a_piece(pieces: Pieces) -> None:
    """A feeling and a question are read apart, each with the two special tokens around it."""
    found, truncated = pieces.of("I am so sad. What is the dose?\nThank you")
    assert [piece.text for piece in found] == ["I am so sad.", "What is the dose?", "Thank you"]
    assert not truncated
    assert all((piece.ids[0], piece.ids[-1]) == (101, 102) for piece in found)


def test_a_long_sentence_is_read_in_windows(pieces: Pieces) -> None:
    """No piece is longer than the model's limit, and no token of a long sentence is lost."""
    found, truncated = pieces.of(" ".join(["word"] * 200))
    assert [len(piece.ids) for piece in found] == [96, 96, 14]
    assert len({piece.text for piece in found}) == 3
    assert not truncated


def test_of_a_long_text_both_ends_are_read() -> None:
    """People feel and ask at the ends: the last sentence goes first, then the first, and so on."""
    text = " ".join(f"This is sentence number {word}." for word in "one two three four five six".split())
    found, truncated = Pieces(TOKENIZER, 96, 3 * 8).of(text)
    assert [piece.text.split()[-1] for piece in found] == ["one.", "five.", "six."]
    assert truncated


def test_one_endless_sentence_keeps_to_the_budget(pieces: Pieces) -> None:
    """A pasted wall of words costs no more than the budget and is told to be cut."""
    found, truncated = pieces.of(LONG * 10)
    assert sum(len(piece.ids) for piece in found) <= 256
    assert found
    assert truncated


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u200b", "\x00\x01"])
def test_nothing_to_read_is_no_piece(pieces: Pieces, text: str) -> None:
    """White space and invisible characters are not scored as if they were words."""
    assert pieces.of(text) == ([], False)


@pytest.mark.parametrize("text", ["\ud83d half an emoji", "한국어 텍스트", "🙂🙂🙂", "a\u0301" * 50])
def test_any_text_can_be_cut(pieces: Pieces, text: str) -> None:
    """Broken surrogates, other scripts and emoji do not break the cutter."""
    found, _ = pieces.of(text)
    assert found
