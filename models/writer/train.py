"""Training in two phases (warm-up, stable, decay: Hu et al. 2024, https://arxiv.org/abs/2404.06395, section 4).

`stable.pt` goes on at the full rate for as long as time is given, in any number of sessions. `decayed.pt` starts from
a copy of it and brings the rate to zero; it is what is measured and packed. More time later goes on from `stable.pt`
and decays anew. Either file holds weights, optimizers, the sampler's state and the step: a stopped run goes on exactly.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import LlamaForCausalLM

from models.writer.optimizers import Optimizers
from models.writer.presets import Preset, new_model
from models.writer.tokens import WindowSampler, held_out_windows, load_tokens

SEED = 1
LOG_EVERY = 10


@dataclass
class Progress:
    """What a checkpoint counts; `decay_from` is the step at which decay began, for a decayed one."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    decay_from: int | None = None


def batch_loss(model, windows: np.ndarray, preset: Preset) -> Tensor:
    """Mean cross-entropy in nats over windows [B, T + 1]; the model computes in bfloat16, the loss in float32."""
    ids = torch.from_numpy(windows.astype(np.int64)).to(preset.device)
    with torch.autocast(preset.device, torch.bfloat16):
        logits = model(input_ids=ids[:, :-1], use_cache=False).logits  # [B, T, V]
    return F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten())


class Run:
    def __init__(self, preset: Preset, work: Path, vocabulary: int) -> None:
        self.preset = preset
        self.folder = work / preset.model_id
        self.folder.mkdir(parents=True, exist_ok=True)
        self.model = new_model(preset, vocabulary, SEED).to(preset.device)
        self.compiled = torch.compile(self.model)
        self.optimizers = Optimizers(self.model, preset)
        self.sampler = WindowSampler(load_tokens(work, "train"), preset.length, SEED)
        self.held_out = {
            name: held_out_windows(ids, preset.length, 2) for name, ids in load_tokens(work, "held").items()
        }
        self.progress = Progress()

    def load(self, name: str) -> bool:
        path = self.folder / name
        if not path.exists():
            return False
        saved = torch.load(path, map_location=self.preset.device, weights_only=False)
        self.model.load_state_dict(saved["model"])
        self.optimizers.restore(saved["optimizers"])
        self.sampler.restore(saved["sampler"])
        self.progress = Progress(**saved["progress"])
        return True

    def save(self, name: str) -> None:
        half_written = self.folder / f"{name}.part"
        torch.save(
            {
                "model": self.model.state_dict(),
                "optimizers": self.optimizers.state(),
                "sampler": self.sampler.state(),
                "progress": vars(self.progress),
            },
            half_written,
        )
        os.replace(half_written, self.folder / name)

    def step(self, share: float) -> float:
        """One update; returns the mean loss of its windows."""
        started = time.monotonic()
        windows = self.sampler.draw(self.preset.windows)
        parts = np.array_split(windows, self.preset.windows // self.preset.micro_windows)
        total = torch.zeros((), device=self.preset.device)
        for part in parts:
            loss = batch_loss(self.compiled, part, self.preset) / len(parts)
            loss.backward()
            total += loss.detach()
        self.optimizers.step(share)
        self.progress.step += 1
        self.progress.tokens += windows.shape[0] * self.preset.length
        self.progress.seconds += time.monotonic() - started
        return total.item()

    def log(self, **values: object) -> None:
        line = json.dumps({**vars(self.progress), **values})
        with (self.folder / "log.jsonl").open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)

    @torch.no_grad()
    def log_held_out(self) -> None:
        losses = {name: batch_loss(self.model, w, self.preset).item() for name, w in self.held_out.items()}
        self.log(held_out={name: round(loss, 3) for name, loss in losses.items()})


def train_stable(run: Run, minutes: float, checkpoint_minutes: float) -> None:
    """Go on from `stable.pt` for so many minutes, or until a file `stop` appears in the run's folder."""
    run.load("stable.pt")
    end = time.monotonic() + 60 * minutes
    saved_at = time.monotonic()
    losses: list[float] = []
    while time.monotonic() < end and not (run.folder / "stop").exists():
        losses.append(run.step(min(1.0, (run.progress.step + 1) / run.preset.warmup_steps)))
        if run.progress.step % LOG_EVERY == 0:
            run.log(loss=round(float(np.mean(losses)), 4))
            losses.clear()
        if time.monotonic() - saved_at > 60 * checkpoint_minutes:
            run.save("stable.pt")
            run.log_held_out()
            saved_at = time.monotonic()
    run.save("stable.pt")


def decay(run: Run, share: float, checkpoint_minutes: float) -> None:
    """From `stable.pt`, `share` as many steps again with the rate falling in a line to zero, into `decayed.pt`.

    An unfinished decay of the same `stable.pt` goes on."""
    run.load("stable.pt")
    begin = run.progress.step
    if not (run.load("decayed.pt") and run.progress.decay_from == begin):
        run.load("stable.pt")
        run.progress.decay_from = begin
    steps = round(share * begin)
    saved_at = time.monotonic()
    while run.progress.step < begin + steps:
        loss = run.step(1 - (run.progress.step - begin) / steps)
        if run.progress.step % LOG_EVERY == 0:
            run.log(loss=round(loss, 4), decaying=True)
        if time.monotonic() - saved_at > 60 * checkpoint_minutes:
            run.save("decayed.pt")
            saved_at = time.monotonic()
    run.save("decayed.pt")
    run.log_held_out()


def decayed_model(preset: Preset, work: Path, vocabulary: int) -> tuple[LlamaForCausalLM, Progress]:
    saved = torch.load(work / preset.model_id / "decayed.pt", map_location="cpu", weights_only=False)
    model = new_model(preset, vocabulary, SEED)
    model.load_state_dict(saved["model"])
    return model.eval(), Progress(**saved["progress"])
