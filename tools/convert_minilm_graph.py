"""The graphs of all-MiniLM-L6-v2 over packed tokens, written node by node.

Tokens of all texts of a batch lie behind one another, without padding: every matrix multiplication works on real tokens
only. Attention alone is done on a padded layout, into which and out of which two gathers lead:

- `input_ids`, `position_ids` [tokens]: the packed tokens and their positions in their own texts;
- `padded` [texts, longest]: the packed index of each padded place (any index where no token stands);
- `mask` [texts, 1, 1, longest]: 0 where a token stands, a large negative number elsewhere;
- `packed` [tokens]: the place in the flattened padded layout of each packed token;
- output `token_embeddings` [tokens, 384].

In the int8 graph each token is quantised with a scale of its own, so that a text's vector does not depend on its
neighbours in the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from convert_minilm_rounding import EPSILON, HEADS, HIDDEN, LAYERS, LINEARS, Linear
from onnx import TensorProto, helper, numpy_helper

FUSED = "com.microsoft"
GELU_MINIMUM = 0.17
"""The exact GELU never goes below -0.17."""
GELU_ZERO = 32
ALIGNMENT = 64


class WeightFile:
    """One file of raw tensors that several graphs share; a tensor is written the first time that it is named."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._file = path.open("wb")
        self._known: dict[str, TensorProto] = {}

    def tensor(self, name: str, value: np.ndarray) -> TensorProto:
        if name not in self._known:
            value = np.ascontiguousarray(value)
            self._file.write(b"\0" * (-self._file.tell() % ALIGNMENT))
            tensor = numpy_helper.from_array(value, name)
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, text in (("location", self._name), ("offset", self._file.tell()), ("length", value.nbytes)):
                tensor.external_data.add(key=key, value=str(text))
            self._file.write(value.tobytes())
            self._known[name] = tensor
        return self._known[name]

    def close(self) -> None:
        self._file.close()


class Graph:
    """Collects nodes; small constants stay in the graph, everything else goes to the weight file."""

    def __init__(self, weights: WeightFile | None) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, TensorProto] = {}
        self._weights = weights
        self._count = 0

    def constant(self, name: str, value: Any) -> str:
        value = np.asarray(value)
        if name not in self.initializers:
            small = self._weights is None or value.nbytes < 64
            tensor = numpy_helper.from_array(value, name) if small else self._weights.tensor(name, value)
            self.initializers[name] = tensor
        return name

    def node(self, op: str, inputs: Sequence[str], *, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        self._count += 1
        names = [f"{op}_{self._count}" + (f"_{i}" if outputs > 1 else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, name=names[0], domain=domain, **attributes))
        return names if outputs > 1 else names[0]

    def model(self, inputs: Sequence[onnx.ValueInfoProto], outputs: Sequence[onnx.ValueInfoProto]) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, "all-MiniLM-L6-v2", inputs, outputs, list(self.initializers.values()))
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="groundfog")


class Int8:
    """Multiplies in int8: tokens are quantised as they come, each with its own scale."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._axis = graph.constant("last_axis", np.array([-1], np.int64))
        self._one = graph.constant("one", np.float32(1))

    def multiply(self, x: str, name: str, linear: Linear) -> str:
        graph = self._graph
        if linear.smoothing is not None:
            x = graph.node("Mul", [x, graph.constant(f"{name}.smoothing", linear.smoothing)])
        scale, zero = self._gelu_scale(x) if linear.kind == "down" else self._symmetric_scale(x)
        tokens = graph.node("QuantizeLinear", [graph.node("Div", [x, scale]), self._one, zero])
        matrix = graph.constant(f"{name}.int8", linear.int8)
        columns = graph.constant(f"{name}.scale", linear.scale)
        product = graph.node("MatMulIntegerToFloat", [tokens, matrix, self._one, columns, zero], domain=FUSED)
        return graph.node("Mul", [product, scale])

    def _symmetric_scale(self, x: str) -> tuple[str, str]:
        """Each token's largest magnitude is 127 steps from zero."""
        graph = self._graph
        least = graph.node("Neg", [graph.node("ReduceMin", [x, self._axis], keepdims=1)])
        most = graph.node("ReduceMax", [x, self._axis], keepdims=1)
        largest = graph.node("Max", [most, least, graph.constant("tiny", np.float32(1e-8))])
        scale = graph.node("Mul", [largest, graph.constant("per_step", np.float32(1 / 127))])
        return scale, graph.constant("middle", np.uint8(128))

    def _gelu_scale(self, x: str) -> tuple[str, str]:
        """GELU's values are almost all positive, so the zero sits low: 32 steps below, 223 above."""
        graph = self._graph
        most = graph.node("ReduceMax", [x, self._axis], keepdims=1)
        step = graph.node("Mul", [most, graph.constant("per_gelu_step", np.float32(1 / (255 - GELU_ZERO)))])
        least = graph.constant("least_gelu_step", np.float32(GELU_MINIMUM / GELU_ZERO))
        return graph.node("Max", [step, least]), graph.constant("gelu_zero", np.uint8(GELU_ZERO))

    def vocabulary(self, ids: str, linear: Linear) -> str:
        return gathered(self._graph, ids, linear)


class Float:
    """Multiplies in fp32, with original weights or with rounded ones that are unpacked when the graph is loaded."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def multiply(self, x: str, name: str, linear: Linear) -> str:
        graph = self._graph
        if linear.original is not None:
            return graph.node("MatMul", [x, graph.constant(f"{name}.fp32", linear.original)])
        matrix = graph.node("Cast", [graph.constant(f"{name}.int8", linear.int8)], to=TensorProto.FLOAT)
        matrix = graph.node("Mul", [matrix, graph.constant(f"{name}.scale", linear.scale)])
        if linear.smoothing is not None:
            smoothing = graph.constant(f"{name}.smoothing", linear.smoothing)
            column = graph.node("Unsqueeze", [smoothing, graph.constant("column", np.array([1], np.int64))])
            matrix = graph.node("Mul", [matrix, column])
        return graph.node("MatMul", [x, matrix])

    def vocabulary(self, ids: str, linear: Linear) -> str:
        if linear.original is not None:
            return self._graph.node("Gather", [self._graph.constant("vocabulary.fp32", linear.original), ids])
        return gathered(self._graph, ids, linear)


def gathered(graph: Graph, ids: str, linear: Linear) -> str:
    """Rows of the int8 vocabulary, each with its scale."""
    rows = graph.node("Gather", [graph.constant("vocabulary.int8", linear.int8), ids])
    scales = graph.node("Gather", [graph.constant("vocabulary.scale", linear.scale[:, None]), ids])
    return graph.node("Mul", [graph.node("Cast", [rows], to=TensorProto.FLOAT), scales])


def int8_graph(tensors: dict[str, np.ndarray], linears: dict[str, Linear], weights: WeightFile) -> onnx.ModelProto:
    graph = Graph(weights)
    return encoder(graph, Int8(graph), tensors, linears)


def float_graph(tensors: dict[str, np.ndarray], linears: dict[str, Linear], weights: WeightFile) -> onnx.ModelProto:
    graph = Graph(weights)
    return encoder(graph, Float(graph), tensors, linears)


def encoder(
    graph: Graph, arithmetic: Int8 | Float, tensors: dict[str, np.ndarray], linears: dict[str, Linear]
) -> onnx.ModelProto:
    def norm(x: str, y: str, name: str) -> str:
        gain = graph.constant(f"{name}.weight", tensors[f"{name}.weight"])
        bias = graph.constant(f"{name}.bias", tensors[f"{name}.bias"])
        return graph.node("LayerNormalization", [graph.node("Add", [x, y]), gain, bias], axis=-1, epsilon=EPSILON)

    def dense(x: str, layer: int, kind: str) -> str:
        name = f"{layer}.{kind}"
        bias = graph.constant(f"{name}.bias", linears[name].bias)
        return graph.node("Add", [arithmetic.multiply(x, name, linears[name]), bias])

    places = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    words = arithmetic.vocabulary("input_ids", linears["vocabulary"])
    positions = graph.node("Gather", [graph.constant("positions", places), "position_ids"])
    x = norm(words, positions, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        tokens = attention(graph, graph.node("Gather", [dense(x, layer, "qkv"), "padded"]))
        x = norm(x, dense(tokens, layer, "out"), f"{prefix}.attention.output.LayerNorm")
        wide = graph.node("Gelu", [dense(x, layer, "up")], domain=FUSED)
        x = norm(x, dense(wide, layer, "down"), f"{prefix}.output.LayerNorm")
    graph.nodes.append(helper.make_node("Identity", [x], ["token_embeddings"], name="token_embeddings"))
    assert set(LINEARS) == {"qkv", "out", "up", "down"}
    return graph.model(
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["tokens"]),
            helper.make_tensor_value_info("position_ids", TensorProto.INT64, ["tokens"]),
            helper.make_tensor_value_info("padded", TensorProto.INT64, ["texts", "longest"]),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["texts", 1, 1, "longest"]),
            helper.make_tensor_value_info("packed", TensorProto.INT64, ["tokens"]),
        ],
        [helper.make_tensor_value_info("token_embeddings", TensorProto.FLOAT, ["tokens", HIDDEN])],
    )


def attention(graph: Graph, texts: str) -> str:
    """`texts` are padded queries, keys and values [texts, longest, 3 x 384]; packed [tokens, 384] comes back.

    Written out, because the fused kernel expands the mask for every head and takes half as long again.
    """
    split = graph.constant("split_heads", np.array([0, 0, 3, HEADS, HIDDEN // HEADS], np.int64))
    first = graph.constant("first_axis", np.array([0], np.int64))
    rows = graph.constant("rows", np.array([-1, HIDDEN], np.int64))
    heads = graph.node("Transpose", [graph.node("Reshape", [texts, split])], perm=[2, 0, 3, 1, 4])
    query, key, value = (
        graph.node("Squeeze", [part, first]) for part in graph.node("Split", [heads], outputs=3, axis=0, num_outputs=3)
    )
    scores = graph.node("FusedMatMul", [query, key], domain=FUSED, transB=1, alpha=(HIDDEN // HEADS) ** -0.5)
    shares = graph.node("Softmax", [graph.node("Add", [scores, "mask"])], axis=-1)
    seen = graph.node("Transpose", [graph.node("MatMul", [shares, value])], perm=[0, 2, 1, 3])
    return str(graph.node("Gather", [graph.node("Reshape", [seen, rows]), "packed"]))


def probe_graph() -> onnx.ModelProto:
    """64 products of 255 and 127, summed: 2,072,640 unless the processor saturates pairs at 16 bits."""
    graph = Graph(None)
    matrix = graph.constant("matrix", np.full((64, 16), 127, np.int8))
    graph.nodes.append(helper.make_node("MatMulInteger", ["x", matrix], ["sums"], name="sums"))
    return graph.model(
        [helper.make_tensor_value_info("x", TensorProto.UINT8, ["rows", 64])],
        [helper.make_tensor_value_info("sums", TensorProto.INT32, ["rows", 16])],
    )
