"""Variants of the second stage, each trained from the same first stage."""

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="torch comes with the extra `train`")

from guard.classifier import manifest as manifests
from guard.training import ablations, pipeline
from guard.training.pipeline import TrainConfig


def silent(line: str) -> None:
    """Says nothing."""


def test_variants_are_scored_beside_the_model(config: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part of the recipe has its row in manifest and card; the model and its other scores stay as they are."""
    config = replace(config, public_draws=64, own_draws=64)
    before = pipeline.train(config, silent)
    monkeypatch.setattr(ablations, "_DRAWS", 48)
    told: list[str] = []
    after = ablations.ablations(config, told.append)
    rows = after.scores["ablations"]
    scores = {"any emotion", "false on calm stakes", "emotion F1", "domain F1", "belief F1", "crisis recall"}

    assert [row["what"] for row in rows] == [
        "as shipped, shorter",
        "half of the own turns",
        "a quarter of the own turns",
        "no own turns",
        "no composed or altered turns",
        "the whole text as one sentence",
        "frozen encoder, heads only",
    ]
    assert all(row["draws"] == 48 and scores <= row.keys() for row in rows)
    assert all(0 <= row[name] <= 1 for row in rows for name in scores)
    assert after.files == before.files
    assert after.scores | {"ablations": []} == before.scores
    assert manifests.read(config.out) == after
    assert "| no own turns | 48 |" in (config.out / "CARD.md").read_text()
    assert "variant: no own turns" in told


def test_without_a_model_there_is_nothing_to_compare(config: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """--ablate before training is told by the manifest that is missing."""
    monkeypatch.setattr(ablations, "_variant", lambda *_, **__: {})

    with pytest.raises(FileNotFoundError, match=r"manifest\.json"):
        ablations.ablations(config, silent)
