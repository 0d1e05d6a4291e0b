"""Prompt and completion rows for measuring fine-tuning. Nothing here is ever trained on for the writer itself."""

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path

from models.writer.sources import UNREAD_SERVICES, is_held_out

SEED = 1


@dataclass(frozen=True)
class Row:
    prompt: str
    completion: str


@dataclass(frozen=True)
class Benchmark:
    name: str
    train: list[Row]  # shuffled: the first n are the smaller training sets
    dev: list[Row]
    test: list[Row]


def _benchmark(name: str, splits: dict[str, list[Row]], test_rows: int) -> Benchmark:
    counts = {"train": 5_000, "dev": test_rows, "test": test_rows}
    return Benchmark(
        name,
        **{s: random.Random(SEED).sample(rows, min(counts[s], len(rows))) for s, rows in splits.items()},
    )


def support_replies(data: Path, test_rows: int) -> Benchmark:
    """The official split, only the services whose dialogues the writer has not read."""
    splits: dict[str, list[Row]] = {"train": [], "dev": [], "test": []}
    with (data / "generate/support_replies/reply_pairs_derived.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["service"] in UNREAD_SERVICES:
                splits[row["split"]].append(Row(row["prompt"], row["completion"]))
    return _benchmark("support_replies", splits, test_rows)


def e2e_nlg(data: Path, test_rows: int) -> Benchmark:
    """Both files there are, split anew by meaning representation: a sixth for testing, a sixth for choosing."""
    splits: dict[str, list[Row]] = {"train": [], "dev": [], "test": []}
    for name in ("devset.csv", "testset_w_refs.csv"):
        with (data / "generate/e2e_nlg" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = row["mr"]
                split = "test" if is_held_out(f"test {key}", 6) else "dev" if is_held_out(f"dev {key}", 6) else "train"
                splits[split].append(Row(key, row["ref"]))
    return _benchmark("e2e_nlg", splits, test_rows)
