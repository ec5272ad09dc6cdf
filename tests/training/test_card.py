"""The card says what the manifest says."""

from guard.classifier import manifest as manifests
from guard.training import card


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
