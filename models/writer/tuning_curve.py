"""The point of fine-tuning: held-out loss after tuning on n rows, from the writer and from fresh weights.

Full fine-tuning with AdamW, the loss on the completion and its `<|end|>` only, in nats a token. Both arms see the
same batches; the checkpoint with the least loss on the development rows is tested. Each result is kept in a file, so
that a stopped measurement goes on.
"""

import copy
import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import LlamaForCausalLM

from models.writer.benchmarks import SEED, Benchmark, Row
from models.writer.chat import END_ID, PAD_ID, prompt_text

BATCH = 16
LOOKS = 8  # at the development rows in a run
# Rows shown in all, by rows of training: more epochs of few rows, as one would tune.
SHOWN = {200: 2_400, 1_000: 6_000, 5_000: 15_000}
RATES = {"writer": 5e-4, "scratch": 1e-3}
IGNORED = -100


@dataclass(frozen=True)
class Point:
    dataset: str
    rows: int
    arm: str
    test_rows: int
    before: float  # test loss before tuning, nats a token
    after: float
    seconds: float


def _encode(tokenizer: Tokenizer, rows: list[Row], length: int) -> list[tuple[list[int], int]]:
    """Ids of prompt and completion, and where the completion starts. What is longer than `length` loses the end of its
    completion beyond half of that, then the beginning of its prompt."""
    encoded = []
    for row in rows:
        prompt = tokenizer.encode(prompt_text(row.prompt)).ids
        completion = [*tokenizer.encode(row.completion).ids, END_ID][: length // 2]
        prompt = prompt[max(0, len(prompt) + len(completion) - length) :]
        encoded.append((prompt + completion, len(prompt)))
    return encoded


def _batch(rows: list[tuple[list[int], int]]) -> tuple[Tensor, Tensor]:
    """ids [B, T] and labels [B, T], where the label at t is the id at t + 1 and prompts and padding are ignored."""
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), longest), PAD_ID)
    labels = torch.full((len(rows), longest), IGNORED)
    for index, (row, start) in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
        labels[index, start - 1 : len(row) - 1] = torch.tensor(row[start:])
    return ids, labels


def _loss(model: LlamaForCausalLM, rows: list[tuple[list[int], int]], reduction: str) -> tuple[Tensor, int]:
    ids, labels = _batch(rows)
    ids, labels = ids.to(model.device), labels.to(model.device)
    kept = labels != IGNORED
    with torch.autocast(model.device.type, torch.bfloat16):
        hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state  # [B, T, C]
        logits = model.lm_head(hidden[kept])  # [n, V]: only where a loss is taken
    return F.cross_entropy(logits.float(), labels[kept], reduction=reduction), int(kept.sum())


@torch.no_grad()
def test_loss(model: LlamaForCausalLM, rows: list[tuple[list[int], int]]) -> float:
    """Mean over completion tokens, in nats."""
    rows = sorted(rows, key=lambda row: len(row[0]))
    sums = [_loss(model, rows[at : at + 32], "sum") for at in range(0, len(rows), 32)]
    return sum(total.item() for total, _ in sums) / sum(count for _, count in sums)


def _batches(rows: list, shown: int) -> Iterator[list]:
    draw = random.Random(SEED)
    order: list = []
    for _ in range(shown // BATCH):
        if len(order) < BATCH:
            order = draw.sample(rows, len(rows))
        yield order[:BATCH]
        order = order[BATCH:]


def tune(model: LlamaForCausalLM, train: list, dev: list, shown: int, rate: float) -> LlamaForCausalLM:
    """A tuned copy; the rate rises over a tenth of the steps and then falls in a line to zero."""
    model = copy.deepcopy(model).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    steps = shown // BATCH
    best, kept = test_loss(model, dev), copy.deepcopy(model.state_dict())
    for step, rows in enumerate(_batches(train, shown), start=1):
        optimizer.param_groups[0]["lr"] = rate * min(step / (0.1 * steps), (steps - step + 1) / (0.9 * steps))
        loss, _ = _loss(model, rows, "mean")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % (steps // LOOKS) == 0:
            found = test_loss(model, dev)
            if found < best:
                best, kept = found, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return model.eval()


def measure_point(
    model: LlamaForCausalLM, tokenizer: Tokenizer, benchmark: Benchmark, rows: int, arm: str, folder: Path
) -> Point:
    path = folder / f"{benchmark.name}-{rows}-{arm}.json"
    if path.exists():
        return Point(**json.loads(path.read_text()))
    length = model.config.max_position_embeddings
    train, dev, test = (
        _encode(tokenizer, some, length) for some in (benchmark.train[:rows], benchmark.dev, benchmark.test)
    )
    started = time.monotonic()
    tuned = tune(model, train, dev[:100], SHOWN[rows], RATES[arm])
    seconds = time.monotonic() - started
    point = Point(
        benchmark.name, rows, arm, len(test), test_loss(model, test), test_loss(tuned, test), round(seconds, 1)
    )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(point)) + "\n")
    print(point, flush=True)
    return point
