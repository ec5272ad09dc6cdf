"""The whole of `coolhead train`, on a small random encoder and a little data."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch comes with the extra `train`")

from guard.classifier import manifest as manifests
from guard.classifier.manifest import CRISIS_RULES, MODEL, TOKENIZER
from guard.classifier.onnx import OnnxClassifier
from guard.core.reading import Reading
from guard.core.turn import Turn
from guard.training import draws, pipeline
from guard.training.data import OWN, load
from guard.training.fit import Detector, fit
from guard.training.labels import GOEMOTIONS, SERVED
from guard.training.pipeline import TrainConfig
from tests.training.conftest import row, write_rows


def silent(line: str) -> None:
    """Says nothing."""


def test_a_run_makes_a_model_that_serves(config: TrainConfig) -> None:
    """From data to a loaded classifier; the same call again trains nothing and gives the same file."""
    told: list[str] = []
    manifest = pipeline.train(config, told.append)
    classifier = OnnxClassifier.load(config.out)
    asked, plain = (classifier.score(Turn(text)) for text in ("Which dose of drug 5 is safe?", "set a timer for 5"))
    classifier.close()

    assert isinstance(asked, Reading)
    assert isinstance(plain, Reading)
    assert asked.domain["medical"] > plain.domain["medical"] + 0.2
    assert manifests.read(config.out) == manifest
    assert manifest.files.keys() == {MODEL, TOKENIZER, CRISIS_RULES}
    assert (config.out / CRISIS_RULES).read_bytes() == pipeline.CRISIS.read_bytes()
    assert list(manifest.heads) == list(SERVED)
    assert list(manifest.unserved) == [GOEMOTIONS]
    assert manifest.memory["emotion"] == manifest.memory["crisis"]
    assert manifest.memory["emotion"][0] == 1 > manifest.memory["emotion"][1]
    assert manifest.reference.keys() == SERVED.keys()
    assert manifest.training["draws"] == {"public": 480, "own": 320}
    assert manifest.training["parity"]["graph_largest"] < 1e-3
    assert manifest.training["encoder"]["name"] == "model"
    assert "| clinc150 | CC BY 3.0 |" in (config.out / "CARD.md").read_text()
    assert any("int8" in line for line in told)

    rows = {source["source"]: source for source in manifest.data}
    assert rows.keys() == {"goemotions", "clinc150", "bioasq", "syn_syc", "own_turns"}
    assert rows["own_turns"]["train_rows"] == 220
    assert rows["own_turns"]["heads"] == list(SERVED)

    stages = [config.work / f"{stage}.pt" for stage in ("public", "own")]
    before = [stage.stat().st_mtime_ns for stage in stages]
    assert pipeline.train(config, silent).files == manifest.files
    assert [stage.stat().st_mtime_ns for stage in stages] == before


def test_other_options_do_not_go_on_in_the_same_work_folder(config: TrainConfig, encoder: Path) -> None:
    """A first stage with other draws is another run, which is told before anything is written."""
    detector = Detector(str(encoder))
    examples = [e for e in load(config.data) if e.split == "train" and e.source != OWN]
    fit(detector, draws.public(examples, 16, 0), config.public, config.work, "public")

    with pytest.raises(ValueError, match="another work folder"):
        pipeline.train(replace(config, public_draws=32), silent)
    assert not config.out.exists()


def test_a_source_without_a_licence_stops_the_run(config: TrainConfig) -> None:
    """Nothing is trained on data of which nobody knows whether it may be used."""
    write_rows(config.data / "labelled.jsonl.gz", [row("a text", source="found_somewhere", dom=["legal"])])

    with pytest.raises(ValueError, match="found_somewhere"):
        pipeline.train(config, silent)
    assert not config.work.exists()
