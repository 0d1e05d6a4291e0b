"""Texts -> masked mean of the last hidden states, by transformers, from original or from Hone's files."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from storage import Tensors, unpack
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

MAX_LENGTH = 256
BATCH = 64


@dataclass(frozen=True)
class Encoder:
    """A tokenizer that truncates to MAX_LENGTH and a BertModel without pooler, in eval mode."""

    tokenizer: Tokenizer
    model: BertModel

    @torch.inference_mode()
    def mean_pooled(self, texts: list[str]) -> np.ndarray:
        """Texts of N rows -> f32 [N, C]; rows are batched by length to save padding."""
        encodings = self.tokenizer.encode_batch(texts)
        order = np.argsort([len(encoding.ids) for encoding in encodings], kind="stable")
        pooled = np.empty((len(texts), self.model.config.hidden_size), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            pooled[rows] = self._mean_of_batch([encodings[row].ids for row in rows])
        return pooled

    def _mean_of_batch(self, ids: list[list[int]]) -> np.ndarray:
        longest = max(map(len, ids))
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in ids])  # [B, T], [PAD] is 0
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])  # [B, T]
        hidden = self.model(input_ids=padded, attention_mask=mask).last_hidden_state  # [B, T, C]
        weights = mask[:, :, None].float()
        return ((hidden * weights).sum(1) / weights.sum(1)).numpy()


def make_encoder(config: dict, tokenizer_json: str, weights: Tensors) -> Encoder:
    """Encoder from a Hugging Face BERT config, the text of tokenizer.json and float32 weights."""
    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_LENGTH)
    model = BertModel(BertConfig(**config), add_pooling_layer=False)
    body = {name: value for name, value in weights.items() if name in model.state_dict()}
    model.load_state_dict(body, strict=True)
    return Encoder(tokenizer, model.eval())


def load_encoder(folder: Path) -> Encoder:
    """Open a folder in Hone's or in Hugging Face's layout; plain float weights pass `unpack` unchanged."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    tokenizer_json = (folder / "tokenizer.json").read_text(encoding="utf-8")
    return make_encoder(config, tokenizer_json, unpack(load_file(folder / "model.safetensors")))
