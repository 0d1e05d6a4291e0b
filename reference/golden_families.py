"""families.json: small checkpoints of every family, as transformers wrote them and computes with them.

Of each: files, logits, gradients of every weight, ten steps of full and of LoRA tuning, and what its stock classifier
and peft's adapter over it are made of. The stock classifier's logits are checked here against Hone's formula.
"""

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import made_up_families
import torch
from golden_file import numbers, write_golden
from golden_training import ADAMW, CLIP_NORM, Plan, Subject, batch_loss, plain_names, run_plan, train_all
from made_up_families import CHECKPOINTS, FEATURE_SCALE, INNER_SCALE, Checkpoint, FamilyClassifier, made_up, signs
from peft import LoraConfig, get_peft_model
from pooling_as_layer import POOL_GAIN, TOLERANCE
from torch import nn
from transformers import AutoModelForSequenceClassification
from transformers.pytorch_utils import Conv1D

LORA = {"r": 4, "lora_alpha": 8, "lora_dropout": 0.0}
# What comes before a layer's number in a module's name.
LAYER = re.compile(r"^.*\.(?:layer|layers|h)\.(?=\d)")
STEPS = {"steps": 10, "warmup": 2}


def train_lora(targets: list[str]) -> object:
    def prepare(model: FamilyClassifier) -> None:
        model.bert = get_peft_model(model.bert, LoraConfig(**LORA, target_modules=targets))
        with torch.no_grad():
            for name, weight in plain_names(model).items():
                if name.endswith("lora_A.weight"):
                    weight.copy_(made_up(name.removeprefix("bert."), weight.shape))

    return prepare


def gradients(model: FamilyClassifier, subject: Subject) -> dict:
    """Norm and signed sum of every weight's gradient, of the mean loss of batch 0."""
    batch_loss(model, subject, subject.batches(1)[0]).backward()
    found = {}
    # Hone's linear weights are all [out, in].
    stored_turned = {name for name, module in model.named_modules() if isinstance(module, Conv1D)}
    for name, weight in model.named_parameters():
        turned = name.removesuffix(".weight") in stored_turned
        gradient = (weight.grad.T if turned else weight.grad).flatten().double()
        signed = (gradient * signs(gradient.numel())).sum()
        found[name.removeprefix("bert.")] = [float(f"{value:.9g}") for value in (gradient.norm(), signed)]
    model.zero_grad()
    return found


def _layers(encoder: nn.Module) -> nn.ModuleList:
    return encoder.transformer.layer if hasattr(encoder, "transformer") else encoder.encoder.layer


def _identity(linear: nn.Linear, factor: float, bias: float = 0.0) -> None:
    linear.weight.copy_(factor * torch.eye(linear.out_features))
    linear.bias.fill_(bias)


@torch.no_grad()
def as_stock_model(model: FamilyClassifier, checkpoint: Checkpoint) -> nn.Module:
    """The family's AutoModelForSequenceClassification with the same logits: those of BERT's form need one layer
    more (pooling_as_layer.py)."""
    kind = checkpoint.config.model_type
    appends = not checkpoint.is_decoder and kind != "modernbert"
    config = type(checkpoint.config)(**checkpoint.config.to_dict())
    config.num_labels = made_up_families.CLASSES
    if appends:
        config.num_hidden_layers += 1
    if kind == "modernbert":
        config.classifier_pooling = checkpoint.pooling
    stock = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32).eval()
    stock.base_model.load_state_dict(model.bert.state_dict(), strict=False)
    if not appends:
        if kind == "modernbert":
            stock.head.dense.weight.copy_(INNER_SCALE * torch.eye(config.hidden_size))
            stock.head.norm.weight.fill_(FEATURE_SCALE)
        (stock.score if checkpoint.is_decoder else stock.classifier).load_state_dict(model.classifier.state_dict())
        return stock
    last = _layers(stock.base_model)[-1]
    for name, parameter in last.named_parameters():
        parameter.fill_(1.0 if name.endswith("orm.weight") else 0.0)
    gain = POOL_GAIN if checkpoint.pooling == "mean" else 0.0
    width = config.hidden_size
    weight, bias = model.classifier.weight, model.classifier.bias
    if config.model_type == "distilbert":
        shift = FEATURE_SCALE * width**0.5
        _identity(last.attention.v_lin, 1.0)
        _identity(last.attention.out_lin, gain)
        _identity(stock.pre_classifier, FEATURE_SCALE, shift)
        head, bias = stock.classifier, bias - shift * weight.sum(dim=1)
    else:
        _identity(last.attention.self.value, 1.0)
        _identity(last.attention.output.dense, gain)
        last.output.LayerNorm.weight.fill_((1 + config.layer_norm_eps) ** 0.5)
        is_bert = config.model_type == "bert"
        _identity(stock.bert.pooler.dense if is_bert else stock.classifier.dense, FEATURE_SCALE)
        head = stock.classifier if is_bert else stock.classifier.out_proj
    head.weight.copy_(weight)
    head.bias.copy_(bias)
    return stock


def stock_form(model: FamilyClassifier, checkpoint: Checkpoint, subject: Subject) -> dict:
    """What the stock classifier and peft's adapter over it are made of; refuses logits that differ."""
    stock = as_stock_model(model, checkpoint)
    ids, mask = subject.padded(subject.batches(1)[0])
    with torch.inference_mode():
        difference = (stock(input_ids=ids, attention_mask=mask).logits - model(ids, mask)).abs().max().item()
    if difference > TOLERANCE:
        raise SystemExit(f"{checkpoint.name}: stock logits differ by {difference:.1e}")
    print(f"{checkpoint.name}: stock logits differ by {difference:.1e}")
    shapes = {name: list(weight.shape) for name, weight in stock.named_parameters()}
    layers = range(checkpoint.config.num_hidden_layers)
    wanted = {f"{layer}.{target}" for layer in layers for target in checkpoint.targets.values()}
    exact = [name for name, _ in stock.named_modules() if LAYER.sub("", name) in wanted]
    return {"architecture": type(stock).__name__, "shapes": shapes, "adapted": exact}


def checked_names(checkpoint: Checkpoint, *, lora: bool) -> tuple[str, ...]:
    targets = checkpoint.targets
    kind = checkpoint.config.model_type
    path = {"distilbert": "bert.transformer.layer", "gpt2": "bert.h", "modernbert": "bert.layers"}.get(
        kind, "bert.layers" if checkpoint.is_decoder else "bert.encoder.layer"
    )
    if lora:
        ends = (f"0.{targets['query']}.lora_A", f"1.{targets['value']}.lora_B", f"1.{targets['down']}.lora_B")
        return (*(f"{path}.{end}.weight" for end in ends), "classifier.weight")
    if kind == "gpt2":
        return tuple(f"bert.{name}" for name in ("wte.weight", "wpe.weight", "ln_f.bias", "h.0.attn.c_attn.bias"))
    if kind == "modernbert":
        names = ("embeddings.tok_embeddings", "layers.1.attn_norm", "layers.0.mlp.Wi", "layers.1.attn.Wqkv")
        return tuple(f"bert.{name}.weight" for name in names)
    if checkpoint.is_decoder:
        names = ("embed_tokens", "norm", "layers.0.self_attn.k_proj", "layers.1.mlp.gate_proj")
        return tuple(f"bert.{name}.weight" for name in names)
    matrices = (f"{path}.0.{targets['query']}", f"{path}.1.{targets['down']}")
    tables = ("bert.embeddings.word_embeddings", "bert.embeddings.position_embeddings", "bert.embeddings.LayerNorm")
    return tuple(f"{module}.weight" for module in (*tables, *matrices, "classifier"))


def describe(checkpoint: Checkpoint) -> dict:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        written = made_up_families.write_checkpoint(checkpoint, folder)

        def make() -> FamilyClassifier:
            return FamilyClassifier(checkpoint, folder).eval()

        subject = Subject(
            make,
            lambda rows: made_up_families.padded(checkpoint, rows),
            made_up_families.labels(),
            made_up_families.batches,
            {},
        )
        ids, mask = subject.padded(subject.batches(1)[0])
        with torch.inference_mode():
            logits = numbers(make()(ids, mask))
        full = Plan("full", train_all, 1e-3, **STEPS)
        lora = replace(full, name="lora", prepare=train_lora(list(checkpoint.targets.values())), peak_lr=5e-3)
        return {
            "name": checkpoint.name,
            **written,
            "told": checkpoint.told,
            "pad": checkpoint.config.pad_token_id,
            "rows": made_up_families.rows_of(checkpoint),
            "logits": logits,
            "gradients": gradients(make(), subject),
            "runs": [
                run_plan(full, subject, checked_names(checkpoint, lora=False)),
                run_plan(lora, subject, checked_names(checkpoint, lora=True)),
            ],
            "stock": stock_form(make(), checkpoint, subject),
        }


def make_families_golden() -> None:
    content = {
        "formulas": made_up_families.FORMULAS,
        "spreads": [list(each) for each in made_up_families.SPREADS],
        "classes": made_up_families.CLASSES,
        "labels": made_up_families.labels(),
        "batches": made_up_families.batches(STEPS["steps"]),
        "adamw": ADAMW,
        "clip_norm": CLIP_NORM,
        "lora": {**LORA, "roles": list(CHECKPOINTS[0].targets)},
        "checkpoints": [describe(checkpoint) for checkpoint in CHECKPOINTS],
    }
    write_golden("families.json", ("torch", "transformers", "peft"), content)
