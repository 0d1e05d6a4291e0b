"""Hone's encoder classifier in PyTorch, written apart from the TypeScript engine: the oracle of its tests.

Letters: B batch, T tokens, C width, L labels.

logits = Linear(tanh(pooler_scale * LN(masked mean over tokens of BertModel(tokens))))
where LN is layer normalisation over C without weights, eps 1e-12.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import layer_norm
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

REPOSITORY = Path(__file__).resolve().parents[1]
MODEL_DIR = REPOSITORY / "public" / "models" / "minilm-l6-en"
GOLDEN_DIR = REPOSITORY / "src" / "engine" / "golden"
POOL_EPS = 1e-12


def read_config(folder: Path = MODEL_DIR) -> dict:
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def load_tokenizer(folder: Path = MODEL_DIR) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast.from_pretrained(folder)


def dequantise(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """I8 [rows, cols] with `.scale` F32 [rows], F16 or F32 tensors -> float32 by plain name."""
    weights = {}
    for name, value in stored.items():
        if not name.endswith(".scale"):
            scale = stored.get(f"{name}.scale")
            weights[name] = value.float() if scale is None else value.float() * scale[:, None]
    return weights


def load_bert(folder: Path = MODEL_DIR) -> BertModel:
    """The dequantised encoder in float32, without pooler and without dropout, in eval mode."""
    no_dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    config = BertConfig(**{**read_config(folder), **no_dropout})
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(dequantise(load_file(folder / "model.safetensors")), strict=True)
    return model.eval()


def masked_mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """hidden [B, T, C], mask [B, T] of 0 and 1 -> [B, C]."""
    weights = mask[:, :, None].to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)


class HoneClassifier(nn.Module):
    """Encoder, pooling and head as Hone trains them; `bert` may be wrapped by peft."""

    def __init__(self, bert: nn.Module, pooler_scale: float, labels: int) -> None:
        super().__init__()
        self.bert = bert
        self.pooler_scale = pooler_scale
        self.classifier = nn.Linear(bert.config.hidden_size, labels)

    def features(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids, mask [B, T] -> input of the head [B, C]."""
        mean = masked_mean(self.bert(input_ids=ids, attention_mask=mask).last_hidden_state, mask)
        return torch.tanh(self.pooler_scale * layer_norm(mean, mean.shape[-1:], eps=POOL_EPS))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids, mask [B, T] -> logits [B, L]."""
        return self.classifier(self.features(ids, mask))


def set_head(classifier: nn.Linear) -> None:
    """W[i, j] = 0.02 * sin(7 i + 3 j + 1), bias 0: a head TypeScript can make without reading an array."""
    rows = torch.arange(classifier.out_features, dtype=torch.float64)[:, None]
    columns = torch.arange(classifier.in_features, dtype=torch.float64)[None, :]
    with torch.no_grad():
        classifier.weight.copy_(0.02 * torch.sin(7 * rows + 3 * columns + 1))
        classifier.bias.zero_()


def make_classifier(labels: int) -> HoneClassifier:
    """Built-in model with the formula head."""
    model = HoneClassifier(load_bert(), read_config()["hone"]["pooler_scale"], labels)
    set_head(model.classifier)
    return model
