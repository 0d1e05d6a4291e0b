"""Make public/models/minilm-l6-en: cut the vocabulary, store as int8, measure, write the card.

    python models/minilm/build.py [--corpus DIR] [--data DIR] [--cache DIR] [--out DIR]
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from card import Facts, card_json, card_markdown
from encoder import MAX_LENGTH, load_encoder
from measure import DEFAULT_DATA, REPOSITORY, load_tasks, measure
from safetensors.torch import load_file, save
from source import CACHE, fetch_source
from storage import count_parameters, cut_rows, pack
from tokenizers import Tokenizer
from vocabulary import SPECIALS, count_words, cut_tokenizer, cut_vocabulary, rank_pieces, split_shares

MODEL_ID = "minilm-l6-en"
REVISION = "1"
# 20,000 pieces keep the loss on Banking77 at 0.3 points (16,000: 0.7, 14,000: 0.9), at 388 bytes a piece.
PIECES = 20_000
POOLER_SCALE = 0.5
MAX_LOSS_POINTS = 2.0
POSITIONS = 512
KEPT_CONFIG = (
    "attention_probs_dropout_prob",
    "hidden_act",
    "hidden_dropout_prob",
    "hidden_size",
    "initializer_range",
    "intermediate_size",
    "layer_norm_eps",
    "max_position_embeddings",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "pad_token_id",
    "type_vocab_size",
)


def write_json(path: Path, value: object, indent: int | None = 2) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def tokenizer_config() -> dict:
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    return {
        "tokenizer_class": "BertTokenizerFast",
        "do_lower_case": True,
        "strip_accents": None,
        "tokenize_chinese_chars": True,
        "model_max_length": POSITIONS,
        **dict(zip(names, SPECIALS, strict=True)),
    }


def describe_file(path: Path) -> dict:
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def model_config(original: dict, pieces: int, parameters: int, out: Path) -> dict:
    """The Hugging Face config of the cut model with Hone's own facts under `hone`."""
    return {
        "architectures": ["BertModel"],
        **{key: original[key] for key in KEPT_CONFIG},
        "vocab_size": pieces,
        "hone": {
            "id": MODEL_ID,
            "revision": REVISION,
            "family": "bert",
            "pooling": "mean",
            "pooler_scale": POOLER_SCALE,
            "max_length": MAX_LENGTH,
            "storage": "int8-row",
            "parameters": parameters,
            "files": {name: describe_file(out / name) for name in ("model.safetensors", "tokenizer.json")},
        },
    }


def build(corpus: Path, data: Path, cache: Path, out: Path) -> Facts:
    """Write every file of the model but its card, and return what was measured."""
    source = fetch_source(cache)
    original_tokenizer = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    original_config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    full = Tokenizer.from_str(json.dumps(original_tokenizer))
    words = count_words(corpus, full)
    pieces = original_tokenizer["model"]["vocab"]
    kept = cut_vocabulary(pieces, rank_pieces(words, full), PIECES)

    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "tokenizer.json", cut_tokenizer(original_tokenizer, kept), indent=None)
    write_json(out / "tokenizer_config.json", tokenizer_config())
    weights = load_file(source / "model.safetensors")
    cut = cut_rows(weights, pieces, kept)
    (out / "model.safetensors").write_bytes(save(pack(cut), metadata={"format": "pt"}))
    shutil.copyfile(Path(__file__).with_name("LICENSE.txt"), out / "LICENSE.txt")
    parameters = count_parameters(cut)
    write_json(out / "config.json", model_config(original_config, len(kept), parameters, out))

    tasks = load_tasks(data)
    return Facts(
        model_id=MODEL_ID,
        revision=REVISION,
        max_length=MAX_LENGTH,
        parameters=parameters,
        original_parameters=count_parameters(weights),
        file_bytes={name: (out / name).stat().st_size for name in ("model.safetensors", "tokenizer.json")},
        pieces=len(kept),
        original_pieces=len(pieces),
        split_shares=split_shares(words, full, Tokenizer.from_file(str(out / "tokenizer.json"))),
        pooler_scale=POOLER_SCALE,
        scores=measure(load_encoder(out), tasks),
        original_scores=measure(load_encoder(source), tasks),
    )


def check_quality(facts: Facts) -> None:
    """Refuse a build that lost too much on any task."""
    for ours, original in zip(facts.scores, facts.original_scores, strict=True):
        loss = original.mean - ours.mean
        print(f"{ours.dataset}: {ours.mean:.2f} ± {ours.sd:.2f}, original {original.mean:.2f}, loss {loss:.2f}")
        if loss > MAX_LOSS_POINTS:
            raise SystemExit(f"{ours.dataset}: {loss:.2f} points lost, more than {MAX_LOSS_POINTS}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=DEFAULT_DATA / "corpus")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "public" / "models" / MODEL_ID)
    options = parser.parse_args()
    torch.set_num_threads(2)
    facts = build(options.corpus, options.data, options.cache, options.out)
    write_json(options.out / "card.json", card_json(facts))
    (options.out / "README.md").write_text(card_markdown(facts), encoding="utf-8")
    check_quality(facts)


if __name__ == "__main__":
    main()
