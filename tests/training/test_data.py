"""Sources become examples with the labels they have, and no others."""

from pathlib import Path

import numpy as np
import pytest

from guard.training import data
from guard.training.data import Example
from tests.training.conftest import Make, row, write_rows


def by_text(examples: list[Example]) -> dict[str, Example]:
    """Examples by their text."""
    return {example.text: example for example in examples}


def test_fine_emotions_are_grouped(folder: Path) -> None:
    """Annoyance and grief are anger and sadness; neutral is none of the six."""
    found = by_text(data.load(folder))
    assert found["He left me and I am fed up"].head("emotion").tolist() == [1, 1, 0, 0, 0, 0]
    assert found["The bus leaves at nine"].head("emotion").tolist() == [0, 0, 0, 0, 0, 0]
    assert found["Thank you all"].split == "dev"


def test_what_a_source_did_not_annotate_stays_unknown(folder: Path) -> None:
    """emo_known names the emotions that a source has; the others are masked, not negative."""
    rows = [row("I weep for my bank loan", emo=["sadness"], emo_known=["sadness", "anger"], syc=None)]
    write_rows(folder / "labelled.jsonl.gz", rows)
    example = by_text(data.load(folder))["I weep for my bank loan"]
    emotion = example.head("emotion")
    assert emotion[:2].tolist() == [1, 0]
    assert np.isnan(emotion[2:]).all()
    assert np.isnan(example.head("domain")).all()


def test_a_text_without_any_word_of_a_domain_is_none_of_them(folder: Path) -> None:
    """The assumption that lets emotion data teach what is not high-stakes."""
    write_rows(folder / "labelled.jsonl.gz", [row("What a lovely kitten", emo=["joy"], emo_known=["joy"])])
    assert by_text(data.load(folder))["What a lovely kitten"].head("domain").tolist() == [0, 0, 0, 0, 0]


def test_other_languages_and_unlabelled_rows_are_left_out(folder: Path) -> None:
    """This model reads English."""
    rows = [row("Ich bin traurig", lang="de", emo=["sadness"], emo_known=["sadness"])]
    write_rows(folder / "labelled.jsonl.gz", rows)
    assert "Ich bin traurig" not in by_text(data.load(folder))


def test_every_source_gets_a_dev_and_a_test_split(folder: Path) -> None:
    """A tenth each by checksum of the text: the same text is always on the same side."""
    rows = [row(f"Question number {i}", source="bioasq", dom=["medical"]) for i in range(400)]
    write_rows(folder / "labelled.jsonl.gz", rows + rows)
    sides: dict[str, set[str]] = {}
    for example in data.load(folder):
        if example.source == "bioasq":
            sides.setdefault(example.text, set()).add(example.split)
    assert all(len(found) == 1 for found in sides.values())
    counts = {split: sum(found == {split} for found in sides.values()) for split in ("train", "dev", "test")}
    assert counts["train"] > 280
    assert min(counts["dev"], counts["test"]) > 20


def test_a_composed_turn_unites_labels(example: Make) -> None:
    """The feeling of one text and the domain of the other; neither text is lost."""
    feeling = example("I am in tears.", emotion=["sadness"])
    question = example("Which dose is safe?", emotion=[], domain=["medical"], belief=[])
    turn = data.compose(feeling, question, feeling_first=True)
    assert turn.text == "I am in tears. Which dose is safe?"
    assert turn.head("emotion").tolist() == [1, 0, 0, 0, 0, 0]
    assert turn.head("domain").tolist() == [1, 0, 0, 0, 0]
    assert question.head("emotion").sum() == 0


def test_draws_repeat_with_their_seed(example: Make) -> None:
    """`coolhead train` can be done again: the same seed gives the same examples, another seed others."""
    emotions = ["sadness", "anger", "fear", "joy", "disgust", "surprise"]
    examples = [
        *(example(f"I am full of {e} once again", source="goemotions", emotion=[e], domain=[]) for e in emotions),
        *(example(f"medical {i}", emotion=[], domain=["medical"], belief=[]) for i in range(20)),
        *(example(f"plain {i}", emotion=[], domain=[], belief=[]) for i in range(20)),
        *(example(f"I think {i}, right?", source="syn_syc", belief=["belief"]) for i in range(20)),
    ]
    first, again, other = ([e.text for e in data.draws(examples, 300, seed)] for seed in (0, 0, 1))
    assert first == again != other
    assert any("medical" in text and "full of" in text for text in first)


def test_missing_data_is_told(tmp_path: Path) -> None:
    """A wrong --data names the file that is not there."""
    with pytest.raises(FileNotFoundError, match=r"labels\.txt"):
        data.load(tmp_path)


def test_own_questions_are_never_trained_on(folder: Path) -> None:
    """They limit false flags and measure them: half in dev, half in test, calm, with their domain."""
    own = [e for e in data.load(folder) if e.source == data.OWN]
    assert {e.split for e in own} == {"dev", "test"}
    assert len({e.text for e in own}) == len(own) > 60
    assert all(e.head("emotion").sum() == 0 and e.head("domain").sum() == 1 for e in own)
