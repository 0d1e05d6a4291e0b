"""Small checkpoints of every family as transformers writes them: sharded, in half precision, inside a language
model, under every head count. Each value follows from an integer hash of its name and place and is exact in float32,
float16 and bfloat16, so that only names, types and shapes have to be kept. Sizes are odd on purpose.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from hone_model import POOL_EPS, masked_mean
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm
from transformers import (
    AutoModel,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    DistilBertConfig,
    DistilBertForMaskedLM,
    DistilBertModel,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedConfig,
    PreTrainedModel,
    Qwen2Config,
    Qwen2Model,
    Qwen3Config,
    Qwen3ForCausalLM,
    RobertaConfig,
    RobertaForMaskedLM,
    XLMRobertaConfig,
    XLMRobertaModel,
)

CLASSES = 3
FEATURE_SCALE = 0.5
# Of ModernBERT's dense layer before GELU.
INNER_SCALE = 0.1
# Ending of a weight's name, and its values' range [-spread, spread): the first that fits. Norms are 1 + value.
SPREADS = (
    ("embeddings.weight", 0.5),
    ("orm.weight", 0.25),
    ("ln_1.weight", 0.25),
    ("ln_2.weight", 0.25),
    ("ln_f.weight", 0.25),
    (".bias", 0.125),
    ("head.weight", 0.5),
    (".weight", 0.25),
)
NORMS = ("orm.weight", "ln_1.weight", "ln_2.weight", "ln_f.weight")
FORMULAS = {
    "hash(name, i)": "x = fnv1a(name) + i * 0x9E3779B1; murmur3's fmix32(x); the top byte. All uint32",
    "value[i], flat": "spread * (hash - 128) / 128; spread by the name's ending",
    "norm weight": "1 + value, the hash rounded down to a multiple of 8",
    "lora_A": "value by its name without peft's words; B = 0",
    "head": "value of head.weight and head.bias",
    "ids[t] of row r": "4 + (7 * r + 5 * t + r * t) mod (vocab - 4), 2 + (5 * r) mod 21 of them",
    "label of row r": "r mod 3",
    "batch s": "rows 8 s to 8 s + 7, mod 24",
    "gradient": "norm, and sum of g[i] where hash('sign', i) < 128 less the others",
}

_ROWS = 24
_BATCH = 8


@dataclass(frozen=True)
class Checkpoint:
    """How one is made; `told` is sentence-transformers' 1_Pooling/config.json, where it has one."""

    name: str
    config: PreTrainedConfig
    saved_as: type[PreTrainedModel]
    dtype: torch.dtype = torch.float32
    shard_bytes: int | None = None
    told: dict | None = None
    targets: dict[str, str] = field(default_factory=dict)

    @property
    def is_decoder(self) -> bool:
        return self.config.model_type in {"gpt2", "llama", "qwen2", "qwen3"}

    @property
    def pooling(self) -> str:
        if self.is_decoder:
            return "last"
        return "cls" if (self.told or {}).get("pooling_mode_cls_token") else "mean"


BERT_TARGETS = {
    "query": "attention.self.query",
    "value": "attention.self.value",
    "attention-output": "attention.output.dense",
    "down": "output.dense",
}
DISTILBERT_TARGETS = {
    "query": "attention.q_lin",
    "value": "attention.v_lin",
    "attention-output": "attention.out_lin",
    "down": "ffn.lin2",
}
DECODER_TARGETS = {
    "query": "self_attn.q_proj",
    "value": "self_attn.v_proj",
    "attention-output": "self_attn.o_proj",
    "down": "mlp.down_proj",
}
GPT2_TARGETS = {
    "query": "attn.c_attn",
    "value": "attn.c_attn",
    "attention-output": "attn.c_proj",
    "down": "mlp.c_proj",
}
MODERNBERT_TARGETS = {"query": "attn.Wqkv", "value": "attn.Wqkv", "attention-output": "attn.Wo", "down": "mlp.Wo"}
CLS = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
MEAN = {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}


def _bert(kind: type[PreTrainedConfig], width: int, heads: int, vocabulary: int, **more: object) -> PreTrainedConfig:
    sizes = {"hidden_size": width, "num_attention_heads": heads, "vocab_size": vocabulary}
    plain = {"num_hidden_layers": 2, "intermediate_size": 44, "max_position_embeddings": 34}
    return kind(**{**sizes, **plain, **more})


def _distilbert(width: int, heads: int, vocabulary: int, **more: object) -> PreTrainedConfig:
    sizes = {"dim": width, "n_heads": heads, "vocab_size": vocabulary}
    return DistilBertConfig(**{**sizes, "n_layers": 2, "hidden_dim": 44, "max_position_embeddings": 32, **more})


def _decoder(kind: type[PreTrainedConfig], width: int, heads: int, shared: int, **more: object) -> PreTrainedConfig:
    sizes = {"hidden_size": width, "num_attention_heads": heads, "num_key_value_heads": shared}
    plain = {"num_hidden_layers": 2, "intermediate_size": 44, "max_position_embeddings": 64, "pad_token_id": 0}
    return kind(**{**sizes, **plain, **more})


LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
CHECKPOINTS = (
    Checkpoint("bert", _bert(BertConfig, 24, 3, 101), BertModel, torch.bfloat16, None, MEAN, BERT_TARGETS),
    Checkpoint(
        "bert in a language model, sharded",
        _bert(BertConfig, 28, 7, 99, hidden_act="gelu_new"),
        BertForMaskedLM,
        torch.float32,
        12_000,
        CLS,
        BERT_TARGETS,
    ),
    Checkpoint("distilbert", _distilbert(20, 5, 97), DistilBertModel, torch.float16, None, None, DISTILBERT_TARGETS),
    Checkpoint(
        "distilbert in a language model, sharded",
        _distilbert(36, 1, 95, activation="relu"),
        DistilBertForMaskedLM,
        torch.bfloat16,
        9_000,
        CLS,
        DISTILBERT_TARGETS,
    ),
    Checkpoint(
        "roberta in a language model",
        _bert(RobertaConfig, 36, 3, 103, type_vocab_size=1, layer_norm_eps=1e-5),
        RobertaForMaskedLM,
        torch.float16,
        None,
        MEAN,
        BERT_TARGETS,
    ),
    Checkpoint(
        "xlm-roberta, sharded",
        _bert(XLMRobertaConfig, 20, 2, 107, type_vocab_size=1, layer_norm_eps=1e-5),
        XLMRobertaModel,
        torch.bfloat16,
        8_000,
        CLS,
        BERT_TARGETS,
    ),
    Checkpoint(
        "modernbert",
        ModernBertConfig(
            hidden_size=24,
            num_attention_heads=3,
            vocab_size=97,
            intermediate_size=22,
            num_hidden_layers=3,
            global_attn_every_n_layers=2,
            local_attention=6,
            max_position_embeddings=64,
            pad_token_id=0,
        ),
        ModernBertModel,
        torch.float16,
        None,
        MEAN,
        MODERNBERT_TARGETS,
    ),
    Checkpoint(
        "gpt2 in a language model",
        GPT2Config(n_embd=28, n_head=7, n_layer=2, vocab_size=99, n_positions=48, pad_token_id=0),
        GPT2LMHeadModel,
        torch.bfloat16,
        None,
        None,
        GPT2_TARGETS,
    ),
    Checkpoint(
        "llama in a language model, grouped heads, Llama 3 scaling, sharded",
        _decoder(LlamaConfig, 24, 6, 2, vocab_size=101, rope_parameters=LLAMA3_ROPE),
        LlamaForCausalLM,
        torch.bfloat16,
        9_000,
        None,
        DECODER_TARGETS,
    ),
    Checkpoint(
        "qwen2, a window in the second layer",
        _decoder(
            Qwen2Config, 20, 5, 5, vocab_size=103, use_sliding_window=True, sliding_window=5, max_window_layers=1
        ),
        Qwen2Model,
        torch.float16,
        None,
        None,
        DECODER_TARGETS,
    ),
    Checkpoint(
        "qwen3 in a language model, tied, heads wider than the model",
        _decoder(Qwen3Config, 20, 4, 1, head_dim=6, vocab_size=95, tie_word_embeddings=True),
        Qwen3ForCausalLM,
        torch.float32,
        None,
        None,
        DECODER_TARGETS,
    ),
)


def _hash(name: str, count: int) -> np.ndarray:
    """[count] bytes, see FORMULAS."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(24)).astype(np.int64)


def made_up(name: str, shape: torch.Size | tuple[int, ...]) -> Tensor:
    """The values of a weight by its name without prefix."""
    count = int(np.prod(shape))
    spread = next(spread for ending, spread in SPREADS if name.endswith(ending))
    drawn = _hash(name, count)
    is_norm = name.endswith(NORMS)
    values = spread * ((drawn // 8 * 8 if is_norm else drawn) - 128) / 128 + float(is_norm)
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def signs(count: int) -> Tensor:
    return torch.tensor(np.where(_hash("sign", count) < 128, 1.0, -1.0))


def write_checkpoint(checkpoint: Checkpoint, folder: Path) -> dict:
    """Save it; its config and what lies in which file, as transformers wrote them."""
    model = checkpoint.saved_as(checkpoint.config)
    with torch.no_grad():
        for name, weight in model.base_model.named_parameters():
            weight.copy_(made_up(name, weight.shape))
    shards = {} if checkpoint.shard_bytes is None else {"max_shard_size": checkpoint.shard_bytes}
    model.to(checkpoint.dtype).save_pretrained(folder, **shards)
    files = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as stored:
            slices = {name: stored.get_slice(name) for name in stored.keys()}  # noqa: SIM118
            files[path.name] = {name: [each.get_dtype(), each.get_shape()] for name, each in slices.items()}
    return {"config": json.loads((folder / "config.json").read_text(encoding="utf-8")), "files": files}


class FamilyClassifier(nn.Module):
    """Model, pooling and head as Hone trains them; the features are those of the family's file in src/engine/model."""

    def __init__(self, checkpoint: Checkpoint, folder: Path) -> None:
        super().__init__()
        kind = checkpoint.config.model_type
        pooler = {"add_pooling_layer": False} if kind in {"bert", "roberta", "xlm-roberta"} else {}
        self.bert = AutoModel.from_pretrained(folder, dtype=torch.float32, **pooler)
        self.kind = kind
        self.pooling = checkpoint.pooling
        width = self.bert.config.hidden_size
        self.classifier = nn.Linear(width, CLASSES, bias=not checkpoint.is_decoder)
        with torch.no_grad():
            for name, weight in self.classifier.named_parameters():
                weight.copy_(made_up(f"head.{name}", weight.shape))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids, mask [B, T] -> logits [B, L]."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.classifier(self.features(self.pooled(hidden, mask)))

    def pooled(self, hidden: Tensor, mask: Tensor) -> Tensor:
        if self.pooling == "last":
            return hidden[torch.arange(len(mask)), mask.sum(1) - 1]
        return hidden[:, 0] if self.pooling == "cls" else masked_mean(hidden, mask)

    def features(self, pooled: Tensor) -> Tensor:
        if self.pooling == "last":
            return pooled
        if self.kind == "modernbert":
            config = self.bert.config
            return FEATURE_SCALE * layer_norm(gelu(INNER_SCALE * pooled), pooled.shape[-1:], eps=config.norm_eps)
        normed = FEATURE_SCALE * layer_norm(pooled, pooled.shape[-1:], eps=POOL_EPS)
        return normed if self.kind == "distilbert" else torch.tanh(normed)


def rows_of(checkpoint: Checkpoint) -> list[list[int]]:
    words = checkpoint.config.vocab_size - 4
    return [[4 + (7 * r + 5 * t + r * t) % words for t in range(2 + 5 * r % 21)] for r in range(_ROWS)]


def labels() -> list[int]:
    return [row % CLASSES for row in range(_ROWS)]


def batches(count: int) -> list[list[int]]:
    """`count` batches of row numbers, see FORMULAS."""
    return [[(_BATCH * s + p) % _ROWS for p in range(_BATCH)] for s in range(count)]


def padded(checkpoint: Checkpoint, rows: list[int]) -> tuple[Tensor, Tensor]:
    """Ids and mask [B, T] of some rows, padded to the longest."""
    texts = [rows_of(checkpoint)[row] for row in rows]
    longest = max(len(ids) for ids in texts)
    pad = checkpoint.config.pad_token_id
    ids = torch.tensor([each + [pad] * (longest - len(each)) for each in texts])
    mask = torch.tensor([[1] * len(each) + [0] * (longest - len(each)) for each in texts])
    return ids, mask
