"""What `coolhead eval detector` reads and tells."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from guard.core.reading import Undetected
from guard.training import report
from guard.training.calibrate import targets_of
from guard.training.data import Example
from guard.training.labels import columns
from guard.training.measure import Scored


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where turns are written to."""
    return tmp_path / "turns.jsonl"


def write(path: Path, *rows: dict[str, Any]) -> None:
    """Write labelled turns."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(rows))


class AlwaysSad:
    """In the place of a model: finds sadness with 0.8 in what it reads, which is all but `hola`."""

    manifest = type("Named", (), {"revision": "sad@01234567"})()

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def score(self, examples: list[Example]) -> Scored:
        """Sadness only."""
        targets = targets_of(examples)
        fires = np.zeros_like(targets)
        fires[:, 0] = [self.undetected(e.text) is None for e in examples]
        return Scored(targets, fires * 0.8, fires)

    def undetected(self, text: str) -> Undetected | None:
        """Of one language it reads nothing."""
        return Undetected.LANGUAGE if text == "hola" else None


@pytest.fixture(autouse=True)
def judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test needs a model."""
    monkeypatch.setattr(report, "Judge", AlwaysSad)


def test_fields_are_read_as_they_are_documented(file: Path) -> None:
    """All fields of the guide, and an id of any form; empty lines are passed over."""
    turn = {"text": "a", "emotion": ["fear"], "domain": [], "belief": True, "crisis": 0, "earlier": ["b"], "id": [7]}
    file.write_bytes(b"\n" + msgspec.json.encode(turn | {"kind": "venting", "register": "teen"}) + b"\n\n")
    (example,) = report.read(file)

    assert (example.text, example.earlier, example.kind, example.register) == ("a", ("b",), "venting", "teen")
    assert example.head("emotion").tolist() == [0, 0, 1, 0, 0, 0]
    assert example.head("domain").tolist() == [0] * 5
    assert (example.head("belief").tolist(), example.head("crisis").tolist()) == ([1], [0])


def test_a_field_that_is_missing_or_null_is_unknown(file: Path) -> None:
    """Only `text` is needed; what nobody labelled is not taken for absent."""
    write(file, {"text": "a"}, {"text": "b", "emotion": None, "domain": None, "belief": None, "crisis": None})

    assert all(np.isnan(example.targets).all() for example in report.read(file))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"text": "a", "emotion": ["happiness"]}', "happiness"),
        ('{"text": "a", "mood": []}', "mood"),
        ('{"emotion": []}', "text"),
        ('{"text": "a", "belief": "yes"}', "belief"),
        ("not json", "malformed"),
    ],
)
def test_a_wrong_line_is_told_by_its_number(file: Path, line: str, told: str) -> None:
    """The file is named, and what is wrong: a misspelt label must not be scored as absent."""
    file.write_text(f'{{"text": "fine"}}\n\n{line}\n')

    with pytest.raises(ValueError, match=rf"turns\.jsonl, line 3: .*{told}"):
        report.read(file)


def test_an_empty_file_is_told(file: Path) -> None:
    """There is nothing to score."""
    file.write_text("\n")

    with pytest.raises(ValueError, match="no turn"):
        report.read(file)


def test_scores_are_of_the_labels_given(file: Path, tmp_path: Path) -> None:
    """Scores, calibration, confusion and bins of the labelled head; no calibration of the others."""
    sad = [{"text": f"a {i}", "emotion": ["sadness"]} for i in range(30)]
    calm = [{"text": f"b {i}", "emotion": []} for i in range(20)]
    write(file, *sad, *calm, {"text": "hola", "emotion": ["sadness"]}, {"text": "unlabelled"})
    found = report.detector_report(file, tmp_path)
    rows = {(row["measure"], row["of"]): row for row in found["rows"]}

    assert (found["model"], found["turns"], found["undetected"]) == ("sad@01234567", 52, {Undetected.LANGUAGE: 1})
    assert rows["recall", "sadness"]["value"] == pytest.approx(30 / 31, abs=1e-4)
    assert rows["false_flags", "emotion"]["value"] == 1
    assert rows["precision", "sadness"]["n"] == 50
    assert found["calibration_error"].keys() == {"emotion"}
    assert found["reliability"]["emotion"][-1] == [50, 0.8, 0.6]
    assert np.sum(found["confusion"]["emotion"]["counts"]) == 51
    assert np.sum(found["confusion"]["domain"]["counts"]) == 0
    assert msgspec.json.decode(msgspec.json.encode(found))["undetected"] == {"language": 1}


def test_calibration_is_of_labelled_turns_only(file: Path, tmp_path: Path) -> None:
    """Turns without the label do not make the interval narrower than it is."""
    write(file, *({"text": f"a {i}", "emotion": ["sadness"] if i % 2 else []} for i in range(40)))
    alone = report.detector_report(file, tmp_path)["calibration_error"]["emotion"]
    with file.open("ab") as lines:
        lines.write(b'{"text": "unlabelled"}\n' * 400)
    among = report.detector_report(file, tmp_path)["calibration_error"]["emotion"]

    assert alone == among
    assert alone["value"] == pytest.approx(
        0.3 / len(range(columns("emotion").start, columns("emotion").stop)), abs=1e-3
    )
