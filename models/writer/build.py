"""Make public/models/writer-*: vocabulary, token files, training, measurement, files and card. Every stage goes on
where it stopped.

    python -m models.writer.build --preset cpu --minutes 60
    python -m models.writer.build --preset gpu --minutes 22        (on a machine with a graphics card)
"""

import argparse
from pathlib import Path

import torch

from models.writer.card import Facts
from models.writer.measure import measure
from models.writer.pack import pack
from models.writer.presets import PRESETS
from models.writer.tokens import write_token_files
from models.writer.train import Run, decay, decayed_model, train_stable
from models.writer.vocabulary import PIECES, make_tokenizer

REPOSITORY = Path(__file__).resolve().parents[2]
STAGES = ("train", "decay", "pack")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", choices=PRESETS, default="cpu")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--minutes", type=float, default=60, help="of training at the full rate, added to earlier ones")
    parser.add_argument("--decay-share", type=float, default=0.2, help="steps of decay, of the steps before it")
    parser.add_argument("--checkpoint-minutes", type=float, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data")
    parser.add_argument("--work", type=Path, default=REPOSITORY.parent / "writer-work")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    preset = PRESETS[options.preset]

    options.work.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(options.data / "corpus", options.work)
    write_token_files(tokenizer, options.data / "corpus", options.work)
    if "train" in options.stages:
        train_stable(Run(preset, options.work, PIECES), options.minutes, options.checkpoint_minutes)
    if "decay" in options.stages:
        decay(Run(preset, options.work, PIECES), options.decay_share, options.checkpoint_minutes)
    if "pack" in options.stages:
        model, progress = decayed_model(preset, options.work, PIECES)
        measured = measure(model, tokenizer, preset, options.data, options.work, f"{progress.step}-steps")
        facts = Facts(preset, model.num_parameters(), progress, measured)
        pack(model, tokenizer, facts, REPOSITORY / "public" / "models" / preset.model_id)


if __name__ == "__main__":
    main()
