"""tfidf.json: TF-IDF with logistic regression by scikit-learn, on rows of the sample sets."""

import csv
from dataclasses import dataclass
from pathlib import Path

from golden_file import write_golden
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

SAMPLES = Path(__file__).parent.parent / "public" / "samples"
C = 10
# Far beyond the default of 1e-4, so that the optimum is compared and not where a solver stopped.
TOLERANCE = 1e-10
# Words that another tokenizer would cut otherwise.
AWKWARD = ["l'été à la plage", "snake_case_word x2 x", "ÉCOLE école", "日本語 テスト", "can't won't a I", "", "१२ ½ ²"]


@dataclass(frozen=True)
class Set:
    name: str
    file: str
    text: str
    label: str
    train: int
    test: int
    delimiter: str = ","


SETS = (
    Set("twelve classes", "support-intents.csv", "message", "intent", 240, 120),
    Set("two classes", "product-feedback.csv", "comment", "sentiment", 120, 80, ";"),
)


def read_rows(source: Set) -> list[tuple[str, str]]:
    """Usable rows in file order."""
    with open(SAMPLES / source.file, newline="", encoding="utf-8-sig") as file:
        table = csv.DictReader(file, delimiter=source.delimiter)
        rows = [(row[source.text] or "", (row[source.label] or "").strip()) for row in table]
    return [(text, label) for text, label in rows if text.strip() and label]


def describe(source: Set) -> dict:
    """Rows by number, so that the texts are not written twice; probabilities [test, classes]."""
    rows = read_rows(source)
    if source.name == "two classes":
        common = ["positive", "negative"]
    else:
        labels = [label for _, label in rows]
        common = sorted({label for label in labels if labels.count(label) >= 20})
    rows = [row for row in rows if row[1] in common]
    train, test = rows[: source.train], rows[source.train : source.train + source.test]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    features = vectorizer.fit_transform([text for text, _ in train])
    model = LogisticRegression(C=C, tol=TOLERANCE, max_iter=100_000)
    model.fit(features, [label for _, label in train])
    unseen = vectorizer.transform([text for text, _ in test])
    terms = sorted(vectorizer.vocabulary_)
    picked = terms[:: max(1, len(terms) // 60)]
    return {
        "name": source.name,
        "c": C,
        "classes": [str(label) for label in model.classes_],
        "train": [{"text": text, "label": label} for text, label in train],
        "test": [{"text": text, "label": label} for text, label in test],
        "terms": len(terms),
        "idf": {term: float(vectorizer.idf_[vectorizer.vocabulary_[term]]) for term in picked},
        "first_row": {
            str(term): float(unseen[0, vectorizer.vocabulary_[term]])
            for term in vectorizer.inverse_transform(unseen[0])[0]
        },
        "accuracy": float(model.score(unseen, [label for _, label in test])),
        "probabilities": [[float(f"{p:.6f}") for p in row] for row in model.predict_proba(unseen)],
    }


def words(text: str) -> list[str]:
    return sorted(set(TfidfVectorizer(ngram_range=(1, 2)).build_analyzer()(text)))


def make_tfidf_golden() -> None:
    """Two sample sets, and how awkward texts are cut into terms."""
    content = {
        "sets": [describe(source) for source in SETS],
        "terms": [{"text": text, "terms": words(text)} for text in AWKWARD],
    }
    write_golden("tfidf.json", ("scikit-learn",), content)
