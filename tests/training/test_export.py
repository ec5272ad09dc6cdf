"""The hand-built graph computes what the encoder computes, and an export that does not is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx comes with the extra `train`")

from guard.classifier.passage import Passage
from guard.classifier.runtime import Runtime
from guard.training import export

WIDTH, HEADS, LAYERS, WORDS = 16, 2, 2, 50
RNG = np.random.default_rng(0)


def passage(*lengths: int) -> Passage:
    """A text whose sentences have so many random tokens."""
    ids = RNG.integers(1, WORDS, sum(lengths) + 2)
    return Passage(("x",) * len(lengths), tuple(ids.tolist()), lengths, truncated=False)


PASSAGES = [passage(2), passage(3, 5), passage(1, 1, 10)]


def weights() -> dict[str, Any]:
    """A small random BERT, by the names that transformers gives."""
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (WORDS, WIDTH),
        "embeddings.position_embeddings.weight": (20, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        linear = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        linear |= {"attention.output.dense": (WIDTH, WIDTH)}
        linear |= {"intermediate.dense": (4 * WIDTH, WIDTH), "output.dense": (WIDTH, 4 * WIDTH)}
        for part, shape in linear.items():
            shapes |= {f"{name}{part}.weight": shape, f"{name}{part}.bias": shape[:1]}
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
    found = {name: RNG.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    for norm in norms:
        found[f"{norm}.weight"] = RNG.normal(1, 0.1, WIDTH).astype(np.float32)
        found[f"{norm}.bias"] = RNG.normal(0, 0.1, WIDTH).astype(np.float32)
    return found


def expected(w: dict[str, Any], head: Any, bias: Any, text: Passage) -> Any:
    """The textbook computation, step by step: logits of each sentence of a text that is read in whole."""
    from math import erf

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x: Any, name: str) -> Any:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    ids = list(text.ids)
    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "position_embeddings.weight"][: len(ids)]
    x = norm(x + w[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        q, k, v = (
            linear(x, f"{name}attention.self.{part}").reshape(len(ids), HEADS, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = q @ k.swapaxes(1, 2) / np.sqrt(WIDTH / HEADS)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = ((shares / shares.sum(-1, keepdims=True)) @ v).swapaxes(0, 1).reshape(len(ids), WIDTH)
        x = norm(linear(mixed, f"{name}attention.output.dense") + x, f"{name}attention.output.LayerNorm")
        wide = linear(x, f"{name}intermediate.dense")
        active = wide * 0.5 * (1 + np.vectorize(erf)(wide / np.sqrt(2)))
        x = norm(linear(active, f"{name}output.dense") + x, f"{name}output.LayerNorm")
    ends = 1 + np.cumsum(text.lengths)
    means = [x[end - length : end].mean(0) for end, length in zip(ends, text.lengths, strict=True)]
    return np.stack(means) @ head.T + bias


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[Any]]:
    """The fp32 file, the int8 file, and the logits they should give for the sentences of each text."""
    folder = tmp_path_factory.mktemp("export")
    w, head, bias = weights(), RNG.normal(0, 1, (3, WIDTH)).astype(np.float32), np.zeros(3, np.float32)
    export.save(export.build(w, head, bias, HEADS), folder / "full.onnx")
    export.quantise(folder / "full.onnx", folder / "small.onnx")
    logits = [expected(w, head, bias, text).astype(np.float32) for text in PASSAGES]
    return folder / "full.onnx", folder / "small.onnx", logits


@pytest.fixture
def strongest(exported: tuple[Path, Path, list[Any]]) -> Any:
    """What the original says of each text: the maximum over its sentences."""
    return np.stack([rows.max(axis=0) for rows in exported[2]])


def test_the_graph_is_the_encoder(exported: tuple[Path, Path, list[Any]]) -> None:
    """Every sentence of texts of any length gets the logits of the textbook computation."""
    runtime = Runtime(exported[0])
    for text, logits in zip(PASSAGES, exported[2], strict=True):
        np.testing.assert_allclose(runtime.logits(text), logits, atol=1e-4)


def test_sentences_are_read_in_the_light_of_the_others(exported: tuple[Path, Path, list[Any]]) -> None:
    """The same tokens mean something else beside another sentence: one pass, not one for each."""
    runtime, text = Runtime(exported[0]), PASSAGES[1]
    first = text.lengths[0]
    alone = Passage(("x",), (*text.ids[: 1 + first], text.ids[-1]), (first,), truncated=False)

    assert np.abs(runtime.logits(text)[0] - runtime.logits(alone)[0]).max() > 0.01


def test_a_run_takes_the_strongest_sentence(exported: tuple[Path, Path, list[Any]], strongest: Any) -> None:
    """As the service does."""
    np.testing.assert_allclose(export.run(exported[0], PASSAGES), strongest, atol=1e-4)


def test_int8_is_smaller_and_near(exported: tuple[Path, Path, list[Any]], strongest: Any) -> None:
    """Quantised weights shrink the file and move probabilities a little only."""
    full, small, _ = exported
    found = export.parity(strongest, full, small, PASSAGES)

    assert small.stat().st_size < full.stat().st_size
    assert found.texts == 3
    assert found.graph_largest < 1e-4
    assert 0 < found.int8_mean < export.INT8_TOLERANCE


def test_a_graph_that_differs_is_refused(exported: tuple[Path, Path, list[Any]], strongest: Any) -> None:
    """Weights that went to the wrong place must not be shipped, nor numbers that are none."""
    full, small, _ = exported
    with pytest.raises(ValueError, match="the graph is off"):
        export.parity(strongest + 1, full, small, PASSAGES)
    with pytest.raises(ValueError, match="the graph is off"):
        export.parity(strongest * np.float32("nan"), full, small, PASSAGES)


def test_int8_that_lost_too_much_is_refused(
    exported: tuple[Path, Path, list[Any]], strongest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tolerance is a limit, not a remark."""
    monkeypatch.setattr(export, "INT8_TOLERANCE", 1e-6)
    with pytest.raises(ValueError, match="int8 is off"):
        export.parity(strongest, *exported[:2], PASSAGES)
