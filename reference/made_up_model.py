"""A small BERT whose every weight follows from a formula, with token rows made the same way: no file to ship, and
quick enough to train on every back end, a software WebGPU included. Sizes are odd on purpose.
"""

import torch
from hone_model import HoneClassifier, set_head
from torch import Tensor
from transformers import BertConfig, BertModel

CLASSES = 3
CONFIG = {
    "model_type": "bert",
    "hidden_size": 36,
    "num_hidden_layers": 3,
    "num_attention_heads": 3,
    "intermediate_size": 68,
    "vocab_size": 97,
    "max_position_embeddings": 32,
    "type_vocab_size": 2,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "hone": {"pooling": "mean", "pooler_scale": 0.5},
}
# Ending of a weight's name, mean, spread: the first that fits.
WEIGHTS = (
    ("LayerNorm.weight", 1.0, 0.14),
    ("LayerNorm.bias", 0.0, 0.14),
    ("embeddings.weight", 0.0, 0.7),
    (".bias", 0.0, 0.07),
    ("", 0.0, 0.28),
)
FORMULAS = {
    "weight[i], flat": "mean + spread * sin(0.37 * (i + 1)^2 + n), n = place of the name among all names, sorted",
    "ids[t] of row r": "2 + (7 * r + 5 * t + r * t) mod 95",
    "label of row r": "r mod 3",
    "batch s, place p": "row 2 * ((3 * s + p) mod 20) + (1 if s mod 3 == 2 else 0): short rows every third time",
}

_ROWS = 40
_BATCH = 8


def _length(row: int) -> int:
    """Odd rows 2 to 8 tokens, even ones 6 to 22."""
    return 2 + 5 * row % 7 if row % 2 else 6 + 7 * row % 18


ROWS = [
    {"ids": [2 + (7 * r + 5 * t + r * t) % 95 for t in range(_length(r))], "label": r % CLASSES}
    for r in range(_ROWS)
]


def batches(count: int) -> list[list[int]]:
    """`count` batches of row numbers, see FORMULAS."""
    return [[2 * ((3 * s + p) % (_ROWS // 2)) + int(s % 3 == 2) for p in range(_BATCH)] for s in range(count)]


@torch.no_grad()
def make_classifier() -> HoneClassifier:
    no_dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    bert = BertModel(BertConfig(**{**CONFIG, **no_dropout}), add_pooling_layer=False)
    for n, (name, weight) in enumerate(sorted(bert.named_parameters())):
        mean, spread = next((mean, spread) for ending, mean, spread in WEIGHTS if name.endswith(ending))
        at = torch.arange(1, weight.numel() + 1, dtype=torch.float64)
        weight.copy_((mean + spread * torch.sin(0.37 * at * at + n)).reshape(weight.shape))
    model = HoneClassifier(bert, CONFIG["hone"]["pooler_scale"], CLASSES)
    set_head(model.classifier)
    return model


def padded(rows: list[int]) -> tuple[Tensor, Tensor]:
    """Ids and mask [B, T] of some rows, padded to the longest."""
    texts = [ROWS[row]["ids"] for row in rows]
    longest = max(len(ids) for ids in texts)
    ids = torch.tensor([each + [0] * (longest - len(each)) for each in texts])
    mask = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in texts])
    return ids, mask
