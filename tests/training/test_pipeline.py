"""The whole of `coolhead train`, on a small random encoder and a little data."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the extra `train`")

from sentence_transformers import SentenceTransformer  # noqa: E402
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer  # noqa: E402
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast  # noqa: E402

from guard.classifier import manifest as manifests  # noqa: E402
from guard.classifier.onnx import OnnxClassifier  # noqa: E402
from guard.training import pipeline  # noqa: E402
from guard.training.fit import FitConfig  # noqa: E402
from guard.training.pipeline import TrainConfig  # noqa: E402
from tests.training.conftest import row, write_rows  # noqa: E402


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of two narrow layers, with the shipped model's tokenizer."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("encoder")
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "pad", "unk", "mask")}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(manifests.shipped() / "tokenizer.json"), **special)
    tokenizer.save_pretrained(folder / "bert")
    config = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    pooling = Pooling(32, pooling_mode="mean")
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture
def config(data: Path, encoder: Path, tmp_path: Path) -> TrainConfig:
    """A run of a few steps."""
    fine = ["annoyance", "grief", "fear", "joy", "disgust", "surprise", "neutral"]
    (data / "goemotions" / "labels.txt").write_text("\n".join(fine))
    for split in ("train", "dev", "test"):
        lines = [f"I am so full of {name} number {i}\t{n}\tid" for n, name in enumerate(fine) for i in range(20)]
        (data / "goemotions" / f"{split}.tsv").write_text("\n".join(lines))
    texts = [row(f"set a timer for {i} minutes", source="clinc150", dom=[]) for i in range(200)]
    texts += [row(f"Which dose of drug {i} is safe?", source="bioasq", dom=["medical"]) for i in range(200)]
    texts += [row(f"I think it is {i}, right?", source="syn_syc", dom=[], syc=1) for i in range(100)]
    write_rows(data / "labelled.jsonl.gz", texts)
    fit = FitConfig(encoder=str(encoder), batch=16, checkpoint_every=5, encoder_rate=3e-3, head_rate=2e-2)
    return TrainConfig(data, tmp_path / "out" / "tiny", tmp_path / "work", fit, 640, "coolhead train")


def test_a_run_makes_a_model_that_serves(config: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """From data to a loaded classifier; the same call again trains nothing and gives the same file."""
    monkeypatch.setattr("guard.training.latency.measure", lambda folder: [])
    manifest = pipeline.train(config, lambda line: None)
    classifier = OnnxClassifier.load(config.out)
    asked, plain = (classifier.score(text).reading for text in ("Which dose of drug 5 is safe?", "set a timer for 5"))
    assert asked.domain["medical"] > plain.domain["medical"] + 0.2
    classifier.close()
    assert manifest.name == "tiny"
    assert {source["source"] for source in manifest.data} >= {"goemotions", "clinc150", "bioasq", "syn_syc"}
    assert manifest.training["parity"]["graph_largest"] < 1e-3
    assert manifest.training["encoder"]["name"] == "model"
    assert "| clinc150 | CC BY 3.0 |" in (config.out / "CARD.md").read_text()
    assert pipeline.train(config, lambda line: None).files == manifest.files


def test_a_source_without_a_licence_stops_the_run(config: TrainConfig) -> None:
    """Nothing is trained on data of which nobody knows whether it may be used."""
    write_rows(config.data / "labelled.jsonl.gz", [row("a text", source="found_somewhere", dom=["legal"])])
    with pytest.raises(ValueError, match="found_somewhere"):
        pipeline.train(config, lambda line: None)
    assert not config.work.exists()
