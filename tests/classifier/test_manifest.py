"""What a model folder promises is checked before it is used."""

import shutil
from pathlib import Path

import msgspec
import pytest

from guard.classifier import manifest as manifests
from guard.classifier.manifest import Manifest, Output

FILES = ("model.onnx", "tokenizer.json", "crisis_rules.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder whose files are short texts."""
    for name in FILES:
        (tmp_path / name).write_text(f"what is in {name}")
    files = {name: manifests.sha256(tmp_path / name) for name in FILES}
    heads = {"emotion": (Output("sadness", 0.4, 0.9, -1.0),), "belief": (Output("belief", 0.7),)}
    manifest = Manifest(
        *(manifests.SCHEMA, "small", ("en",), files, 96, 256, heads),
        unserved={"goemotions": (Output("neutral", 0.5),)},
        memory={"emotion": (1.0, 0.7)},
        reference={"emotion": {"sadness": (0.9, 0.1)}},
    )
    manifests.write(tmp_path, manifest)
    return tmp_path


def test_what_was_written_is_read(folder: Path) -> None:
    """Labels, thresholds, calibration, memory and the reference survive the file."""
    found = manifests.read(folder)
    assert found.heads["emotion"] == (Output("sadness", 0.4, 0.9, -1.0),)
    assert found.thresholds == {"emotion": {"sadness": 0.4}, "belief": {"belief": 0.7}}
    assert found.unserved == {"goemotions": (Output("neutral", 0.5),)}
    assert found.memory == {"emotion": (1.0, 0.7)}
    assert found.reference == {"emotion": {"sadness": (0.9, 0.1)}}
    assert found.revision == f"small@{found.files['model.onnx'][:8]}"


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    """The error names the file, the checksum it should have and the one it has."""
    expected = manifests.sha256(folder / name)
    (folder / name).write_bytes(b"other weights")
    found = manifests.sha256(folder / name)
    with pytest.raises(ValueError, match="refused") as error:
        manifests.read(folder)
    for part in (str(folder / name), expected, found):
        assert part in str(error.value)


def test_a_folder_without_manifest_is_told(tmp_path: Path) -> None:
    """A wrong path is told as such, with what it should be."""
    with pytest.raises(FileNotFoundError, match="coolhead train"):
        manifests.read(tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_told(folder: Path, name: str) -> None:
    """A model folder that was copied in part is refused."""
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        manifests.read(folder)


def test_a_broken_manifest_is_told(folder: Path) -> None:
    """Half a file is a clear error and no traceback of a decoder."""
    path = folder / manifests.MANIFEST
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="is broken"):
        manifests.read(folder)


@pytest.mark.parametrize("schema", ["coolhead.detector/1", "coolhead.detector/9"])
def test_a_manifest_of_another_version_is_refused(folder: Path, schema: str) -> None:
    """A model of an earlier or a later format is not half understood."""
    manifest = msgspec.structs.replace(manifests.read(folder), schema=schema)
    manifests.write(folder, manifest)
    with pytest.raises(ValueError, match=schema):
        manifests.read(folder)


def test_the_shipped_model_is_what_its_manifest_says() -> None:
    """It can be read, promises the outputs that the product has, and weighs no more than 30 MB."""
    folder = manifests.shipped()
    found = manifests.read(folder)
    assert found.name == folder.name == manifests.NAME
    assert list(found.heads) == ["emotion", "domain", "belief", "crisis"]
    assert set(found.files) == set(FILES)
    assert all(0 < output.threshold <= 1 and output.scale > 0 for head in found.heads.values() for output in head)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 30e6
    assert (folder / "CARD.md").read_text().startswith(f"# {found.name}")


def test_the_shipped_model_remembers_feelings() -> None:
    """The newest message counts in full, each one before it less, and more than nothing; questions are forgotten."""
    memory = manifests.read(manifests.shipped()).memory
    assert set(memory) == {"emotion", "crisis"}
    for weights in memory.values():
        assert weights[0] == 1
        assert len(weights) > 1
        assert list(weights) == sorted(set(weights), reverse=True)
        assert weights[-1] > 0


def test_the_shipped_model_says_what_traffic_it_was_made_for() -> None:
    """For every label there is the distribution of probabilities that live traffic is compared with."""
    found = manifests.read(manifests.shipped())
    assert {head: set(labels) for head, labels in found.reference.items()} == {
        head: {output.label for output in outputs} for head, outputs in found.heads.items()
    }
    for labels in found.reference.values():
        for shares in labels.values():
            assert len(shares) == manifests.BINS
            assert sum(shares) == pytest.approx(1, abs=0.001)


def test_a_shipped_model_inside_the_package_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installed wheel carries the model inside the package and finds it there."""
    package = tmp_path / "site" / "guard"
    (package / "classifier").mkdir(parents=True)
    monkeypatch.setattr(manifests, "__file__", str(package / "classifier" / "manifest.py"))
    assert manifests.shipped() == tmp_path / "site" / "models" / manifests.NAME
    (package / "_models" / manifests.NAME).mkdir(parents=True)
    assert manifests.shipped() == package / "_models" / manifests.NAME
    shutil.rmtree(package)


def test_a_model_is_named_or_a_folder(tmp_path: Path) -> None:
    """Shipped models by their names, others by their paths, the English one by default."""
    assert manifests.folder_of(None) == manifests.shipped()
    assert manifests.folder_of(manifests.NAME) == manifests.shipped()
    assert manifests.folder_of(str(tmp_path)) == tmp_path
