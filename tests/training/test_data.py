"""Sources become examples with the labels they have, and no others."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guard.core.reading import EMOTIONS
from guard.training import data
from guard.training.data import OWN, Example
from guard.training.labels import FINE, OUTPUTS, WIDTH, columns
from tests.training.conftest import is_own, own_row, row, write_own, write_rows

NAN = float("nan")


def by_text(examples: list[Example]) -> dict[str, Example]:
    """Examples by their text."""
    return {example.text: example for example in examples}


def known(targets: Any) -> list[float | None]:
    """Targets with None where nothing is known."""
    return [None if np.isnan(value) else float(value) for value in targets]


def test_fine_emotions_are_states_of_the_writer(folder: Path) -> None:
    """Annoyance and grief are anger and sadness; neutral is none of the six."""
    found = by_text(data.load(folder))

    assert known(found["He left me and I am fed up"].head("emotion")) == [1, 1, 0, 0, 0, 0]
    assert known(found["The bus leaves at nine"].head("emotion")) == [0, 0, 0, 0, 0, 0]
    assert found["Thank you all"].split == "dev"


def test_curiosity_does_not_teach_that_questions_are_surprised(folder: Path) -> None:
    """The benchmark counts it as surprise; of the served head, surprise is unknown and the others are absent."""
    question = by_text(data.load(folder))["Where is that?"]

    assert known(question.head("emotion")) == [0, 0, 0, 0, 0, None]
    assert known(question.head("goemotions")) == [0, 0, 0, 0, 0, 1, 0]


def test_the_benchmark_head_and_the_fine_labels_are_as_annotated(folder: Path) -> None:
    """Ekman's six and neutral for the comparison, GoEmotions' own 28 labels behind the outputs of the model."""
    both = by_text(data.load(folder))["He left me and I am fed up"]
    fine = both.targets[len(OUTPUTS) :]

    assert known(both.head("goemotions")) == [1, 1, 0, 0, 0, 0, 0]
    assert {label for label, value in zip(FINE, fine, strict=True) if value == 1} == {"annoyance", "grief"}
    assert not np.isnan(fine).any()


def test_what_a_source_did_not_annotate_stays_unknown(folder: Path) -> None:
    """emo_known names the emotions that a source has; the others are masked, not negative."""
    rows = [row("I weep for my bank loan", emo=["sadness"], emo_known=["sadness", "anger"], syc=None)]
    write_rows(folder / "labelled.jsonl.gz", rows)
    example = by_text(data.load(folder))["I weep for my bank loan"]

    assert known(example.head("emotion")) == [1, 0, None, None, None, None]
    assert np.isnan(example.head("domain")).all()
    assert np.isnan(example.targets[columns("goemotions").start :]).all()


def test_a_text_without_any_word_of_a_domain_is_none_of_them(folder: Path) -> None:
    """The assumption that lets emotion data teach what is not high-stakes."""
    write_rows(folder / "labelled.jsonl.gz", [row("What a lovely kitten", emo=["joy"], emo_known=["joy"])])

    assert known(by_text(data.load(folder))["What a lovely kitten"].head("domain")) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "source", "crisis"),
    [
        ("What a lovely kitten", "src", 0),
        ("Tell me about the suicide squad", "src", None),
        ("What a lovely kitten", "counsel_chat", None),
    ],
)
def test_no_crisis_is_assumed_only_where_it_is_safe(folder: Path, text: str, source: str, crisis: float | None) -> None:
    """Texts without a word of danger are none, unless their source is one where people are in danger."""
    write_rows(folder / "labelled.jsonl.gz", [row(text, source=source, dom=["legal"])])

    assert known(by_text(data.load(folder))[text].head("crisis")) == [crisis]


def test_other_languages_and_unlabelled_rows_are_left_out(folder: Path) -> None:
    """This model reads English, and learns nothing from a text of which nothing is known."""
    rows = [row("Ich bin traurig", lang="de", emo=["sadness"], emo_known=["sadness"])]
    rows += [row("I think my bank kills me", source="counsel_chat")]
    write_rows(folder / "labelled.jsonl.gz", rows)

    assert not by_text(data.load(folder)).keys() & {"Ich bin traurig", "I think my bank kills me"}


def test_every_source_gets_a_dev_and_a_test_split(folder: Path) -> None:
    """A tenth each by checksum of the text: the same text is always on the same side."""
    rows = [row(f"Question number {i}", source="bioasq", dom=["medical"]) for i in range(400)]
    write_rows(folder / "labelled.jsonl.gz", rows + rows)
    sides: dict[str, set[str]] = {}
    for example in data.load(folder):
        if example.source == "bioasq":
            sides.setdefault(example.text, set()).add(example.split)
    counts = {split: sum(found == {split} for found in sides.values()) for split in ("train", "dev", "test")}

    assert all(len(found) == 1 for found in sides.values())
    assert counts["train"] > 280
    assert min(counts["dev"], counts["test"]) > 20


def test_missing_data_is_told(turns_folder: Path, tmp_path: Path) -> None:
    """A wrong --data names the file that is not there."""
    with pytest.raises(FileNotFoundError, match=r"labels\.txt"):
        data.load(tmp_path)


def test_own_turns_stay_in_the_split_of_their_file(folder: Path, turns_folder: Path) -> None:
    """An author's pass is in one split only: nothing is moved by checksum, also where a split is empty."""
    for path in turns_folder.iterdir():
        path.unlink()
    write_own(turns_folder / "train-7.jsonl", [own_row(f"Turn {i}") for i in range(100)])
    write_own(turns_folder / "test-2.jsonl", [own_row(f"Test {i}") for i in range(100)])
    found = [e for e in data.load(folder) if is_own(e)]

    assert {e.split for e in found if e.text.startswith("Turn")} == {"train"}
    assert {e.split for e in found if e.text.startswith("Test")} == {"test"}
    assert len(found) == 200


def test_an_own_turn_knows_every_served_head(turns_folder: Path) -> None:
    """Labels, kind, register and the messages before it are taken as written; the benchmark head stays unknown."""
    turn = own_row("And now?", "conversation", emotion=["fear"], domain=["legal"], belief=1, earlier=["A", "B"])
    write_own(turns_folder / "train-1.jsonl", [turn])
    example = data.load_own(turns_folder)[-1]

    assert known(example.head("emotion")) == [0, 0, 1, 0, 0, 0]
    assert known(example.head("domain")) == [0, 0, 1, 0, 0]
    assert (known(example.head("belief")), known(example.head("crisis"))) == ([1], [0])
    assert (example.kind, example.register, example.earlier) == ("conversation", "plain", ("A", "B"))
    assert np.isnan(example.targets[columns("goemotions").start :]).all()


def test_of_a_crisis_only_the_crisis_counts(turns_folder: Path) -> None:
    """The guide leaves open what somebody feels who says goodbye calmly: emotion and domain are masked."""
    write_own(
        turns_folder / "train-1.jsonl", [own_row("Goodbye.", "crisis", emotion=["sadness"], domain=["legal"], crisis=1)]
    )
    example = data.load_own(turns_folder)[-1]

    assert np.isnan(example.head("emotion")).all()
    assert np.isnan(example.head("domain")).all()
    assert (known(example.head("belief")), known(example.head("crisis"))) == ([0], [1])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"emotion": ["hope"]}, "emotion knows no hope"), ({"mood": "x"}, "mood"), ({"kind": 3}, "kind")],
)
def test_a_wrong_own_turn_is_told_with_its_line(turns_folder: Path, wrong: dict[str, Any], told: str) -> None:
    """A typing error in a label stops the run, naming file, line and label."""
    write_own(turns_folder / "train-1.jsonl", [own_row("Fine."), own_row("Wrong.") | wrong])

    with pytest.raises(ValueError, match=rf"train-1\.jsonl:2: .*{told}"):
        data.load_own(turns_folder)


def test_labels_that_are_not_given_are_unknown() -> None:
    """None and a missing head are unknown, an empty list is absent."""
    targets = data.labelled(emotion=[], domain=None, belief=1)

    assert len(targets) == WIDTH
    assert known(targets[columns("emotion")]) == [0] * len(EMOTIONS)
    assert np.isnan(targets[columns("domain")]).all()
    assert known(targets[columns("belief")]) == [1]
    assert np.isnan(targets[columns("crisis")]).all()


def test_the_own_turns_of_the_project_are_as_their_guide_says() -> None:
    """All files can be read, no text is in two splits, and crisis is 1 just where the kind says so."""
    found = data.load_own(data.own_turns())
    splits: dict[str, set[str]] = defaultdict(set)
    for example in found:
        splits[example.text].add(example.split)

    assert {e.split for e in found} == {"train", "dev", "test"}
    assert {e.source for e in found} == {OWN}
    assert sum(len(sides) > 1 for sides in splits.values()) == 0
    assert sum((e.kind == "crisis") != (e.head("crisis")[0] == 1) for e in found) == 0
    assert sum(bool(e.earlier) != (e.kind == "conversation") for e in found) == 0
    assert sum(e.kind == "lookalike" and bool(e.head("emotion").any()) for e in found) == 0


def test_other_languages_are_loaded_when_asked_for(folder: Path, turns_folder: Path) -> None:
    """Own turns say their language in the file name, public rows in a field; by default there is English only."""
    (turns_folder / "multilingual").mkdir()
    write_own(turns_folder / "multilingual" / "train-2-de.jsonl", [own_row("Wie sortiere ich das?")])
    rows = [row("Das macht mir Angst", lang="deu", emo=["fear"], emo_known=["fear"]), row("Kde je to?", lang="ces")]
    write_rows(folder / "labelled.jsonl.gz", rows)
    english, both = data.load(folder), by_text(data.load(folder, ("en", "de")))

    assert {e.language for e in english} == {"en"}
    assert both["Wie sortiere ich das?"].language == "de"
    assert (both["Wie sortiere ich das?"].split, both["Wie sortiere ich das?"].source) == ("train", OWN)
    assert both.keys() >= {e.text for e in english}
    assert "Kde je to?" not in both
    # The words by which belief and crisis are assumed absent are English.
    assert known(both["Das macht mir Angst"].head("crisis")) == [None]
