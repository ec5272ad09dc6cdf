"""The card says what the manifest says."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from guard.classifier import manifest as manifests
from guard.classifier.manifest import Manifest, Output
from guard.training import card

ESTIMATE = {"n": 40, "value": 0.9, "low": 0.85, "high": 0.94}
ROW = ESTIMATE | {"measure": "any_recall", "of": "emotion"}
SCORES: dict[str, Any] = {
    "targets": [
        {"what": "recall of any emotion", "sign": ">=", "target": 0.95, "met": False, **ESTIMATE},
        {"what": "size", "sign": "<=", "target": 30, "met": True, "value": 23.4},
        {"what": "only told", "sign": "", "target": None, "met": None, "value": 0.1},
    ],
    "groups": [
        {
            "by": "kind",
            "group": "venting",
            "n": 40,
            "emotion_recall": ESTIMATE,
            **dict.fromkeys(("emotion_false_flags", "domain_recall", "domain_false_flags", "belief_false_flags")),
        }
    ],
    "conversations": {"carried": ESTIMATE, "moved_on_flagged": ESTIMATE | {"value": 0.125}},
    "confusion": {"emotion": {"labels": ["sadness", "none"], "counts": [[7, 1], [0, 9]]}},
    "reliability": {"emotion": [[40, 0.1234, 0.1]], "belief": []},
    "sets": [{"set": "some", "about": "a set", "turns": 41, "rows": [ROW]}],
    "latency_ms": [{"tokens": 64, "sentences": 4, "state": "cold", "p50": 2.5, "p99": 3.5}],
    "load_average": 0.5,
    "int8": [{"set": "own", "heads": ["emotion", "domain"], "int8": 0.8, "fp32": 0.801, "difference": 0.001}],
    "ablations": [],
}
MANIFEST = Manifest(
    *("", "small", ("en",), {"model.onnx": "0123456789"}, 96, 256),
    heads={"emotion": (Output("sadness", 0.4321, 0.9, -1.0),)},
    memory={"emotion": (1.0, 0.7, 0.49)},
    data=({"source": "goemotions", "licence": "Apache-2.0", "train_rows": 7, "heads": ["emotion"]},),
    training={
        "command": "coolhead train --seed 5",
        "goals": {"emotion_on_general": 0.02},
        "parity": {"texts": 400, "graph_largest": 1e-5, "int8_mean": 0.004, "int8_largest": 0.09},
        "encoder": {"name": "MiniLM", "licence": "Apache-2.0", "sha256": "abc"},
        "draws": {"public": 100, "own": 50},
    },
    scores=SCORES,
)


def test_the_shipped_card_follows_from_its_manifest() -> None:
    """No number in it was typed by a person: rendering it again gives the same file."""
    folder = manifests.shipped()
    manifest = manifests.read(folder)
    rendered = card.render(manifest, (folder / "model.onnx").stat().st_size)

    assert rendered == (folder / "CARD.md").read_text()


def test_the_card_tells_how_to_make_and_measure_the_model() -> None:
    """The commands stand beside the numbers, and every source beside its licence."""
    folder = manifests.shipped()
    manifest = manifests.read(folder)
    text = (folder / "CARD.md").read_text()

    assert manifest.training["command"] in text
    assert "--measure" in text
    assert all(f"| {source['source']} | {source['licence']} |" in text for source in manifest.data)
    assert all(f"### {found['set']}\n" in text for found in manifest.scores["sets"])


@pytest.mark.parametrize(
    "part",
    [
        "Revision `small@01234567`, 23.0 MB. Reads en only.",
        "| recall of any emotion | >= 0.95 | 40 | 0.900 [0.850, 0.940] | **no** |",
        "| size | <= 30 |  | 23.400 | yes |",
        "| only told |  |  | 0.100 |  |",
        "| kind | venting | 40 | 0.900 [0.850, 0.940] |  |  |  |  |",
        "weigh 1, 0.7, 0.49 for emotion",
        "moved on: 0.125 [0.850, 0.940] of 40",
        "| none | 0 | 9 |",
        "| emotion | 40 | 0.123 | 0.100 |",
        "### some\n\n41 turns: a set.",
        "| recall of any label | emotion | 40 | 0.900 [0.850, 0.940] |",
        "| 64 | 4 | cold | 2.50 | 3.50 |",
        "| own | emotion and domain | 0.8000 | 0.8010 | 0.0010 |",
        "| emotion | sadness | 0.4321 | 0.900 | -1.000 |",
        "emotion on general 2.0%",
        "First 100 draws from the training splits of the public sources, then 50 from own turns",
        "| goemotions | Apache-2.0 | 7 | emotion |",
    ],
)
def test_every_score_is_shown(part: str) -> None:
    """With its interval, what it is of, and whether a target was missed."""
    assert part in card.render(MANIFEST, 23_000_000)


def test_ablations_are_shown_when_there_are_any() -> None:
    """A model whose variants were never trained says nothing about them."""
    rows = [{"what": "no own turns", "draws": 9000, "any emotion": 0.5, "crisis recall": 0.25}]
    with_rows = msgspec.structs.replace(MANIFEST, scores=SCORES | {"ablations": rows})

    assert "Ablations" not in card.render(MANIFEST, 1)
    assert "| no own turns | 9000 | 0.500 | 0.250 |" in card.render(with_rows, 1)
    assert "coolhead train --data DATA --ablate" in card.render(with_rows, 1)


def test_a_table_is_markdown() -> None:
    """One header, one line, the rows."""
    assert card.table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_a_diagram_is_the_same_every_time(tmp_path: Path) -> None:
    """Measuring again without a change leaves no difference in the repository; a head without turns has no line."""
    for name in ("one.svg", "two.svg"):
        card.draw_reliability({"emotion": [[40, 0.1, 0.2], [10, 0.9, 0.8]], "belief": []}, tmp_path / name)
    text = (tmp_path / "one.svg").read_text()

    assert text == (tmp_path / "two.svg").read_text()
    assert "emotion (n = 50)" in text
    assert "belief" not in text
