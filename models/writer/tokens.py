"""Texts -> one array of token ids a source, `<|end|>` after each document; and windows drawn from them."""

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from models.writer.chat import END_ID, PAD_ID
from models.writer.mixture import SOURCES, held_out_texts, training_texts

Ids = NDArray[np.uint16]


def _encode(tokenizer: Tokenizer, texts: Iterable[str]) -> Ids:
    parts: list[Ids] = []
    left = iter(texts)
    while some := list(islice(left, 256)):
        for encoding in tokenizer.encode_batch_fast(some):
            parts.append(np.array([*encoding.ids, END_ID], dtype=np.uint16))
    return np.concatenate(parts)


def write_token_files(tokenizer: Tokenizer, corpus: Path, work: Path) -> None:
    """Files that are there are kept; each appears whole or not at all."""
    for split, read in (("train", training_texts), ("held", held_out_texts)):
        (work / split).mkdir(parents=True, exist_ok=True)
        for source in SOURCES:
            path = work / split / f"{source.name}.npy"
            if path.exists():
                continue
            ids = _encode(tokenizer, read(source, corpus))
            half_written = path.with_suffix(".part")
            with half_written.open("wb") as file:
                np.save(file, ids)
            os.replace(half_written, path)
            print(f"{split} {source.name}: {len(ids):,} tokens", flush=True)


def load_tokens(work: Path, split: str) -> dict[str, Ids]:
    return {s.name: np.load(work / split / f"{s.name}.npy", mmap_mode="r") for s in SOURCES}


def held_out_windows(ids: Ids, length: int, most: int) -> Ids:
    """[n, length + 1], n <= most, spread evenly over a source; a source shorter than one window is filled up with `<|pad|>`."""
    if len(ids) < length + 1:
        return np.concatenate([ids, np.full(length + 1 - len(ids), PAD_ID, np.uint16)])[None]
    count = min(most, (len(ids) - 1) // length)
    stride = (len(ids) - 1) // count
    return np.stack([ids[start : start + length + 1] for start in range(0, count * stride, stride)])


class WindowSampler:
    """Windows [length + 1] by the sources' shares; within a source every window once before any twice.

    The state is a few numbers, so that a resumed run reads on exactly where the stopped one would have.
    """

    def __init__(self, tokens: dict[str, Ids], length: int, seed: int) -> None:
        self.tokens = tokens
        self.length = length
        self.seed = seed
        self.chance = np.random.default_rng(seed)
        self.positions = {name: 0 for name in tokens}
        self.orders: dict[str, tuple[int, NDArray[np.int64]]] = {}

    def state(self) -> dict:
        return {"chance": self.chance.bit_generator.state, "positions": dict(self.positions)}

    def restore(self, state: dict) -> None:
        self.chance.bit_generator.state = state["chance"]
        self.positions = dict(state["positions"])

    def draw(self, count: int) -> Ids:
        """[count, length + 1]"""
        shares = [source.share for source in SOURCES]
        chosen = self.chance.choice(len(SOURCES), size=count, p=np.array(shares) / sum(shares))
        return np.stack([self._next(SOURCES[index].name) for index in chosen])

    def _next(self, name: str) -> Ids:
        windows = (len(self.tokens[name]) - 1) // self.length - 1
        epoch, place = divmod(self.positions[name], windows)
        self.positions[name] += 1
        if self.orders.get(name, (-1,))[0] != epoch:
            key = [self.seed, epoch, *name.encode()]
            chance = np.random.default_rng(key)
            # Every epoch cuts the source at other places.
            self.orders[name] = (epoch, chance.permutation(windows) * self.length + chance.integers(self.length))
        start = self.orders[name][1][place]
        return self.tokens[name][start : start + self.length + 1]
