"""peft_names.json: the files peft itself writes for an adapter, and the shortest ones it still opens exactly.

For each variant: adapt the stock 7-layer model, give every adapter value a number, `save_pretrained`, list the
names; then write adapter_config.json anew with only SHORT_CONFIG's fields and check that the logits are equal.
"""

import copy
import json
import tempfile
import warnings
from pathlib import Path

import torch
from golden_file import write_golden
from hone_model import load_tokenizer, make_classifier
from peft import IA3Config, LoraConfig, PeftConfig, PeftModel, TaskType, get_peft_model
from pooling_as_layer import as_stock_model
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification

LABELS = 3
LAYERS = range(6)
# The appended pooling layer, number 6, must stay as it is, so it is not among the adapted ones.
TARGETS = r"bert\.encoder\.layer\.(0|1|2|3|4|5)\.attention\.self\.(query|value)"
FEED_FORWARD = r"bert\.encoder\.layer\.(0|1|2|3|4|5)\.output\.dense"
SETTINGS = {
    "LORA": {"r": 4, "lora_alpha": 8, "lora_dropout": 0.1, "bias": "none"},
    "IA3": {
        "target_modules": r"bert\.encoder\.layer\.(0|1|2|3|4|5)\.(attention\.self\.(key|value)|output\.dense)",
        "feedforward_modules": FEED_FORWARD,
    },
}
CONFIGS = {"LORA": LoraConfig, "IA3": IA3Config}
VARIANTS = {
    "lora": {"target_modules": TARGETS},
    "lora_by_layer_list": {
        "target_modules": ["query", "value"],
        "layers_to_transform": list(LAYERS),
        "layers_pattern": "layer",
    },
    "rslora": {"target_modules": TARGETS, "use_rslora": True},
    "dora": {"target_modules": TARGETS, "use_dora": True},
    "ia3": {"peft_type": "IA3"},
}
FIXED_FIELDS = {
    "task_type": "SEQ_CLS",
    "base_model_name_or_path": "base",
    "inference_mode": True,
    "fan_in_fan_out": False,
    "modules_to_save": ["classifier"],
}


def short_config(variant: dict) -> dict:
    """The fields an exporter must write; the others keep peft's defaults."""
    kind = variant.get("peft_type", "LORA")
    return copy.deepcopy({"peft_type": kind, **FIXED_FIELDS, **SETTINGS[kind], **variant})


def training_config(variant: dict) -> PeftConfig:
    """The same settings for training; peft appends to the lists it is given, hence the copy."""
    fields = {**short_config(variant), "task_type": TaskType.SEQ_CLS, "inference_mode": False}
    del fields["base_model_name_or_path"]
    return CONFIGS[fields.pop("peft_type")](**fields)


@torch.no_grad()
def fill_trained(model: nn.Module) -> None:
    """Seeded values in everything that trains, so that a tensor loaded wrongly or not at all is seen."""
    torch.manual_seed(0)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.add_(0.05 * torch.randn_like(parameter))


def reopened_logits(base: Path, adapter: Path, batch: dict[str, Tensor]) -> Tensor:
    """[B, L] from the saved files alone; missing adapter tensors are an error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*missing adapter keys.*")
        model = PeftModel.from_pretrained(AutoModelForSequenceClassification.from_pretrained(base), adapter)
    return model.eval()(**batch).logits


@torch.inference_mode()
def describe_variant(name: str, base: Path, folder: Path, batch: dict[str, Tensor]) -> dict:
    """Save one variant, reopen it by its short config, and list what peft wrote."""
    variant = VARIANTS[name]
    stock = AutoModelForSequenceClassification.from_pretrained(base)
    with torch.inference_mode(mode=False):
        model = get_peft_model(stock, training_config(variant)).eval()
        fill_trained(model)
    expected = model(**batch).logits
    model.save_pretrained(folder)
    saved_config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    (folder / "adapter_config.json").write_text(json.dumps(short_config(variant)), encoding="utf-8")
    difference = (reopened_logits(base, folder, batch) - expected).abs().max().item()
    if difference > 1e-6:
        raise SystemExit(f"{name}: logits of the reopened adapter differ by {difference:.1e}")
    tensors = load_file(folder / "adapter_model.safetensors")
    if any(".layer.6." in tensor for tensor in tensors):
        raise SystemExit(f"{name}: the pooling layer was adapted")
    saved_config["target_modules"] = short_config(variant)["target_modules"]  # peft writes a set: no order of its own
    return {
        "adapter_config": short_config(variant),
        "adapter_config_by_peft": {**saved_config, "base_model_name_or_path": "base"},
        "tensors": {tensor: list(tensors[tensor].shape) for tensor in sorted(tensors)},
    }


def make_peft_golden() -> None:
    """Every variant over one base folder."""
    batch = load_tokenizer()(["Where is my card?", "ok"], padding=True, return_tensors="pt")
    with tempfile.TemporaryDirectory() as place:
        base = Path(place) / "base"
        as_stock_model(make_classifier(LABELS)).save_pretrained(base)
        variants = {name: describe_variant(name, base, Path(place) / name, batch) for name in VARIANTS}
    write_golden("peft_names.json", ("peft", "transformers", "torch"), {"labels": LABELS, **variants})
