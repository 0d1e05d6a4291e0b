"""optimizer.json: AdamW by hand-sized numbers, gradient clipping, and learning-rate schedules."""

import torch
from golden_file import numbers, write_golden
from torch import Tensor, nn
from torch.optim import AdamW
from transformers import (
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
)

STEPS = 10
# name -> start value; matrices decay, vectors do not.
START = {
    "matrix": [[0.5, -1.25], [2.0, 0.0]],
    "vector": [0.1, -0.2, 0.3],
    "single": [[3.0]],
}
ADAMW_CASES = (
    {"name": "decay", "lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "clip": None},
    {"name": "no decay", "lr": 0.02, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "clip": None},
    {"name": "other betas", "lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1, "clip": None},
    {"name": "clipped", "lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "clip": 1.0},
)
SCHEDULES = {
    "linear": get_linear_schedule_with_warmup,
    "cosine": get_cosine_schedule_with_warmup,
    "constant": get_constant_schedule_with_warmup,
}
SCHEDULE_LENGTHS = ((0, 10), (3, 10), (10, 10), (4, 20), (1, 1), (7, 100))


def gradient(name: str, step: int, shape: torch.Size) -> Tensor:
    """g[flat i] at `step` (from 0) = sin(step * (i + 1) + len(name)); element 3 of `matrix` is always 0."""
    flat = torch.arange(shape.numel(), dtype=torch.float64)
    values = torch.sin(step * (flat + 1) + len(name)).reshape(shape)
    if name == "matrix":
        values[1, 1] = 0.0
    return values


def run_adamw(case: dict) -> dict:
    """float64 values of every parameter after each step, and the gradient norm before clipping."""
    parameters = {name: nn.Parameter(torch.tensor(v, dtype=torch.float64)) for name, v in START.items()}
    groups = [
        {"params": [p], "weight_decay": case["weight_decay"] if p.ndim >= 2 else 0.0}
        for p in parameters.values()
    ]
    optimizer = AdamW(groups, lr=case["lr"], betas=case["betas"], eps=case["eps"])
    steps = []
    for step in range(STEPS):
        for name, parameter in parameters.items():
            parameter.grad = gradient(name, step, parameter.shape)
        limit = float("inf") if case["clip"] is None else case["clip"]
        norm = nn.utils.clip_grad_norm_(parameters.values(), limit).item()
        optimizer.step()
        steps.append({"gradient_norm": norm, **{name: p.tolist() for name, p in parameters.items()}})
    return {**case, "steps": steps}


def schedule_values(name: str, warmup: int, total: int) -> dict:
    """Learning-rate factor at steps 0..total, for a peak of 1."""
    optimizer = AdamW([nn.Parameter(torch.zeros(1))], lr=1.0)
    lengths = (warmup,) if name == "constant" else (warmup, total)
    factor = SCHEDULES[name](optimizer, *lengths).lr_lambdas[0]
    values = [factor(step) for step in range(total + 1)]
    return {"schedule": name, "warmup_steps": warmup, "total_steps": total, "factors": values}


def make_optimizer_golden() -> None:
    """AdamW cases and schedules."""
    first = {name: numbers(gradient(name, 1, torch.tensor(v).shape)) for name, v in START.items()}
    content = {
        "gradient": gradient.__doc__,
        "gradient_at_step_1": first,
        "start": START,
        "adamw": [run_adamw(case) for case in ADAMW_CASES],
        "schedules": [schedule_values(name, *pair) for name in SCHEDULES for pair in SCHEDULE_LENGTHS],
    }
    write_golden("optimizer.json", ("torch", "transformers"), content)
