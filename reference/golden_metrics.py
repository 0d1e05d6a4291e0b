"""metrics.json: classification metrics, intervals and tests by scikit-learn, scipy and statsmodels."""

import warnings
from dataclasses import dataclass

import numpy as np
from golden_file import write_golden
from scipy.stats import binomtest, bootstrap
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint, samplesize_confint_proportion

ECE_BINS = 15
# Probabilities are whole multiples of 1/1024: they sum to exactly 1 and survive JSON unchanged.
UNITS = 1024
BOOTSTRAP_RESAMPLES = 3000
WILSON = ((0, 1), (1, 1), (0, 10), (5, 10), (10, 10), (1, 3), (7, 9), (81, 263), (950, 1000), (2442, 3080))
MCNEMAR = (
    (0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (3, 1), (5, 0), (6, 0), (9, 2), (2, 9), (5, 5), (10, 4),
    (12, 12), (15, 3), (25, 10), (40, 22), (60, 61), (100, 70), (250, 180), (700, 600), (0, 1100),
)  # fmt: skip
SAMPLE_SIZES = ((0.5, 0.1), (0.5, 0.05), (0.8, 0.05), (0.9, 0.03), (0.95, 0.01))


@dataclass(frozen=True)
class Case:
    """true [N], probabilities [N, L]; the predicted label is the first of the largest probability."""

    name: str
    true: np.ndarray
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1)


def random_case(name: str, seed: int, rows: int, true_labels: list[int], labels: int, skill: float) -> Case:
    """Rows whose true label is raised by `skill` in the logits before rounding to units of 1/1024."""
    random = np.random.default_rng(seed)
    true = random.choice(true_labels, size=rows)
    logits = random.normal(size=(rows, labels))
    logits[np.arange(rows), true] += skill
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    units = np.floor(shares * (UNITS - labels)).astype(int) + 1
    units[np.arange(rows), units.argmax(axis=1)] += UNITS - units.sum(axis=1)
    return Case(name, true, units / UNITS)


def certain_case(name: str, true: list[int], predicted: list[int], labels: int) -> Case:
    """Predictions of probability 1."""
    return Case(name, np.array(true), np.eye(labels)[predicted])


def without_class(case: Case, name: str, label: int) -> Case:
    """The same case where `label` is never predicted: its probability goes to the next class."""
    probabilities = case.probabilities.copy()
    probabilities[:, (label + 1) % probabilities.shape[1]] += probabilities[:, label]
    probabilities[:, label] = 0
    return Case(name, case.true, probabilities)


def make_cases() -> list[Case]:
    four = random_case("four classes", 1, 80, [0, 1, 2, 3], 4, 1.5)
    return [
        random_case("two classes", 0, 60, [0, 1], 2, 1.0),
        four,
        random_case("two classes, one of ten rows", 2, 70, [0] * 9 + [1], 2, 0.8),
        random_case("twelve classes", 3, 120, list(range(12)), 12, 2.0),
        random_case("worse than chance", 4, 50, [0, 1, 2], 3, -1.0),
        random_case("classes 1 and 3 absent from the truth", 5, 60, [0, 2, 4], 5, 1.0),
        without_class(four, "class 2 never predicted", 2),
        certain_case("predicted label 2 unseen in the truth", [0, 1, 0, 1, 1], [0, 2, 2, 1, 1], 3),
        certain_case("constant predictor", [0, 1, 2, 1, 1, 0], [1] * 6, 3),
        certain_case("perfect", [0, 1, 2, 3, 0, 1], [0, 1, 2, 3, 0, 1], 4),
        certain_case("all wrong", [0, 1, 0, 1], [1, 0, 1, 0], 2),
        random_case("single row", 6, 1, [1], 3, 3.0),
        certain_case("single row, wrong", [0], [1], 2),
        certain_case("one class only", [0, 0, 0], [0, 0, 0], 1),
    ]


def expected_calibration_error(case: Case) -> float:
    """Guo et al. 2017, equation 3: ECE_BINS equal bins (low, high] of the largest probability."""
    confidence = case.probabilities.max(axis=1)
    correct = case.predicted == case.true
    bins = np.ceil(confidence * ECE_BINS).astype(int)
    gaps = (
        (bins == b).mean() * abs(correct[bins == b].mean() - confidence[bins == b].mean()) for b in set(bins)
    )
    return float(sum(gaps))


def log_loss(case: Case) -> float:
    """Mean -ln p(true), p clipped to [eps, 1 - eps] with the float64 eps, as scikit-learn does."""
    labels = case.probabilities.shape[1]
    if labels == 1:
        return 0.0
    return float(metrics.log_loss(case.true, case.probabilities, labels=range(labels)))


def describe(case: Case) -> dict:
    """Every metric of one case; labels of the averages are the union of true and predicted ones."""
    true, predicted = case.true, case.predicted
    labels = sorted(set(true) | set(predicted))
    columns = metrics.precision_recall_fscore_support(true, predicted, labels=labels, zero_division=0)
    per_class = zip(labels, *columns, strict=True)

    def f1(average: str) -> float:
        return float(metrics.f1_score(true, predicted, labels=labels, average=average, zero_division=0))

    return {
        "name": case.name,
        "true": true.tolist(),
        "predicted": predicted.tolist(),
        "probabilities": case.probabilities.tolist(),
        "accuracy": float(metrics.accuracy_score(true, predicted)),
        "macro_f1": f1("macro"),
        "weighted_f1": f1("weighted"),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(true, predicted)),
        "matthews": float(metrics.matthews_corrcoef(true, predicted)),
        "log_loss": log_loss(case),
        "ece_15": expected_calibration_error(case),
        "per_class": [
            {"label": int(k), "precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
            for k, p, r, f, s in per_class
        ],
        "confusion": {
            "labels": [int(label) for label in labels],
            "rows_true_columns_predicted": metrics.confusion_matrix(true, predicted, labels=labels).tolist(),
        },
    }


def describe_unanswered(case: Case, every: int) -> dict:
    """Every `every`-th row without an answer: one more predicted label, -1, that no average runs over."""
    true, predicted = case.true, case.predicted.copy()
    predicted[::every] = -1
    labels = sorted((set(true) | set(predicted)) - {-1})

    def f1(average: str) -> float:
        return float(metrics.f1_score(true, predicted, labels=labels, average=average, zero_division=0))

    return {
        "name": case.name,
        "classes": case.probabilities.shape[1],
        "true": true.tolist(),
        "predicted": predicted.tolist(),
        "accuracy": float(metrics.accuracy_score(true, predicted)),
        "macro_f1": f1("macro"),
        "weighted_f1": f1("weighted"),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(true, predicted)),
        "matthews": float(metrics.matthews_corrcoef(true, predicted)),
        "labels": [int(label) for label in labels],
        "confusion": metrics.confusion_matrix(true, predicted, labels=labels).tolist(),
    }


def bootstrap_intervals(case: Case) -> dict:
    """Percentile intervals of macro F1 and of differences to the second most probable label, rows drawn together."""
    second = np.argsort(-case.probabilities, axis=1, kind="stable")[:, 1]
    # A second predictor that is worse but not hopeless: the second label on a third of the rows.
    other = np.where(np.arange(len(case.true)) % 3 == 0, second, case.predicted)

    def macro_f1(true: np.ndarray, predicted: np.ndarray) -> float:
        return float(metrics.f1_score(true, predicted, average="macro", zero_division=0))

    def interval(statistic: object, *columns: np.ndarray) -> list[float]:
        found = bootstrap(
            columns, statistic, paired=True, vectorized=False, n_resamples=BOOTSTRAP_RESAMPLES,
            method="percentile", rng=np.random.default_rng(0),
        )  # fmt: skip
        return [float(found.confidence_interval.low), float(found.confidence_interval.high)]

    return {
        "name": case.name,
        "classes": case.probabilities.shape[1],
        "true": case.true.tolist(),
        "a": case.predicted.tolist(),
        "b": other.tolist(),
        "macro_f1": interval(macro_f1, case.true, case.predicted),
        "accuracy_difference": interval(
            lambda true, a, b: float((a == true).mean() - (b == true).mean()), case.true, case.predicted, other
        ),
        "macro_f1_difference": interval(
            lambda true, a, b: macro_f1(true, a) - macro_f1(true, b), case.true, case.predicted, other
        ),
    }


def wilson(successes: int, rows: int) -> dict:
    low, high = proportion_confint(successes, rows, alpha=0.05, method="wilson")
    return {"k": successes, "n": rows, "low": float(low), "high": float(high)}


def mcnemar_p(fixed: int, broken: int) -> dict:
    """Two-sided exact p, by statsmodels, checked against scipy's binomial test; (0, 0) gives 1."""
    p = float(mcnemar([[0, fixed], [broken, 0]], exact=True).pvalue) if fixed + broken else 1.0
    if fixed + broken and not np.isclose(p, binomtest(fixed, fixed + broken).pvalue, rtol=1e-9):
        raise SystemExit(f"statsmodels and scipy disagree on McNemar {fixed}, {broken}")
    return {"b": fixed, "c": broken, "p": p}


def sample_size(share: float, margin: float) -> dict:
    """Rows (not rounded) for a 95 % normal interval of share ± margin."""
    rows = samplesize_confint_proportion(share, margin, alpha=0.05)
    return {"share": share, "margin": margin, "rows": float(rows)}


def make_metrics_golden() -> None:
    """Cases of predictions, Wilson intervals, McNemar p values and sample sizes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # absent classes are the point of some cases
        made = make_cases()
        cases = [describe(case) for case in made]
        unanswered = [describe_unanswered(case, every) for case in made[:4] for every in (1, 4)]
        intervals = [bootstrap_intervals(case) for case in made[:3]]
    content = {
        "cases": cases,
        "unanswered": unanswered,
        "bootstrap_95": intervals,
        "wilson_95": [wilson(*pair) for pair in WILSON],
        "mcnemar_exact": [mcnemar_p(*pair) for pair in MCNEMAR],
        "sample_size_normal_95": [sample_size(*pair) for pair in SAMPLE_SIZES],
    }
    write_golden("metrics.json", ("numpy", "scipy", "scikit-learn", "statsmodels"), content)
