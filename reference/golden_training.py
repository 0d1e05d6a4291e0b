"""training.json: loss and gradient norm of every step of short trainings, by PyTorch, transformers and peft.

Everything a run needs is in the file or follows from a formula (`formulas`), so the engine can repeat it. The
built-in model's are under `runs`; `made_up` has a small model with its own, which every back end trains in seconds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import made_up_model
import torch
from golden_file import model_stamp, numbers, write_golden
from hone_model import HoneClassifier, load_tokenizer, make_classifier
from peft import LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from training_texts import LABELS, ROWS, batches
from transformers import get_cosine_schedule_with_warmup, get_linear_schedule_with_warmup

MAX_LENGTH = 64
CLIP_NORM = 1.0
ADAMW = {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}
LORA = {"r": 4, "lora_alpha": 8, "lora_dropout": 0.0, "target_modules": ["query", "value"]}
SCHEDULES = {"linear": get_linear_schedule_with_warmup, "cosine": get_cosine_schedule_with_warmup}
FORMULAS = {
    "head.weight[i][j]": "0.02 * sin(7 i + 3 j + 1), bias 0",
    "lora_A[i][j]": "sin(131 i + 17 j + 7 layer + 3 target) / sqrt(in), target 0 = query, 1 = value; B = 0",
    "batch s, place p": "row (7 * (8 s + p) + s) mod 40",
    "lr": "transformers get_{linear,cosine}_schedule_with_warmup: step 0 of a warm-up has lr 0",
    "adamw": "torch.optim.AdamW: p *= 1 - lr * decay, then p -= lr / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + eps)",
    "gradient": "mean of the micro-batches' mean cross-entropy; norm over all trained values, before clipping",
    "clip": "g *= min(1, max_norm / (norm + 1e-6)), torch.nn.utils.clip_grad_norm_",
    "check": "values at flat indices after the last step, and the L2 norm of the change since the start. Key "
    "biases are left out: softmax ignores them, their gradient is rounding noise, which Adam scales up",
}


@dataclass(frozen=True)
class Subject:
    """A model with its rows, and which of its weights are looked at after a training."""

    make: Callable[[], HoneClassifier]
    # Row numbers -> ids and mask [B, T].
    padded: Callable[[list[int]], tuple[Tensor, Tensor]]
    labels: list[int]
    batches: Callable[[int], list[list[int]]]
    checked: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Plan:
    """One training: what it trains, its learning rates and its length in optimizer steps."""

    name: str
    prepare: Callable[[HoneClassifier], None]
    peak_lr: float
    schedule: str = "linear"
    steps: int = 30
    warmup: int = 4
    accumulation: int = 1


def train_all(model: HoneClassifier) -> None:
    model.requires_grad_(True)


def train_last_two_layers(model: HoneClassifier) -> None:
    model.bert.requires_grad_(False)
    model.bert.encoder.layer[-2:].requires_grad_(True)


def train_head(model: HoneClassifier) -> None:
    model.bert.requires_grad_(False)


@torch.no_grad()
def set_lora_a(weight: Tensor, layer: int, target: int) -> None:
    """weight [R, in], see FORMULAS."""
    rows = torch.arange(weight.shape[0], dtype=torch.float64)[:, None]
    columns = torch.arange(weight.shape[1], dtype=torch.float64)[None, :]
    angle = 131 * rows + 17 * columns + 7 * layer + 3 * target
    weight.copy_(torch.sin(angle) / math.sqrt(weight.shape[1]))


def train_lora(model: HoneClassifier) -> None:
    layers = model.bert.encoder.layer
    model.bert = get_peft_model(model.bert, LoraConfig(**LORA))
    for index, layer in enumerate(layers):
        attention = layer.attention.self
        set_lora_a(attention.query.lora_A["default"].weight, index, 0)
        set_lora_a(attention.value.lora_A["default"].weight, index, 1)


PLANS = (
    Plan("full", train_all, 1e-4),
    Plan("layerwise", train_last_two_layers, 2e-4),
    Plan("lora", train_lora, 1e-3),
    Plan("head_cosine", train_head, 5e-3, schedule="cosine"),
    Plan("full_accumulation_2", train_all, 1e-4, steps=6, warmup=2, accumulation=2),
)
_TOP = ("bert.encoder.layer.2.output.dense.weight", "bert.encoder.layer.2.output.LayerNorm.bias", "classifier.weight")
CHECKED = {
    "full": (
        "bert.embeddings.word_embeddings.weight",
        "bert.embeddings.LayerNorm.weight",
        "bert.encoder.layer.0.attention.self.query.weight",
        "bert.encoder.layer.2.attention.output.dense.bias",
        "bert.encoder.layer.3.intermediate.dense.weight",
        "bert.encoder.layer.5.output.LayerNorm.bias",
        "classifier.weight",
        "classifier.bias",
    ),
    "layerwise": (
        "bert.encoder.layer.4.attention.self.value.weight",
        "bert.encoder.layer.5.output.dense.weight",
        "bert.encoder.layer.5.output.LayerNorm.weight",
        "classifier.weight",
        "classifier.bias",
    ),
    "lora": (
        "bert.encoder.layer.0.attention.self.query.lora_A.weight",
        "bert.encoder.layer.0.attention.self.query.lora_B.weight",
        "bert.encoder.layer.5.attention.self.value.lora_A.weight",
        "bert.encoder.layer.5.attention.self.value.lora_B.weight",
        "classifier.weight",
        "classifier.bias",
    ),
    "head_cosine": ("classifier.weight", "classifier.bias"),
}
CHECKED["full_accumulation_2"] = CHECKED["full"]
MADE_UP_PLANS = (
    Plan("full", train_all, 2e-3),
    Plan("layerwise", train_last_two_layers, 2e-3),
    Plan("lora", train_lora, 1e-2),
)
MADE_UP_CHECKED = {
    "full": ("bert.embeddings.word_embeddings.weight", "bert.encoder.layer.1.attention.self.query.weight", *_TOP),
    "layerwise": ("bert.encoder.layer.1.attention.self.query.weight", *_TOP),
    "lora": (
        "bert.encoder.layer.0.attention.self.query.lora_A.weight",
        "bert.encoder.layer.2.attention.self.value.lora_B.weight",
        "classifier.weight",
    ),
}


def plain_names(model: HoneClassifier) -> dict[str, nn.Parameter]:
    """Parameters without the words peft puts into their names."""
    return {
        name.replace("base_model.model.", "")
        .replace(".default", "")
        .replace(".base_layer", "")
        .replace("lora_magnitude_vector.weight", "lora_magnitude_vector"): parameter
        for name, parameter in model.named_parameters()
    }


def make_optimizer(parameters: list[nn.Parameter], lr: float) -> AdamW:
    """Weight decay on matrices only, not on biases, layer norms and (IA)³'s vectors of shape [1, n] or [n, 1]."""
    matrices = [p for p in parameters if p.ndim >= 2 and 1 not in p.shape]
    vectors = [p for p in parameters if p.ndim < 2 or 1 in p.shape]
    groups = [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]
    return AdamW(groups, lr=lr, betas=ADAMW["betas"], eps=ADAMW["eps"], weight_decay=ADAMW["weight_decay"])


def batch_loss(model: HoneClassifier, subject: Subject, rows: list[int]) -> Tensor:
    """Mean cross-entropy of the rows, padded to the longest."""
    return cross_entropy(model(*subject.padded(rows)), torch.tensor([subject.labels[row] for row in rows]))


def run_steps(model: HoneClassifier, subject: Subject, plan: Plan) -> list[dict]:
    """Train by the plan; lr, loss and gradient norm of every optimizer step."""
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = make_optimizer(trained, plan.peak_lr)
    schedule: LambdaLR = SCHEDULES[plan.schedule](optimizer, plan.warmup, plan.steps)
    plan_batches = subject.batches(plan.steps * plan.accumulation)
    history = []
    for step in range(plan.steps):
        loss = 0.0
        for rows in plan_batches[step * plan.accumulation : (step + 1) * plan.accumulation]:
            part = batch_loss(model, subject, rows) / plan.accumulation
            part.backward()
            loss += part.item()
        norm = nn.utils.clip_grad_norm_(trained, CLIP_NORM).item()
        history.append({"lr": schedule.get_last_lr()[0], "loss": loss, "gradient_norm": norm})
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    return history


def check(name: str, before: Tensor, after: Tensor) -> dict:
    """A few values of one tensor after training, and how far the tensor moved."""
    flat = after.detach().flatten()
    middle = flat.numel() // 2
    indices = sorted({0, 1, middle, flat.numel() - 1})
    change = (after.detach() - before).norm().item()
    return {"name": name, "indices": indices, "values": numbers(flat[indices]), "change_l2": change}


def run_plan(plan: Plan, subject: Subject, checked: tuple[str, ...] | None = None) -> dict:
    """One entry of `runs`; `checked` names the parameters whose values it holds, else the subject's."""
    model = subject.make().eval()
    plan.prepare(model)
    parameters = plain_names(model)
    checked = checked or subject.checked[plan.name]
    before = {name: parameters[name].detach().clone() for name in checked}
    history = run_steps(model, subject, plan)
    with torch.inference_mode():
        final_loss = batch_loss(model, subject, subject.batches(1)[0]).item()
    return {
        "name": plan.name,
        "peak_lr": plan.peak_lr,
        "schedule": plan.schedule,
        "steps": plan.steps,
        "warmup_steps": plan.warmup,
        "accumulation": plan.accumulation,
        "trained_values": sum(p.numel() for p in parameters.values() if p.requires_grad),
        "history": history,
        "final_loss_of_batch_0": final_loss,
        "check": [check(name, before[name], parameters[name]) for name in checked],
    }


def built_in() -> Subject:
    tokenizer = load_tokenizer()

    def padded(rows: list[int]) -> tuple[Tensor, Tensor]:
        texts = [ROWS[row][0] for row in rows]
        batch = tokenizer(texts, padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt")
        return batch["input_ids"], batch["attention_mask"]

    labels = [label for _, label in ROWS]
    return Subject(lambda: make_classifier(len(LABELS)), padded, labels, batches, CHECKED)


def made_up() -> Subject:
    labels = [row["label"] for row in made_up_model.ROWS]
    return Subject(
        made_up_model.make_classifier, made_up_model.padded, labels, made_up_model.batches, MADE_UP_CHECKED
    )


def make_training_golden() -> None:
    """Run every plan from the same start."""
    steps = max(plan.steps * plan.accumulation for plan in (*PLANS, *MADE_UP_PLANS))
    content = {
        "model": model_stamp(),
        "formulas": FORMULAS,
        "labels": LABELS,
        "rows": [{"text": text, "label": label} for text, label in ROWS],
        "batches": batches(steps),
        "max_length": MAX_LENGTH,
        "adamw": ADAMW,
        "clip_norm": CLIP_NORM,
        "layerwise_last_layers": 2,
        "lora": LORA,
        "runs": [run_plan(plan, built_in()) for plan in PLANS],
        "made_up": {
            "formulas": made_up_model.FORMULAS,
            "config": made_up_model.CONFIG,
            "classes": made_up_model.CLASSES,
            "weights": [
                {"ending": ending, "mean": mean, "spread": spread} for ending, mean, spread in made_up_model.WEIGHTS
            ],
            "rows": made_up_model.ROWS,
            "batches": made_up_model.batches(steps),
            "runs": [run_plan(plan, made_up()) for plan in MADE_UP_PLANS],
        },
    }
    write_golden("training.json", ("torch", "transformers", "peft", "tokenizers"), content)
