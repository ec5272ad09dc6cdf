"""Licences of what the shipped model was trained on."""

from guard.classifier import manifest as manifests
from guard.training.sources import ENCODERS, LICENCES


def test_the_shipped_model_names_its_sources() -> None:
    """Encoder and data are named with their licences; nothing that may only be measured on was trained on."""
    manifest = manifests.read(manifests.shipped())
    assert {source["source"]: source["licence"] for source in manifest.data} == LICENCES
    assert manifest.training["encoder"]["name"] == ENCODERS[manifest.training["encoder"]["sha256"]].name
    assert not {"dair_emotion", "enisear", "mqp", "loneliness"} & set(LICENCES)
