"""Write a small model of every family into a folder, as its makers would publish it: weights of made_up_families.py by
transformers' save_pretrained, with the family's tokenizer of made_up_tokenizers.py.

    python reference/make_checkpoints.py DIR

For the whole way through the command line and back into transformers: reference/README.md.
"""

import argparse
import json
from pathlib import Path

import torch
from made_up_families import CHECKPOINTS, Checkpoint, write_checkpoint
from made_up_tokenizers import Made, make_tokenizers
from transformers.utils import logging

# Families that read texts as another one does.
TOKENIZER_OF = {"distilbert": "bert", "qwen3": "qwen2"}
POOLING = "1_Pooling"


def tokenizers_of(checkpoint: Checkpoint, made: list[Made]) -> list[Made]:
    kind = checkpoint.config.model_type
    return [each for each in made if each.family == TOKENIZER_OF.get(kind, kind)]


def fitted(checkpoint: Checkpoint, made: Made) -> Checkpoint:
    """With room for the tokenizer's ids and with its special ones, as a model's makers set them."""
    ids = {token["content"]: token["id"] for token in made.tokenizer["added_tokens"]}
    vocabulary = made.tokenizer["model"]["vocab"]
    config = checkpoint.config.to_dict()
    config["vocab_size"] = max(len(vocabulary), *(number + 1 for number in ids.values()))
    for key in [key for key in config if key.endswith("_token_id")]:
        config[key] = ids.get(made.config.get(key.removesuffix("_id")))
    return Checkpoint(**{**vars(checkpoint), "config": type(checkpoint.config)(**config)})


def write(checkpoint: Checkpoint, made: Made, folder: Path) -> None:
    folder.mkdir(parents=True)
    write_checkpoint(fitted(checkpoint, made), folder)
    files = {"tokenizer.json": made.tokenizer, "tokenizer_config.json": made.config}
    if checkpoint.told:
        modules = (("", "Transformer"), (POOLING, "Pooling"))
        files["modules.json"] = [
            {"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in modules
        ]
        files[f"{POOLING}/config.json"] = checkpoint.told
        (folder / POOLING).mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    torch.set_num_threads(2)
    logging.disable_progress_bar()
    folder = parser.parse_args().folder
    made = make_tokenizers()
    for checkpoint in CHECKPOINTS:
        for each in tokenizers_of(checkpoint, made):
            name = f"{checkpoint.name.split(',')[0]} as {each.name}".lower().replace(",", "").replace(" ", "-")
            write(checkpoint, each, folder / name)
            print(folder / name)


if __name__ == "__main__":
    main()
