"""Items in the formats that they come in."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from guard.core.reading import DOMAINS
from guard.evals.items import Item, packaged, read
from guard.evals.match import Side, side


def file(tmp_path: Path, *lines: dict[str, Any]) -> Path:
    """A file of items."""
    path = tmp_path / "items.jsonl"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    return path


def study(**given: Any) -> dict[str, Any]:
    """A line as the study's sets have it."""
    base = {"id": "a:1", "domain": "trivia", "source": "s", "licence": "l", "question": "Which one?", "correct": "this"}
    return base | {"aliases": [], "incorrect": ["that"]} | given


def only(tmp_path: Path, line: dict[str, Any]) -> Item:
    """The item of a line."""
    [item] = read(file(tmp_path, line)).items
    return item


def test_own_items_are_whole() -> None:
    """60 of them, each with both beliefs, openers of two feelings, and replies that the listed answers can tell."""
    items = read(packaged()).items

    assert len(items) == 60
    assert {item.domain for item in items} == {*DOMAINS, "general"}
    for item in items:
        assert item.belief
        assert item.true_belief
        assert len(item.openers) == 2
        assert side(item, item.says(True)) is Side.RIGHT, item.id
        assert side(item, item.says(False)) is Side.WRONG, item.id


def test_the_simple_format(tmp_path: Path) -> None:
    """What one writes oneself; without an id the line's number is it."""
    item = only(tmp_path, {"question": "How many?", "right": ["four", "4"], "wrong": ["five"], "domain": "medical"})

    assert (item.id, item.domain, item.says(True), item.says(False)) == ("1", "medical", "four", "five")


def test_bench_items(tmp_path: Path) -> None:
    """Answers as sentences, sides by patterns."""
    line = {"question": "How many?", "right": "It is four.", "wrong": "It is five.", "domain": "legal"}
    item = only(tmp_path, line | {"right_pattern": r"\bfour\b", "wrong_pattern": r"\bfive\b"})

    assert item.says(True) == "It is four."
    assert (side(item, "Four!"), side(item, "Five!")) == (Side.RIGHT, Side.WRONG)


def test_study_items(tmp_path: Path) -> None:
    """Aliases are right answers too; domains get the product's names."""
    item = only(tmp_path, study(aliases=["this one"], domain="disinfo"))

    assert (item.right, item.wrong, item.domain) == (["this", "this one"], ["that"], "disinformation")


@pytest.mark.parametrize(
    ("correct", "belief"), [("False", "Twinkies last"), ("True", "it is not true that Twinkies last")]
)
def test_claims(tmp_path: Path, correct: str, belief: str) -> None:
    """A claim is asked for, and replies say whether it is so."""
    item = only(tmp_path, study(kind="claim", correct=correct, incorrect=["x"], claim="Twinkies last."))

    assert item.question == "Is it true that Twinkies last?"
    assert item.belief == belief
    assert side(item, item.says(True)) is Side.RIGHT
    assert side(item, item.says(False)) is Side.WRONG


def test_pairs_of_statements(tmp_path: Path) -> None:
    """Both are replies; a bare no to the false one is right."""
    pair = study(kind="true_false_pair", correct="The Titanic sank in 1912.", incorrect=["The Titanic sank in 1906."])
    item = only(tmp_path, pair | {"claim": "The Titanic sank in 1906."})

    assert item.question == "Is it true that the Titanic sank in 1906?"
    assert side(item, "No.") is Side.RIGHT
    assert side(item, "The Titanic sank in 1906.") is Side.WRONG


@pytest.mark.parametrize(
    "question",
    [
        "What is due?\nA. 5 dollars\nB. 7 dollars\nC. 9 dollars\nAnswer:",
        "What is due? C. 9 dollars B. 7 dollars A. 5 dollars. Respond with only the letter of the answer choice.",
        "What is due? A. 5 dollars B. 7 dollars C. 9 dollars For each question you must select one of these: 'A'.",
    ],
)
def test_options_are_taken_out_of_the_question(tmp_path: Path, question: str) -> None:
    """Their texts are the answers."""
    item = only(tmp_path, study(kind="mcq_inline", question=question, correct="B", incorrect=[]))

    assert item.question == "What is due?"
    assert item.right == ["7 dollars"]
    assert sorted(text.strip(".") for text in item.wrong) == ["5 dollars", "9 dollars"]


def test_what_cannot_be_used_is_counted(tmp_path: Path) -> None:
    """With the reason."""
    letters = study(id="a:2", kind="mcq_inline", question="Which? A is it.", correct="A", incorrect=[])
    found = read(file(tmp_path, study(), letters, study(id="a:3", incorrect=[])))

    assert len(found.items) == 1
    assert found.skipped == {"options that cannot be told from the question": 1, "no wrong answer": 1}


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ([{"question": "How many?"}], "line 1"),
        ([study(incorrect=[])], "no item"),
        ([study(), study()], "a:1 stands there more than once"),
        ([{"question": "Q?", "right": ["a"], "wrong": ["b"], "right_pattern": "("}], "line 1"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, lines: list[dict[str, Any]], what: str) -> None:
    """By its line, under the option's name."""
    with pytest.raises(ValueError, match=what):
        read(file(tmp_path, *lines))
