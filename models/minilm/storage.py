"""How Hone stores an encoder: matrices as int8 with one scale a row, vectors as float32.

`NAME` is I8 [rows, cols] in -127..127 and `NAME.scale` is F32 [rows]; value = int8 * scale of its row.
A matrix may also be plain F16 (no scale). Vectors (biases, layer norms) are F32. Names are those of Hugging
Face BertModel without a prefix.
"""

import numpy as np
import torch

INT8_MAX = 127.0
SCALE_SUFFIX = ".scale"
# position_ids is a constant, the pooler is not used by mean pooling.
OMITTED = ("embeddings.position_ids", "pooler.")

Tensors = dict[str, torch.Tensor]


def quantise_rows(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[rows, cols] f32 -> (int8 [rows, cols], scale f32 [rows]), symmetric, largest value of a row at 127."""
    scale = matrix.abs().amax(dim=1) / INT8_MAX
    safe = torch.where(scale > 0, scale, torch.ones_like(scale))
    return (matrix / safe[:, None]).round().clamp(-INT8_MAX, INT8_MAX).to(torch.int8), scale


def pack(weights: Tensors, keep_f16: frozenset[str] = frozenset()) -> Tensors:
    """Weights of BertModel in the stored form; names in `keep_f16` become F16 in place of int8."""
    stored: Tensors = {}
    for name, value in weights.items():
        if name.startswith(OMITTED):
            continue
        if value.ndim < 2:
            stored[name] = value.float().contiguous()
        elif name in keep_f16:
            stored[name] = value.half().contiguous()
        else:
            stored[name], stored[name + SCALE_SUFFIX] = quantise_rows(value.float())
    return stored


def unpack(stored: Tensors) -> Tensors:
    """The stored form back to float32 under the plain names."""
    weights: Tensors = {}
    for name, value in stored.items():
        if name.endswith(SCALE_SUFFIX):
            continue
        scale = stored.get(name + SCALE_SUFFIX)
        weights[name] = value.float() if scale is None else value.float() * scale[:, None]
    return weights


def cut_rows(weights: Tensors, original: dict[str, int], kept: dict[str, int]) -> Tensors:
    """The same weights with only the word-embedding rows of the kept pieces, in the order of their new ids."""
    name = "embeddings.word_embeddings.weight"
    rows = np.empty(len(kept), dtype=np.int64)
    for piece, new_id in kept.items():
        rows[new_id] = original[piece]
    return {**weights, name: weights[name][torch.from_numpy(rows)]}


def count_parameters(weights: Tensors) -> int:
    return sum(value.numel() for name, value in weights.items() if not name.startswith(OMITTED))
