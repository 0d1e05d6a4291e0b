"""Sizes of the writer and of a training step, by machine; the same command makes either."""

from dataclasses import dataclass

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from models.writer.chat import END_ID, PAD_ID


@dataclass(frozen=True)
class Preset:
    model_id: str
    name: str
    width: int
    layers: int
    heads: int
    feed_forward: int
    length: int  # tokens of a window
    windows: int  # of a step
    micro_windows: int  # that fit the machine's memory at once
    muon_rate: float
    adam_rate: float
    warmup_steps: int
    device: str


PRESETS = {
    # 9.9 M parameters; 4,096 tokens a step: where few tokens can be read, many small steps learn more of them.
    "cpu": Preset("writer-10m-en", "Hone Writer 10M", 320, 6, 5, 832, 512, 8, 8, 0.01, 3e-3, 50, "cpu"),
    # 30.7 M parameters, 61 MB as f16; 131,072 tokens a step.
    "gpu": Preset("writer-30m-en", "Hone Writer 30M", 512, 9, 8, 1_408, 512, 256, 64, 0.02, 3e-3, 200, "cuda"),
}


def new_model(preset: Preset, vocabulary: int, seed: int) -> LlamaForCausalLM:
    """Fresh weights: normal with deviation 0.02, the two that write into the residual stream scaled down by depth
    as in GPT-2 (Radford et al. 2019, 2.3)."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=preset.width,
            intermediate_size=preset.feed_forward,
            num_hidden_layers=preset.layers,
            num_attention_heads=preset.heads,
            num_key_value_heads=preset.heads,
            max_position_embeddings=preset.length,
            rms_norm_eps=1e-6,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=END_ID,
            pad_token_id=PAD_ID,
        )
    )
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                weight.mul_((2 * preset.layers) ** -0.5)
    return model
