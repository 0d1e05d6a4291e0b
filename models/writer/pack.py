"""The model folder: float16 weights, config, tokenizer; the card from what was measured."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, LlamaForCausalLM

from models.writer.card import Facts, card_json, card_markdown
from models.writer.vocabulary import tokenizer_config

MAX_BYTES = 64_000_000


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def check_gain(facts: Facts) -> None:
    """Refuse a writer that is not better to tune from than fresh weights at every number of rows."""
    after = {(p.dataset, p.rows, p.arm): p.after for p in facts.measured.curve}
    for (dataset, rows, arm), loss in after.items():
        if arm == "writer" and loss >= after[dataset, rows, "scratch"]:
            raise SystemExit(f"{dataset}, {rows} rows: {loss:.3f} from the writer, no better than from fresh weights")


@torch.no_grad()
def _check_opens(model: LlamaForCausalLM, out: Path) -> None:
    ids = torch.arange(5, 69)[None]
    opened = AutoModelForCausalLM.from_pretrained(out, dtype=torch.float32)
    torch.testing.assert_close(opened(ids).logits, model(ids).logits, atol=0.05, rtol=0.01)


def pack(model: LlamaForCausalLM, tokenizer: Tokenizer, facts: Facts, out: Path) -> None:
    check_gain(facts)
    out.mkdir(parents=True, exist_ok=True)
    # The head is the embedding: tied, so stored once.
    weights = {k: v.half().contiguous() for k, v in model.state_dict().items() if k != "lm_head.weight"}
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    if (out / "model.safetensors").stat().st_size > MAX_BYTES:
        raise SystemExit(f"model.safetensors is larger than {MAX_BYTES:,} bytes")
    _write_json(out / "config.json", {**model.config.to_diff_dict(), "architectures": ["LlamaForCausalLM"]})
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    _write_json(out / "tokenizer_config.json", tokenizer_config(model.config.max_position_embeddings))
    _check_opens(model, out)
    size = sum((out / name).stat().st_size for name in ("model.safetensors", "tokenizer.json"))
    _write_json(out / "card.json", {**card_json(facts, size), "curve": [asdict(p) for p in facts.measured.curve]})
    (out / "README.md").write_text(card_markdown(facts), encoding="utf-8")
