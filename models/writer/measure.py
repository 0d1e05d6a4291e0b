"""What the writer's card says of it: held-out perplexity by source, unpicked samples, and the fine-tuning curve."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F
from transformers import LlamaForCausalLM

from models.writer.benchmarks import e2e_nlg, support_replies
from models.writer.chat import END, END_ID, PAD_ID, prompt_text
from models.writer.presets import Preset, new_model
from models.writer.tokens import Ids, held_out_windows, load_tokens
from models.writer.tuning_curve import SHOWN, Point, measure_point

WINDOWS = 40  # of each source, at most
TEST_ROWS = 400
SAMPLE_TOKENS = 60
# The first sample of each, none left out: seeds 1, 2, 3, ... in this order.
PROMPTS = (
    f"{END}Once upon a time",
    f"{END}The city of",
    f"{END}\"I do not know,\" said",
    f"{END}In biology, a cell",
    prompt_text("What is a volcano?"),
    prompt_text("Tell me about London."),
    prompt_text("Write a short story with the words river, friend and happy."),
    prompt_text("I want to book a table for two tonight."),
    prompt_text("Write a sentence from these facts:\nname: Mary Hill\nkind: Canadian painter\nborn: 4 May 1901"),
    prompt_text("Repeat this sentence: The train leaves at noon."),
)


@dataclass(frozen=True)
class Perplexity:
    source: str
    tokens: int
    loss: float  # nats a token
    perplexity: float
    bits_per_byte: float


@dataclass(frozen=True)
class Sample:
    prompt: str
    text: str
    seed: int


@dataclass(frozen=True)
class Measured:
    perplexity: list[Perplexity]
    samples: list[Sample]
    curve: list[Point]


@torch.no_grad()
def _perplexity(model: LlamaForCausalLM, tokenizer: Tokenizer, name: str, ids: Ids) -> Perplexity:
    windows = torch.from_numpy(held_out_windows(ids, model.config.max_position_embeddings, WINDOWS).astype("int64"))
    total, count, size = 0.0, 0, 0
    for some in windows.split(8):
        logits = model(input_ids=some[:, :-1], use_cache=False).logits.float()
        targets = some[:, 1:]
        total += F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD_ID, reduction="sum").item()
        count += int((targets != PAD_ID).sum())
        texts = tokenizer.decode_batch(targets.tolist(), skip_special_tokens=True)
        size += sum(len(text.encode()) for text in texts)
    return Perplexity(name, count, total / count, math.exp(total / count), total / math.log(2) / size)


@torch.no_grad()
def _sample(model: LlamaForCausalLM, tokenizer: Tokenizer, prompt: str, seed: int) -> Sample:
    """Temperature 0.8, the most likely pieces that make up 0.95."""
    torch.manual_seed(seed)
    ids = torch.tensor([tokenizer.encode(prompt).ids])
    written = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=SAMPLE_TOKENS,
        do_sample=True,
        temperature=0.8,
        top_p=0.95,
        top_k=0,
        eos_token_id=END_ID,
        pad_token_id=PAD_ID,
    )
    return Sample(prompt, tokenizer.decode(written[0, ids.shape[1] :].tolist(), skip_special_tokens=True), seed)


def _curve(model: LlamaForCausalLM, tokenizer: Tokenizer, preset: Preset, data: Path, work: Path, version: str) -> list:
    """The arm from fresh weights does not depend on the writer and is measured once."""
    scratch = new_model(preset, tokenizer.get_vocab_size(), seed=2)
    arms = (("scratch", scratch, work / "curve"), ("writer", model, work / "curve" / version))
    return [
        measure_point(start, tokenizer, benchmark, rows, arm, folder)
        for rows in SHOWN
        for benchmark in (support_replies(data, TEST_ROWS), e2e_nlg(data, TEST_ROWS))
        for arm, start, folder in arms
    ]


def measure(
    model: LlamaForCausalLM, tokenizer: Tokenizer, preset: Preset, data: Path, work: Path, version: str
) -> Measured:
    """`version` names the weights: what was measured of them is kept under `work`."""
    held_out = load_tokens(work, "held")
    folder = work / preset.model_id
    measured = Measured(
        [_perplexity(model, tokenizer, name, ids) for name, ids in held_out.items()],
        [_sample(model, tokenizer, prompt, seed) for seed, prompt in enumerate(PROMPTS, start=1)],
        _curve(model, tokenizer, preset, data, folder, version),
    )
    (folder / f"measured-{version}.json").write_text(json.dumps(asdict(measured), ensure_ascii=False, indent=1) + "\n")
    return measured
