"""Measuring a model again."""

import shutil
from pathlib import Path

import pytest

from guard.classifier import manifest as manifests
from guard.training import evaluate, latency


def test_measuring_again_keeps_the_model(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores and card are new; weights, thresholds and what int8 cost stay. Scores are those of the data given."""
    model = tmp_path / "model"
    shutil.copytree(manifests.shipped(), model)
    monkeypatch.setattr(latency, "measure", lambda folder: [])
    before = manifests.read(model)
    told: list[str] = []
    after = evaluate.evaluate(model, data, told.append)
    assert (after.files, after.heads, after.training) == (before.files, before.heads, before.training)
    assert after.scores["int8"] == before.scores["int8"]
    sets = {found["set"]: found for found in after.scores["sets"]}
    assert sets["rooms"]["turns"] == 60
    recall = [r for r in sets["rooms"]["rows"] if (r["measure"], r["of"]) == ("recall", "fear")]
    assert recall[0]["n"] == 30
    assert recall[0]["value"] > 0.8
    assert manifests.read(model) == after
    assert "### rooms" in (model / "CARD.md").read_text()
    assert any("rooms: 60" in line for line in told)
