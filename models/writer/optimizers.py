"""Muon for the matrices of the layers, AdamW for the embedding and the norms.

Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon) is PyTorch's own; it reaches a loss in about
two thirds of AdamW's tokens, and tokens are what a CPU lacks.
"""

import torch
from torch import nn

from models.writer.presets import Preset


class Optimizers:
    def __init__(self, model: nn.Module, preset: Preset) -> None:
        named = list(model.named_parameters())
        matrices = [p for name, p in named if p.ndim == 2 and "embed" not in name]
        rest = [p for name, p in named if p.ndim != 2 or "embed" in name]
        self.parameters = [*matrices, *rest]
        self.both = (
            torch.optim.Muon(matrices, lr=preset.muon_rate, weight_decay=0.1, momentum=0.95),
            torch.optim.AdamW(rest, lr=preset.adam_rate, weight_decay=0.0, betas=(0.9, 0.95)),
        )
        self.peaks = (preset.muon_rate, preset.adam_rate)

    def step(self, share: float) -> None:
        """One update at `share` of the peak rates; gradients are cleared."""
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimizer, peak in zip(self.both, self.peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = share * peak
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state(self) -> list[dict]:
        return [optimizer.state_dict() for optimizer in self.both]

    def restore(self, states: list[dict]) -> None:
        for optimizer, state in zip(self.both, states, strict=True):
            optimizer.load_state_dict(state)
