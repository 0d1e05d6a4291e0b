"""Open what Hone exported with transformers or peft and predict every test row again.

    python reference/verify_export.py DIR_OR_ZIP...

DIR is what `npm run tune -- ... --out DIR` wrote (predictions.csv and hone-export.zip); a ZIP is checked against
the predictions.csv inside it. Exit code 1 when a label differs although its two probabilities are further
apart than TOLERANCE, when a probability differs by more than TOLERANCE, or when weights are missing or unused.
"""

import argparse
import csv
import importlib.util
import json
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

TOLERANCE = 1e-3
BATCH = 32
ZIP_NAME = "hone-export.zip"
PROBABILITY_PREFIX = "p:"


@dataclass(frozen=True)
class Predicted:
    """predictions.csv: texts and tuned labels of N rows, probabilities [N, L] in the order of `labels`."""

    texts: list[str]
    after: list[str]
    labels: list[str]
    probabilities: np.ndarray


@dataclass(frozen=True)
class Verdict:
    """Of `rows`, how many labels differ, how many of these are ties, and the largest difference."""

    rows: int
    disagreements: int
    ties: int
    largest_difference: float

    @property
    def passed(self) -> bool:
        return self.disagreements == self.ties and self.largest_difference <= TOLERANCE


def read_predictions(path: Path) -> Predicted:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        columns = [name for name in reader.fieldnames or [] if name.startswith(PROBABILITY_PREFIX)]
        rows = list(reader)
    return Predicted(
        texts=[row["input"] for row in rows],
        after=[row["after"] for row in rows],
        labels=[name.removeprefix(PROBABILITY_PREFIX) for name in columns],
        probabilities=np.array([[float(row[name]) for name in columns] for row in rows]),
    )


def refuse_incomplete(info: dict) -> None:
    """transformers fills missing weights with random ones and only logs it; here that is a failure."""
    problems = {kind: names for kind, names in info.items() if names and kind != "error_msgs"}
    if problems:
        raise SystemExit(f"weights do not fit the model: {problems}")


def open_base(folder: Path) -> torch.nn.Module:
    model, info = AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    refuse_incomplete(info)
    return model


def open_modules(folder: Path) -> torch.nn.Module:
    """Run load_adapter.py as its README says; every weight in the file must have found its place."""
    spec = importlib.util.spec_from_file_location("load_adapter", folder / "load_adapter.py")
    loader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loader)
    model = loader.load(folder)
    loaded, state = load_file(folder / "adapter.safetensors"), model.state_dict()
    if wrong := [name for name, value in loaded.items() if not torch.equal(state[name], value)]:
        raise SystemExit(f"adapter weights were not taken: {wrong}")
    return model


def open_model(folder: Path) -> tuple[torch.nn.Module, AutoTokenizer]:
    """A whole model, or an adapter over the `base` folder beside it, by peft or by the export's own loader."""
    if (folder / "load_adapter.py").exists():
        return open_modules(folder), AutoTokenizer.from_pretrained(folder / "base")
    if not (folder / "adapter_config.json").exists():
        return open_base(folder).eval(), AutoTokenizer.from_pretrained(folder)
    base = folder / "base"
    model = PeftModel.from_pretrained(open_base(base), folder)
    wanted, found = set(get_peft_model_state_dict(model)), set(load_file(folder / "adapter_model.safetensors"))
    if wanted != found:
        raise SystemExit(f"adapter names do not fit the model: {sorted(wanted ^ found)}")
    return model.eval(), AutoTokenizer.from_pretrained(base)


@torch.inference_mode()
def predict(folder: Path, texts: list[str]) -> tuple[list[str], np.ndarray]:
    """Labels in model order and probabilities [N, L], texts cut at the run's maximum length."""
    run = json.loads((folder / "hone-run.json").read_text(encoding="utf-8"))
    model, tokenizer = open_model(folder)
    probabilities = []
    for start in range(0, len(texts), BATCH):
        batch = tokenizer(
            texts[start : start + BATCH],
            padding=True,
            truncation=True,
            max_length=run["config"]["training"]["maxLength"],
            return_tensors="pt",
        )
        probabilities.append(model(**batch).logits.double().softmax(dim=-1).numpy())
    names = model.config.id2label
    return [names[index] for index in range(len(names))], np.concatenate(probabilities)


def compare(expected: Predicted, labels: list[str], probabilities: np.ndarray) -> Verdict:
    """Row by row; a tie is a differing label whose probability is within TOLERANCE of the expected label's."""
    if labels != expected.labels:
        raise SystemExit(f"labels differ: model {labels}, predictions.csv {expected.labels}")
    disagreements = ties = 0
    for row, after in zip(probabilities, expected.after, strict=True):
        best = int(row.argmax())
        if labels[best] != after:
            disagreements += 1
            ties += row[best] - row[labels.index(after)] <= TOLERANCE
    difference = float(np.abs(probabilities - expected.probabilities).max())
    return Verdict(len(probabilities), disagreements, ties, difference)


def verify(path: Path) -> Verdict:
    """Unpack the export into a temporary folder and check it against predictions.csv."""
    archive = path / ZIP_NAME if path.is_dir() else path
    with tempfile.TemporaryDirectory() as unpacked:
        folder = Path(unpacked)
        with zipfile.ZipFile(archive) as content:
            content.extractall(folder)
        expected = read_predictions((path if path.is_dir() else folder) / "predictions.csv")
        labels, probabilities = predict(folder, expected.texts)
    return compare(expected, labels, probabilities)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exports", nargs="+", type=Path, metavar="DIR_OR_ZIP")
    torch.set_num_threads(2)
    logging.disable_progress_bar()
    failed = False
    for path in parser.parse_args().exports:
        verdict = verify(path)
        failed |= not verdict.passed
        print(
            f"{'ok  ' if verdict.passed else 'FAIL'} {path}: {verdict.rows} rows, "
            f"{verdict.disagreements} disagreements ({verdict.ties} ties), "
            f"largest probability difference {verdict.largest_difference:.1e}"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
