"""The trained model as a fused graph in ONNX, quantised to int8 and compared with the original.

The graph is built by hand from the weights: fusion (Attention, SkipLayerNormalization, BiasGelu) before
dynamic quantisation makes it 2.3 to 3 times faster than a converted and quantised graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from guard.classifier.passage import Passage
from guard.classifier.runtime import Runtime

Weights = Mapping[str, NDArray[np.float32]]
Logits = NDArray[np.float32]
_MICROSOFT = "com.microsoft"
_EPSILON = 1e-12


class _Graph:
    """Nodes and weights as they are added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def weight(self, name: str, value: NDArray[Any]) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output


def build(encoder: Weights, head_weight: NDArray[Any], head_bias: NDArray[Any], heads: int) -> Any:
    """A BERT encoder, the mean over each sentence and one linear layer; `heads` are attention heads.

    Inputs `input_ids` of shape (1, tokens) and `pooling` of shape (sentences, tokens), as `Passage` has them;
    output `logits` of shape (sentences, outputs).
    """
    graph = _Graph()
    layers = 1 + max(int(name.split(".")[2]) for name in encoder if name.startswith("encoder.layer."))
    hidden = _embeddings(graph, encoder)
    for layer in range(layers):
        hidden = _layer(graph, encoder, layer, hidden, heads)
    graph.weight("text_axis", np.array([0], np.int64))
    tokens = graph.node("Squeeze", [hidden, "text_axis"], "tokens_of_text")
    pooled = graph.node("MatMul", ["pooling", tokens], "pooled")
    scores = graph.node("MatMul", [pooled, graph.weight("head_weight", head_weight.T)], "scores")
    graph.node("Add", [scores, graph.weight("head_bias", head_bias)], "logits")
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "detector",
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT32, [1, "tokens"]),
                helper.make_tensor_value_info("pooling", TensorProto.FLOAT, ["sentences", "tokens"]),
            ],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["sentences", len(head_bias)])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(_MICROSOFT, 1)],
        ir_version=9,
    )


def _embeddings(graph: _Graph, w: Weights) -> str:
    """Word and position embeddings; the one token type that there is goes into the positions."""
    e = "embeddings."
    positions = w[e + "position_embeddings.weight"] + w[e + "token_type_embeddings.weight"][:1]
    words = graph.weight("words", w[e + "word_embeddings.weight"])
    gathered = graph.node("Gather", [words, "input_ids"], "word_vectors")
    shape = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    graph.weight("zero", np.array([0], np.int64))
    placed = graph.node("Slice", [graph.weight("positions", positions), "zero", shape, "zero"], "placed")
    summed = graph.node("Add", [gathered, placed], "summed")
    scale = graph.weight("embedding_scale", w[e + "LayerNorm.weight"])
    shift = graph.weight("embedding_shift", w[e + "LayerNorm.bias"])
    return graph.node("LayerNormalization", [summed, scale, shift], "embedded", epsilon=_EPSILON, axis=-1)


def _layer(graph: _Graph, w: Weights, layer: int, hidden: str, heads: int) -> str:
    def of(name: str) -> NDArray[np.float32]:
        return w[f"encoder.layer.{layer}.{name}"]

    def add(name: str, value: NDArray[Any]) -> str:
        return graph.weight(f"{name}_{layer}", value)

    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    qkv = add("qkv", np.concatenate([of(f"{part}.weight").T for part in parts], 1))
    qkv_bias = add("qkv_bias", np.concatenate([of(f"{part}.bias") for part in parts]))
    attended = graph.node("Attention", [hidden, qkv, qkv_bias], f"attended_{layer}", _MICROSOFT, num_heads=heads)
    out = add("out", of("attention.output.dense.weight").T)
    mixed = graph.node("MatMul", [attended, out], f"mixed_{layer}")
    normed = _skip(graph, mixed, hidden, add, of, "attention.output", f"normed_{layer}")
    wide = graph.node("MatMul", [normed, add("up", of("intermediate.dense.weight").T)], f"wide_{layer}")
    bias = add("up_bias", of("intermediate.dense.bias"))
    active = graph.node("BiasGelu", [wide, bias], f"active_{layer}", _MICROSOFT)
    narrow = graph.node("MatMul", [active, add("down", of("output.dense.weight").T)], f"narrow_{layer}")
    return _skip(graph, narrow, normed, add, of, "output", f"hidden_{layer}")


def _skip(graph: _Graph, new: str, old: str, add: Any, of: Any, part: str, output: str) -> str:
    """LayerNorm(new + bias + old), fused."""
    scale = add(f"{part}_scale", of(f"{part}.LayerNorm.weight"))
    shift = add(f"{part}_shift", of(f"{part}.LayerNorm.bias"))
    bias = add(f"{part}_bias", of(f"{part}.dense.bias"))
    inputs = [new, old, scale, shift, bias]
    return graph.node("SkipLayerNormalization", inputs, output, _MICROSOFT, epsilon=_EPSILON)


def save(model: Any, path: Path) -> None:
    """Write a graph that onnx finds well-formed."""
    onnx.checker.check_model(model)
    onnx.save(model, path)


def quantise(full: Path, small: Path) -> None:
    """Dynamic int8, per channel, of everything that multiplies or looks up."""
    quantize_dynamic(
        full,
        small,
        op_types_to_quantize=["MatMul", "Attention", "Gather"],
        weight_type=QuantType.QInt8,
        per_channel=True,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
    )


@dataclass(frozen=True, slots=True)
class Parity:
    """Absolute differences of probabilities over all outputs: the graph from torch, int8 from fp32."""

    texts: int
    graph_largest: float
    int8_mean: float
    int8_largest: float


GRAPH_TOLERANCE = 0.001
"""Largest difference of a probability between torch and the fp32 graph: they are the same arithmetic."""

INT8_TOLERANCE = 0.01
"""Mean difference of the probabilities between fp32 and int8."""


def parity(expected: Logits, full: Path, small: Path, passages: list[Passage]) -> Parity:
    """Compare both files with the original's logits, each text's maximum over its sentences.

    Raises:
        ValueError: a file is further off than tolerated; it must not be shipped.
    """
    original, exact, quick = (_sigmoid(x) for x in (expected, run(full, passages), run(small, passages)))
    graph, rounding = np.abs(exact - original), np.abs(quick - exact)
    found = Parity(len(passages), float(graph.max()), float(rounding.mean()), float(rounding.max()))
    if not found.graph_largest <= GRAPH_TOLERANCE:
        raise ValueError(f"the graph is off by {found.graph_largest:.4f}, tolerated is {GRAPH_TOLERANCE}")
    if not found.int8_mean <= INT8_TOLERANCE:
        raise ValueError(f"int8 is off by {found.int8_mean:.4f} on average, tolerated is {INT8_TOLERANCE}")
    return found


def run(model: Path, passages: list[Passage]) -> Logits:
    """The logits of passages: the maximum over the sentences of each."""
    runtime = Runtime(model)
    return np.stack([runtime.logits(passage).max(axis=0) for passage in passages])


def _sigmoid(logits: Logits) -> Logits:
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
