"""methods.json: short trainings of the further methods by PyTorch and peft, in the form of training.json.

DoRA and (IA)³ are peft's; BitFit and training from scratch are plain PyTorch; the bottleneck adapter is written here
after Houlsby et al. 2019, since peft has none.
"""

import math
from collections.abc import Callable

import torch
from golden_file import model_stamp, write_golden
from golden_training import LORA, Plan, built_in, run_plan, set_lora_a, train_all
from hone_model import HoneClassifier
from peft import IA3Config, LoraConfig, get_peft_model
from torch import Tensor, nn
from torch.nn.functional import gelu

STEPS = 6
WARMUP = 2
BOTTLENECK = 16
IA3 = {"target_modules": r".*\.(key|value)|.*\d\.output\.dense", "feedforward_modules": r".*\d\.output\.dense"}
FORMULAS = {
    "adapter_down[i][j]": "sin(131 i + 17 j + 7 layer) / sqrt(in); its bias, adapter_up and its bias 0",
    "scratch": "matrices and tables 0.02 * sqrt(2) * sin((flat index)^2 mod 10007 + length of the name), layer norms "
    "1 and 0, biases 0; name as in the checkpoint, without prefix",
    "decay": "(IA)³'s factors do not decay: they start at 1, and peft's shapes [out, 1] and [1, in] are vectors",
}


def train_dora(model: HoneClassifier) -> None:
    layers = model.bert.encoder.layer
    model.bert = get_peft_model(model.bert, LoraConfig(**LORA, use_dora=True))
    for index, layer in enumerate(layers):
        set_lora_a(layer.attention.self.query.lora_A["default"].weight, index, 0)
        set_lora_a(layer.attention.self.value.lora_A["default"].weight, index, 1)


def train_ia3(model: HoneClassifier) -> None:
    model.bert = get_peft_model(model.bert, IA3Config(**IA3))


def train_biases(model: HoneClassifier) -> None:
    for name, parameter in model.bert.named_parameters():
        parameter.requires_grad_(name.endswith(".bias"))


class Bottleneck(nn.Linear):
    """A linear module with an adapter after it: y + up(gelu(down(y)))."""

    def __init__(self, linear: nn.Linear, layer: int) -> None:
        super().__init__(linear.in_features, linear.out_features)
        self.weight, self.bias = linear.weight, linear.bias
        self.adapter_down = nn.Linear(linear.out_features, BOTTLENECK)
        self.adapter_up = nn.Linear(BOTTLENECK, linear.out_features)
        set_lora_a(self.adapter_down.weight, layer, 0)
        for zero in (self.adapter_down.bias, self.adapter_up.weight, self.adapter_up.bias):
            nn.init.zeros_(zero)

    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        return y + self.adapter_up(gelu(self.adapter_down(y)))


def train_adapters(model: HoneClassifier) -> None:
    model.bert.requires_grad_(False)
    for index, layer in enumerate(model.bert.encoder.layer):
        layer.output.dense = Bottleneck(layer.output.dense, index)


@torch.no_grad()
def train_from_scratch(model: HoneClassifier) -> None:
    """Start from the formula in place of random values, which two programs cannot share."""
    train_all(model)
    for name, parameter in model.bert.named_parameters():
        if parameter.ndim == 1:
            parameter.fill_(1.0 if name.endswith(".weight") else 0.0)
            continue
        flat = torch.arange(parameter.numel(), dtype=torch.int64)
        angle = (flat * flat % 10007 + len(name)).double()
        parameter.copy_((0.02 * math.sqrt(2) * torch.sin(angle)).reshape(parameter.shape))


def plan(name: str, prepare: Callable[[HoneClassifier], None], peak_lr: float) -> Plan:
    return Plan(name, prepare, peak_lr, steps=STEPS, warmup=WARMUP)


PLANS = (
    plan("dora", train_dora, 1e-3),
    plan("ia3", train_ia3, 1e-2),
    plan("bitfit", train_biases, 3e-3),
    plan("adapter", train_adapters, 1e-3),
    plan("scratch", train_from_scratch, 1e-4),
)
HEAD = ("classifier.weight", "classifier.bias")
CHECKED = {
    "dora": (
        "bert.encoder.layer.0.attention.self.query.lora_A.weight",
        "bert.encoder.layer.0.attention.self.query.lora_B.weight",
        "bert.encoder.layer.0.attention.self.query.lora_magnitude_vector",
        "bert.encoder.layer.5.attention.self.value.lora_B.weight",
        "bert.encoder.layer.5.attention.self.value.lora_magnitude_vector",
        *HEAD,
    ),
    "ia3": (
        "bert.encoder.layer.0.attention.self.key.ia3_l",
        "bert.encoder.layer.3.attention.self.value.ia3_l",
        "bert.encoder.layer.5.output.dense.ia3_l",
        *HEAD,
    ),
    "bitfit": (
        "bert.embeddings.LayerNorm.bias",
        "bert.encoder.layer.0.attention.self.query.bias",
        "bert.encoder.layer.3.intermediate.dense.bias",
        "bert.encoder.layer.5.output.LayerNorm.bias",
        *HEAD,
    ),
    "adapter": (
        "bert.encoder.layer.0.output.dense.adapter_down.weight",
        "bert.encoder.layer.0.output.dense.adapter_up.weight",
        "bert.encoder.layer.3.output.dense.adapter_down.bias",
        "bert.encoder.layer.5.output.dense.adapter_up.bias",
        *HEAD,
    ),
    "scratch": (
        "bert.embeddings.word_embeddings.weight",
        "bert.encoder.layer.0.attention.self.query.weight",
        "bert.encoder.layer.5.output.LayerNorm.weight",
        *HEAD,
    ),
}


def make_methods_golden() -> None:
    """Run every plan from the same start, on the rows and batches of training.json."""
    content = {
        "model": model_stamp(),
        "formulas": FORMULAS,
        "bottleneck": BOTTLENECK,
        "runs": [run_plan(each, built_in(), CHECKED[each.name]) for each in PLANS],
    }
    write_golden("methods.json", ("torch", "transformers", "peft", "tokenizers"), content)
