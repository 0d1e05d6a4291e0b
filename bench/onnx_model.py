"""The built-in model as ONNX (opset 20, f32): ids [B, T] int64 and mask [B, T] -> mean-pooled vectors [B, D].

    python bench/onnx_model.py public/models/minilm-l6-en .cache/bench/minilm.onnx
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
DTYPES = {"I8": np.int8, "F16": np.float16, "F32": np.float32}


def read_safetensors(file: Path) -> dict[str, np.ndarray]:
    """Weights as f32; int8 matrices by the scale of their row (models/minilm/storage.py)."""
    raw = file.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    stored = {}
    for name, entry in json.loads(raw[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        stored[name] = np.frombuffer(raw[start:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    weights = {}
    for name, value in stored.items():
        if name.endswith(".scale"):
            continue
        scale = stored.get(f"{name}.scale")
        weights[name] = value.astype(np.float32) * (1 if scale is None else scale[:, None])
    return weights


class Graph:
    """Nodes and constants, each named by what it makes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name


def build(config: dict, weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    g = Graph()
    heads, width = config["num_attention_heads"], config["hidden_size"]
    epsilon = config["layer_norm_eps"]

    def dense(x: str, name: str) -> str:
        w = g.constant(f"{name}.w", weights[f"{name}.weight"].T)
        b = g.constant(f"{name}.b", weights[f"{name}.bias"])
        return g.add("Add", [g.add("MatMul", [x, w], f"{name}.product"), b], f"{name}.sum")

    def norm(x: str, name: str) -> str:
        gamma = g.constant(f"{name}.g", weights[f"{name}.weight"])
        beta = g.constant(f"{name}.beta", weights[f"{name}.bias"])
        return g.add("LayerNormalization", [x, gamma, beta], f"{name}.normal", axis=-1, epsilon=epsilon)

    apart = g.constant("apart", np.array([0, 0, heads, width // heads], np.int64))
    together = g.constant("together", np.array([0, 0, width], np.int64))
    words = g.constant("words", weights["embeddings.word_embeddings.weight"])
    segment = g.constant("segment", weights["embeddings.token_type_embeddings.weight"][:1])
    positions = g.constant("positions", weights["embeddings.position_embeddings.weight"])
    length = g.add("Slice", [g.add("Shape", ["ids"], "ids.shape"), *(
        g.constant(f"length.{part}", np.array([value], np.int64)) for part, value in (("from", 1), ("to", 2))
    )], "length")
    start, axis = (g.constant(f"places.{part}", np.array([0], np.int64)) for part in ("from", "axis"))
    places = g.add("Slice", [positions, start, length, axis], "places")
    looked_up = g.add("Gather", [words, "ids"], "words.rows")
    placed = g.add("Add", [g.add("Add", [looked_up, places], "words.placed"), segment], "embedded")
    x = norm(placed, "embeddings.LayerNorm")

    one = g.constant("one", np.array(1, np.float32))
    far = g.constant("far", np.array(-1e9, np.float32))
    scale = g.constant("scale", np.array((width / heads) ** -0.5, np.float32))
    axes = g.constant("mask.axes", np.array([1, 2], np.int64))
    closed = g.add("Mul", [g.add("Sub", [one, "mask"], "mask.closed"), far], "mask.scores")
    bias = g.add("Unsqueeze", [closed, axes], "mask.bias")
    for i in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{i}"

        def part(which: str, order: list[int]) -> str:
            split = g.add("Reshape", [dense(x, f"{name}.attention.self.{which}"), apart], f"{name}.{which}.apart")
            return g.add("Transpose", [split], f"{name}.{which}.heads", perm=order)

        raw = g.add("MatMul", [part("query", [0, 2, 1, 3]), part("key", [0, 2, 3, 1])], f"{name}.raw")
        scores = g.add("Add", [g.add("Mul", [raw, scale], f"{name}.scaled"), bias], f"{name}.scores")
        shares = g.add("Softmax", [scores], f"{name}.shares", axis=-1)
        mixed = g.add("MatMul", [shares, part("value", [0, 2, 1, 3])], f"{name}.mixed")
        back = g.add("Transpose", [mixed], f"{name}.back", perm=[0, 2, 1, 3])
        joined = dense(g.add("Reshape", [back, together], f"{name}.joined"), f"{name}.attention.output.dense")
        first = norm(g.add("Add", [joined, x], f"{name}.attended"), f"{name}.attention.output.LayerNorm")
        wide = g.add("Gelu", [dense(first, f"{name}.intermediate.dense")], f"{name}.wide")
        narrow = dense(wide, f"{name}.output.dense")
        x = norm(g.add("Add", [narrow, first], f"{name}.fed"), f"{name}.output.LayerNorm")

    last = g.constant("mask.last", np.array([2], np.int64))
    tokens = g.constant("tokens.axis", np.array([1], np.int64))
    kept = g.add("Mul", [x, g.add("Unsqueeze", ["mask", last], "mask.column")], "kept")
    total = g.add("ReduceSum", [kept, tokens], "total", keepdims=0)
    count = g.add("ReduceSum", ["mask", tokens], "count", keepdims=1)
    g.add("Div", [total, count], "vectors")
    graph = helper.make_graph(
        g.nodes,
        "minilm",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["B", "T"]),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["B", "T"]),
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["B", width])],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 9
    return model


def main() -> None:
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    model = build(json.loads((folder / "config.json").read_text()), read_safetensors(folder / "model.safetensors"))
    onnx.checker.check_model(model)
    target.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(target))


main()
