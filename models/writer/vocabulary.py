"""The writer's own byte-level BPE, in GPT-2's form: any text can be written, and Hone reads it as any GPT-2 file."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from models.writer.chat import CHAT_TEMPLATE, END, PAD, SPECIALS
from models.writer.mixture import SOURCES, Source, training_texts

PIECES = 8_192
# Characters read to choose the pieces, by the sources' shares.
SAMPLE = 40_000_000
PART = 2_000


def _spread(source: Source, corpus: Path, characters: int) -> Iterator[str]:
    """The first part of every document, longer or shorter so that the whole source is sampled evenly."""
    texts = list(training_texts(source, corpus))
    kept = min(1.0, characters / sum(map(len, texts)))
    for text in texts:
        starts = range(0, len(text), PART)
        for start in islice(starts, max(1, round(kept * len(starts)))):
            yield text[start : start + PART]


def train_tokenizer(corpus: Path) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=PIECES,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(
        (text for source in SOURCES for text in _spread(source, corpus, round(source.share * SAMPLE))), trainer
    )
    return tokenizer


def tokenizer_config(length: int) -> dict:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": length,
        "bos_token": None,
        "eos_token": END,
        "pad_token": PAD,
        "unk_token": None,
        "additional_special_tokens": list(SPECIALS[2:]),
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }


def make_tokenizer(corpus: Path, work: Path) -> Tokenizer:
    """From `work`, or trained and written there."""
    path = work / "tokenizer.json"
    if not path.exists():
        tokenizer = train_tokenizer(corpus)
        path.write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False) + "\n", encoding="utf-8")
    return Tokenizer.from_file(str(path))
