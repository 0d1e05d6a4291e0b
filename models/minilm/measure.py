"""Few-shot quality of a frozen encoder: a logistic-regression head on embeddings, as MTEB classification does.

MTEB (AbsTaskClassification.py, version 1.12): scikit-learn LogisticRegression, C=1, max_iter=100, k rows a
class drawn from the training set, accuracy on the test set, mean over draws. Embeddings are the masked mean
of the last hidden states scaled to length 1. All encoders see the same draws.

    python models/minilm/measure.py MODEL_DIR... [--data ../shared/data] [--pooling]
"""

import argparse
import csv
import json
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from encoder import Encoder, load_encoder
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

DRAWS = 5
REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_DATA = REPOSITORY.parent / "shared" / "data"
LAYER_NORM_EPS = 1e-12

Rows = tuple[list[str], list[str]]
Feature = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Task:
    """A data set with its official train and test rows and the number of training rows a class."""

    name: str
    shots: int
    train: Rows
    test: Rows


@dataclass(frozen=True)
class Score:
    """Accuracy in percent over DRAWS draws; sd is the sample standard deviation between draws."""

    dataset: str
    shots: int
    test_rows: int
    mean: float
    sd: float
    draws: int


def _banking77(folder: Path, split: str) -> Rows:
    with (folder / f"{split}.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return [row["text"] for row in rows], [row["category"] for row in rows]


def _sst2(folder: Path, split: str) -> Rows:
    lines = (folder / f"{split}.tsv").read_text(encoding="utf-8").splitlines()
    texts, labels = zip(*(line.rsplit("\t", 1) for line in lines), strict=True)
    return list(texts), list(labels)


def _snips(folder: Path, split: str) -> Rows:
    lines = (folder / "snips_derived.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["split"] == split]
    return [row["text"] for row in rows], [row["label"] for row in rows]


def load_tasks(data: Path) -> list[Task]:
    """Banking77 (3,080 test rows), SST-2 (1,821) and SNIPS (700, its validation rows)."""
    banking, sst2, snips = (data / "classify" / name for name in ("banking77", "sst2", "snips"))
    return [
        Task("Banking77", 8, _banking77(banking, "train"), _banking77(banking, "test")),
        Task("SST-2", 16, _sst2(sst2, "train"), _sst2(sst2, "test")),
        Task("SNIPS", 16, _snips(snips, "train"), _snips(snips, "test")),
    ]


def draw_rows(labels: list[str], shots: int, seed: int) -> np.ndarray:
    """Indices of `shots` rows of every class, without replacement, fixed by the seed."""
    random = np.random.default_rng(seed)
    by_class = (np.flatnonzero(np.array(labels) == label) for label in sorted(set(labels)))
    return np.concatenate([random.permutation(rows)[:shots] for rows in by_class])


def unit_length(pooled: np.ndarray) -> np.ndarray:
    return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def layer_norm(pooled: np.ndarray) -> np.ndarray:
    centred = pooled - pooled.mean(axis=1, keepdims=True)
    return centred / np.sqrt(centred.var(axis=1, keepdims=True) + LAYER_NORM_EPS)


def head_accuracy(train: np.ndarray, test: np.ndarray, task: Task, inverse_l2: float) -> np.ndarray:
    """Percent right on the test rows, one value a draw. train [N, C], test [M, C]."""
    train_labels, test_labels = np.array(task.train[1]), np.array(task.test[1])
    values = []
    for seed in range(DRAWS):
        rows = draw_rows(task.train[1], task.shots, seed)
        head = LogisticRegression(C=inverse_l2, max_iter=100)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            head.fit(train[rows], train_labels[rows])
        values.append(100 * head.score(test, test_labels))
    return np.array(values)


def measure(encoder: Encoder, tasks: list[Task]) -> list[Score]:
    """MTEB-like score of the encoder on each task."""
    scores = []
    for task in tasks:
        train, test = (unit_length(encoder.mean_pooled(rows[0])) for rows in (task.train, task.test))
        values = head_accuracy(train, test, task, inverse_l2=1.0)
        sd = float(values.std(ddof=1))
        scores.append(Score(task.name, task.shots, len(test), float(values.mean()), sd, DRAWS))
    return scores


POOLING_SCALES = (0.1, 0.25, 0.5, 1.0)
# Penalty strengths relative to the mean squared length of the features, so that features of different
# size are compared at the same effective regularisation.
RELATIVE_C = (1.0, 10.0, 100.0)


def pooling_features() -> dict[str, Feature]:
    """The candidate inputs of the classifier head, by name."""
    features: dict[str, Feature] = {"L2(mean)": unit_length, "LN(mean)": layer_norm}
    for scale in POOLING_SCALES:
        features[f"tanh({scale}*LN(mean))"] = lambda pooled, a=scale: np.tanh(a * layer_norm(pooled))
    return features


def compare_pooling(encoder: Encoder, task: Task) -> None:
    """Print accuracy of every candidate feature at every relative C (this chose the pooler scale)."""
    pooled = [encoder.mean_pooled(rows[0]) for rows in (task.train, task.test)]
    for name, feature in pooling_features().items():
        train, test = map(feature, pooled)
        squared_length = float((train**2).sum(axis=1).mean())
        for relative in RELATIVE_C:
            values = head_accuracy(train, test, task, relative / squared_length)
            mean, sd = values.mean(), values.std(ddof=1)
            print(f"{task.name:10} {name:20} C*|x|^2={relative:<6g} {mean:.2f} ± {sd:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--pooling", action="store_true", help="compare inputs of the head instead")
    options = parser.parse_args()
    tasks = load_tasks(options.data)
    for folder in options.models:
        encoder = load_encoder(folder)
        if options.pooling:
            for task in tasks:
                compare_pooling(encoder, task)
        else:
            print(json.dumps({"model": str(folder), "scores": list(map(asdict, measure(encoder, tasks)))}))


if __name__ == "__main__":
    main()
