"""R1 in PyTorch on the CPU, from the same numbers as src/engine/bench/r1.ts. Prints one JSON line.

    python bench/torch_r1.py --warmup 2 --steps 5 --threads 2
"""

import argparse
import json
import math
import time

import numpy as np
import torch
from torch.nn import functional as F

LAYERS, WIDTH, HEADS, FEED_FORWARD, VOCABULARY, CLASSES, ROWS, LENGTH = 4, 256, 4, 1024, 8192, 4, 16, 32
LEARNING_RATE, WEIGHT_DECAY, CLIP_NORM, NORM_EPSILON = 1e-4, 0.01, 1.0, 1e-5


def specs() -> list[tuple[str, tuple[int, ...], float, float]]:
    """(name, shape, spread, centre) in the order that numbers the weights."""
    listed: list[tuple[str, tuple[int, ...], float, float]] = []

    def linear(name: str, inputs: int, outputs: int, gain: float = 1.0) -> None:
        listed.append((f"{name}.w", (inputs, outputs), gain * math.sqrt(3 / inputs), 0.0))
        listed.append((f"{name}.b", (outputs,), 0.1, 0.0))

    def norm(name: str) -> None:
        listed.append((f"{name}.g", (WIDTH,), 0.1, 1.0))
        listed.append((f"{name}.b", (WIDTH,), 0.1, 0.0))

    listed.append(("words", (VOCABULARY, WIDTH), 1.0, 0.0))
    listed.append(("positions", (LENGTH, WIDTH), 1.0, 0.0))
    for i in range(LAYERS):
        norm(f"{i}.norm1")
        for part in "qkvo":
            linear(f"{i}.{part}", WIDTH, WIDTH)
        norm(f"{i}.norm2")
        linear(f"{i}.up", WIDTH, FEED_FORWARD)
        linear(f"{i}.down", FEED_FORWARD, WIDTH)
    norm("norm")
    linear("head", WIDTH, CLASSES, 8.0)
    return listed


def mix(values: np.ndarray) -> np.ndarray:
    """Murmur3's finaliser."""
    h = values.astype(np.uint32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def values(index: int, shape: tuple[int, ...], spread: float, centre: float) -> torch.Tensor:
    offset = ((index + 1) * 0x9E3779B9) & 0xFFFFFFFF
    at = (np.arange(math.prod(shape), dtype=np.uint64) + offset) & 0xFFFFFFFF
    uniform = mix(at).astype(np.float64) / 2**32 * 2 - 1
    return torch.from_numpy((centre + uniform * spread).astype(np.float32)).reshape(shape)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    # As nn.Linear keeps them: [out, in].
    w: dict[str, torch.nn.Parameter] = {}
    for i, (name, shape, spread, centre) in enumerate(specs()):
        value = values(i, shape, spread, centre)
        w[name] = torch.nn.Parameter(value.T.contiguous() if name.endswith(".w") else value)
    matrices = [p for p in w.values() if p.ndim == 2]
    vectors = [p for p in w.values() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}],
        lr=LEARNING_RATE,
    )
    ids = torch.from_numpy(
        (mix(np.arange(ROWS * LENGTH, dtype=np.uint64)) % VOCABULARY).astype(np.int64)
    ).reshape(ROWS, LENGTH)
    mask = torch.ones(ROWS, LENGTH)
    mask[3::4, LENGTH - math.ceil(LENGTH / 8) :] = 0
    labels = torch.arange(ROWS) % CLASSES
    open_ = mask.bool()[:, None, None, :]

    def dense(x: torch.Tensor, name: str) -> torch.Tensor:
        return F.linear(x, w[f"{name}.w"], w[f"{name}.b"])

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        return F.layer_norm(x, (WIDTH,), w[f"{name}.g"], w[f"{name}.b"], NORM_EPSILON)

    def split(x: torch.Tensor) -> torch.Tensor:
        return x.view(ROWS, LENGTH, HEADS, -1).transpose(1, 2)

    def loss() -> torch.Tensor:
        x = F.embedding(ids, w["words"]) + w["positions"]
        for i in range(LAYERS):
            a = norm(x, f"{i}.norm1")
            q, k, v = (split(dense(a, f"{i}.{part}")) for part in "qkv")
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=open_)
            x = x + dense(mixed.transpose(1, 2).reshape(ROWS, LENGTH, WIDTH), f"{i}.o")
            x = x + dense(F.gelu(dense(norm(x, f"{i}.norm2"), f"{i}.up")), f"{i}.down")
        kept = norm(x, "norm") * mask[:, :, None]
        pooled = kept.sum(1) / mask.sum(1, keepdim=True)
        return F.cross_entropy(dense(pooled, "head"), labels)

    milliseconds, losses = [], []
    for step in range(options.warmup + options.steps):
        started = time.perf_counter()
        value = loss()
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(w.values(), CLIP_NORM)
        optimizer.step()
        losses.append(value.item())
        if step >= options.warmup:
            milliseconds.append((time.perf_counter() - started) * 1000)
    print(json.dumps({"ms": milliseconds, "losses": losses, "torch": torch.__version__}))


main()
