"""soft_prompts.json: prompt tuning and prefix tuning by peft, on the stock model that Hone exports.

peft adapts the 7-layer BertForSequenceClassification of pooling_as_layer.py, so the file also says that its pooling
is Hone's: a prompt's tokens are in the mean, a prefix is not. peft trains a prefix for the pooling layer, too; Hone
has none there, so those columns are held at zero.
"""

import json
import tempfile
from pathlib import Path

import torch
from golden_file import model_stamp, numbers, write_golden
from golden_training import ADAMW, CLIP_NORM, MAX_LENGTH, make_optimizer
from hone_model import MODEL_DIR, load_tokenizer, make_classifier
from peft import PeftModel, PrefixTuningConfig, PromptTuningConfig, get_peft_model
from pooling_as_layer import as_stock_model
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from training_texts import LABELS, ROWS, batches
from transformers import get_linear_schedule_with_warmup

TOKENS = 5
STEPS = 10
WARMUP = 2
PEAK_LR = 1e-2
CONFIGS = {"prompt": PromptTuningConfig, "prefix": PrefixTuningConfig}
SPREAD = {"prompt": 0.05, "prefix": 0.5}
PROMPT_TEXT = "Classify this text by what it is about and what its writer wants"
TEXT_TOKENS = 20
FORMULAS = {
    "head.weight[i][j]": "0.02 * sin(7 i + 3 j + 1), bias 0",
    "prompt_embeddings[i][j]": "spread * sin(131 i + 17 j)",
    "everything else": "as in training.json",
}


@torch.no_grad()
def set_virtual(weight: Tensor, columns: int, spread: float) -> None:
    """weight [P, >= columns], see FORMULAS; zeros after `columns`."""
    angle = 131 * torch.arange(len(weight), dtype=torch.float64)[:, None] + 17 * torch.arange(columns)[None, :]
    weight.zero_()
    weight[:, :columns] = spread * torch.sin(angle)


def make_model(kind: str) -> tuple[PeftModel, nn.Parameter, int]:
    """The adapted model, its virtual tokens [P, C'] and how many of the C' columns Hone has."""
    hone = make_classifier(len(LABELS))
    layers, width = hone.bert.config.num_hidden_layers, hone.bert.config.hidden_size
    model = get_peft_model(as_stock_model(hone), CONFIGS[kind](task_type="SEQ_CLS", num_virtual_tokens=TOKENS)).eval()
    weight = model.prompt_encoder["default"].embedding.weight
    columns = width if kind == "prompt" else 2 * layers * width
    set_virtual(weight, columns, SPREAD[kind])
    kept = (torch.arange(weight.shape[1]) < columns).float()
    weight.register_hook(lambda gradient: gradient * kept)
    return model, weight, columns


def batch_logits(model: PeftModel, tokenizer, rows: list[int]) -> tuple[Tensor, Tensor]:
    """Logits [B, L] of the rows, padded to the longest, and their mean cross-entropy."""
    texts, labels = zip(*(ROWS[row] for row in rows), strict=True)
    batch = tokenizer(list(texts), padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt")
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    return logits, cross_entropy(logits, torch.tensor(labels))


def run_steps(model: PeftModel, tokenizer) -> list[dict]:
    """Loss and gradient norm before clipping of every step."""
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = make_optimizer(trained, PEAK_LR)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    history = []
    for rows in batches(STEPS):
        _, loss = batch_logits(model, tokenizer, rows)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(trained, CLIP_NORM).item()
        history.append({"loss": loss.item(), "gradient_norm": norm})
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    return history


def saved_files(model: PeftModel) -> dict:
    """What peft's save_pretrained writes."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        config = json.loads((Path(folder) / "adapter_config.json").read_text(encoding="utf-8"))
        tensors = load_file(Path(folder) / "adapter_model.safetensors")
    return {"adapter_config": config, "tensors": {name: list(tensors[name].shape) for name in sorted(tensors)}}


def run_kind(kind: str, tokenizer) -> dict:
    """Start, gradient, ten steps and end of one method."""
    model, weight, columns = make_model(kind)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    logits, loss = batch_logits(model, tokenizer, batches(1)[0])
    loss.backward()
    gradient = weight.grad[:, :columns].flatten()
    indices = [0, 1, gradient.numel() // 3, gradient.numel() // 2, gradient.numel() - 1]
    start = {
        "logits": numbers(logits),
        "loss": loss.item(),
        "gradient": {"indices": indices, "values": numbers(gradient[indices]), "l2": gradient.norm().item()},
    }
    model.zero_grad()
    before = weight.detach().clone()
    history = run_steps(model, tokenizer)
    end = weight.detach()[:, :columns].flatten()
    return {
        "spread": SPREAD[kind],
        "trained_values": trained - (weight.shape[1] - columns) * TOKENS,
        "start": start,
        "history": history,
        "end": {
            "indices": indices,
            "values": numbers(end[indices]),
            "change_l2": (weight.detach() - before).norm().item(),
        },
        "files": saved_files(model),
    }


def text_start() -> dict:
    """The first two values of every row that peft's TEXT initialisation gives."""
    config = PromptTuningConfig(
        task_type="SEQ_CLS",
        num_virtual_tokens=TEXT_TOKENS,
        prompt_tuning_init="TEXT",
        prompt_tuning_init_text=PROMPT_TEXT,
        tokenizer_name_or_path=str(MODEL_DIR),
    )
    model = get_peft_model(as_stock_model(make_classifier(len(LABELS))), config)
    return {"text": PROMPT_TEXT, "rows": numbers(model.prompt_encoder["default"].embedding.weight[:, :2])}


def make_soft_prompts_golden() -> None:
    """Both methods from the same base and head."""
    tokenizer = load_tokenizer()
    content = {
        "model": model_stamp(),
        "formulas": FORMULAS,
        "labels": LABELS,
        "rows": [{"text": text, "label": label} for text, label in ROWS],
        "batches": batches(STEPS),
        "max_length": MAX_LENGTH,
        "virtual_tokens": TOKENS,
        "peak_lr": PEAK_LR,
        "warmup_steps": WARMUP,
        "weight_decay": ADAMW["weight_decay"],
        "clip_norm": CLIP_NORM,
        "text_start": text_start(),
        "prompt": run_kind("prompt", tokenizer),
        "prefix": run_kind("prefix", tokenizer),
    }
    write_golden("soft_prompts.json", ("torch", "transformers", "peft", "tokenizers"), content)
