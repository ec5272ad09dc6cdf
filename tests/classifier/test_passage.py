"""Text is cut into sentences that stand in one row of tokens, within a budget."""

from itertools import pairwise

import numpy as np
import pytest

from guard.classifier.manifest import TOKENIZER, shipped
from guard.classifier.passage import Passage, Reader

FIRST, LAST = 101, 102
NUMBERED = " ".join(f"This is sentence number {word}." for word in "one two three four five six".split())


def read(reader: Reader, text: str) -> Passage:
    """The passage of a text that has words."""
    passage = reader.passage(text)
    assert passage is not None
    return passage


def tokens(passage: Passage) -> list[tuple[int, ...]]:
    """Of each sentence, as its length says."""
    ends = np.cumsum([1, *passage.lengths])
    return [passage.ids[start:end] for start, end in pairwise(ends)]


def test_sentences_are_told_apart_in_one_row(reader: Reader) -> None:
    """A feeling and a question are two sentences of one row, with the two special tokens around all of it."""
    passage = read(reader, "I am so sad. What is the dose?\nThank you")

    assert passage.sentences == ("I am so sad.", "What is the dose?", "Thank you")
    assert (passage.ids[0], passage.ids[-1]) == (FIRST, LAST)
    assert not {FIRST, LAST} & set(passage.ids[1:-1])
    assert not passage.truncated


def test_each_sentence_has_its_own_tokens(reader: Reader) -> None:
    """The part of the row that counts as a sentence holds that sentence and nothing of its neighbours."""
    passage = read(reader, "I am so sad. What is the dose?\nThank you")
    alone = [read(reader, sentence).ids[1:-1] for sentence in passage.sentences]

    assert tokens(passage) == alone
    assert sum(passage.lengths) == len(passage.ids) - 2


def test_a_sentence_is_the_mean_of_its_tokens(reader: Reader) -> None:
    """Each of its tokens weighs the same, however long the others are; special tokens belong to no sentence."""
    passage = read(reader, "Help! What is the highest daily dose of this?")
    weights = passage.pooling()

    assert weights.shape == (2, len(passage.ids))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)
    assert not weights[:, [0, -1]].any()
    assert [[float(w) for w in set(row[row > 0])] for row in weights] == [
        [pytest.approx(1 / length)] for length in passage.lengths
    ]
    assert ((weights > 0).sum(axis=0)[1:-1] == 1).all()


def test_a_passage_can_be_taken_as_one_sentence(reader: Reader) -> None:
    """To measure what sentences are worth, the same tokens are averaged at once."""
    passage = read(reader, "I am so sad. What is the dose?")
    whole = passage.whole()

    assert whole.sentences == ("I am so sad. What is the dose?",)
    assert whole.ids == passage.ids
    assert whole.lengths == (len(passage.ids) - 2,)


def test_a_long_sentence_is_read_in_parts(reader: Reader) -> None:
    """No sentence is longer than the limit, and no word of a long one is lost."""
    text = " ".join(f"word{i % 10}" for i in range(100))
    passage = read(reader, text)

    assert passage.lengths == (96, 96, 8)
    assert "".join(passage.sentences).replace(" ", "") == text.replace(" ", "")
    assert not passage.truncated


def test_of_a_long_text_both_ends_are_read() -> None:
    """People feel and ask at the ends: the last sentence goes first, then the first, and so on, in their order."""
    passage = read(Reader(shipped() / TOKENIZER, 96, 2 + 3 * 6), NUMBERED)

    assert [sentence.split()[-1] for sentence in passage.sentences] == ["one.", "five.", "six."]
    assert passage.truncated


def test_a_text_that_just_fits_is_read_in_whole() -> None:
    """The budget counts every token, the two special ones among them; at its limit nothing is left out."""
    fits = read(Reader(shipped() / TOKENIZER, 96, 2 + 6 * 6), NUMBERED)
    too_long = read(Reader(shipped() / TOKENIZER, 96, 1 + 6 * 6), NUMBERED)

    assert (len(fits.ids), len(fits.sentences), fits.truncated) == (38, 6, False)
    assert (len(too_long.sentences), too_long.truncated) == (5, True)


def test_one_endless_sentence_keeps_to_the_budget(reader: Reader) -> None:
    """A pasted wall of words costs no more than the budget, is read at both ends, and is told to be cut."""
    passage = read(reader, f"start {'word ' * 2500} end")

    assert len(passage.ids) <= 256
    assert passage.sentences[0].startswith("start")
    assert passage.sentences[-1].endswith("end")
    assert passage.truncated


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u200b", "\x00\x01"])
def test_nothing_to_read_is_no_passage(reader: Reader, text: str) -> None:
    """White space and invisible characters are not read as if they were words."""
    assert reader.passage(text) is None


def test_a_line_of_nothing_is_no_sentence(reader: Reader) -> None:
    """Invisible characters between sentences take no place."""
    assert read(reader, "I am so sad.\n\u200b\nThank you").sentences == ("I am so sad.", "Thank you")


@pytest.mark.parametrize("text", ["\ud83d half an emoji", "한국어 텍스트", "🙂🙂🙂", "a\u0301" * 50])
def test_any_text_can_be_cut(reader: Reader, text: str) -> None:
    """Broken surrogates, other scripts and emoji do not break the cutter."""
    passage = read(reader, text)

    assert passage.lengths
    assert all(passage.lengths)
