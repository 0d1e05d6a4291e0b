"""text_metrics.json: ROUGE-L by rouge-score, chrF2 by sacrebleu."""

import csv
from pathlib import Path

import numpy as np
from golden_file import write_golden
from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from sacrebleu.metrics import CHRF

SAMPLES = Path(__file__).parent.parent / "public" / "samples"
SEED = 7

# (candidate, references)
AWKWARD = [
    ("", ["a reference"]),
    ("a candidate", [""]),
    ("", [""]),
    (" \t\n ", ["…"]),
    ("the cat", ["the cat"]),
    ("The Cat.", ["the cat!"]),
    ("cat the", ["the cat"]),
    ("a", ["a b c d e f g h i j k l"]),
    ("the the the the", ["the cat the dog"]),
    ("abc", ["xyz"]),
    ("ab", ["abcdefgh"]),
    ("naïve café ÉCOLE", ["naive cafe ecole", "NAÏVE CAFÉ école"]),
    ("日本語のテキスト", ["日本語のテスト", "日本のテキスト"]),
    ("👩‍🚀 in space 🇺🇦", ["👩‍🚀 in space", "🇺🇦 👩"]),
    ("İstanbul STRASSE straße", ["istanbul strasse strasse"]),
    ("non\u00a0breaking\u2003space\ufeffand\u0085next\x1cline", ["non breaking space and next line"]),
    ("snake_case x2 3.14 don't", ["snake case x 2 3 14 don t"]),
    ('{"name": "Ann", "age": 3}', ['{"name": "Ann", "age": 4}', '{"age": 3, "name": "Ann"}']),
    ("one\ntwo\nthree", ["one two three", "three\ntwo\none"]),
    ("running runs easily flies dying skies news innings", ["run running easy fly die sky new inning"]),
    ("conditional rationalisation hopefulness generously happily enjoyed", ["condition rational hope generous happy enjoy"]),
    ("agreed sensational adjustable controlling meetings replacement", ["agree sensation adjust control meeting replace"]),
    ("word " * 60, ["word " * 45, "other " * 60]),
]

PORTER = [
    "caresses", "ponies", "ties", "cats", "feed", "agreed", "plastered", "bled", "motoring", "sing", "conflated",
    "troubling", "sized", "hopping", "tanned", "falling", "hissing", "fizzed", "failing", "filing", "happy", "sky", "spied",
    "relational", "conditional", "rational", "valency", "hesitancy", "digitizer", "conformably", "radically", "differently",
    "vilely", "analogously", "vietnamization", "predication", "operator", "feudalism", "decisiveness", "hopefulness",
    "callousness", "formality", "sensitivity", "sensibility", "triplicate", "formative", "formalize", "electricity",
    "electrical", "hopeful", "goodness", "revival", "allowance", "inference", "airliner", "gyroscopic", "adjustable",
    "defensible", "irritant", "replacement", "adjustment", "dependent", "adoption", "homologous", "communism", "activate",
    "angularity", "effective", "bowdlerize", "probate", "rate", "cease", "controlled", "rolled", "dying", "lying", "tying",
    "news", "innings", "outings", "cannings", "howe", "proceed", "exceed", "succeed", "died", "dies", "enjoy", "says",
    "biology", "fully", "happily", "crying", "argument", "yoyo", "yyyy", "oed", "ied", "aies", "bied", "1990s", "x2ing",
]  # fmt: skip


def made_up_pairs(count: int) -> list[tuple[str, list[str]]]:
    """Sample rows with words dropped, doubled and swapped, against one to three other forms of them."""
    random = np.random.default_rng(SEED)
    with open(SAMPLES / "product-feedback.csv", newline="", encoding="utf-8-sig") as file:
        texts = [row["comment"] for row in csv.DictReader(file, delimiter=";")]

    def changed(text: str) -> str:
        words = text.split(" ")
        for _ in range(int(random.integers(1, 6))):
            at = int(random.integers(len(words)))
            action = random.integers(3)
            if action == 0 and len(words) > 1:
                del words[at]
            elif action == 1:
                words.insert(at, words[int(random.integers(len(words)))])
            else:
                other = int(random.integers(len(words)))
                words[at], words[other] = words[other], words[at]
        return " ".join(words)

    pairs = []
    for _ in range(count):
        text = texts[int(random.integers(len(texts)))]
        references = [changed(text) for _ in range(int(random.integers(1, 4)))]
        pairs.append((changed(text), references))
    return pairs


def describe(candidate: str, references: list[str]) -> dict:
    """rouge-score takes the reference first, and the best of several by its F-measure."""
    scorers = {stem: rouge_scorer.RougeScorer(["rougeL"], use_stemmer=stem) for stem in (False, True)}
    rouge = {stem: one.score_multi(references, candidate)["rougeL"].fmeasure for stem, one in scorers.items()}
    return {
        "candidate": candidate,
        "references": references,
        "rouge_l": float(rouge[False]),
        "rouge_l_stemmed": float(rouge[True]),
        "chrf": CHRF().sentence_score(candidate, references).score,
    }


def corpus_chrf(pairs: list[tuple[str, list[str]]]) -> float:
    """sacrebleu wants one list per reference number; None where a row has fewer."""
    most = max(len(references) for _, references in pairs)
    columns = [[refs[i] if i < len(refs) else None for _, refs in pairs] for i in range(most)]
    return CHRF().corpus_score([candidate for candidate, _ in pairs], columns).score


def make_text_metrics_golden() -> None:
    """Awkward and made-up pairs, the score of all together, and stems of words."""
    pairs = AWKWARD + made_up_pairs(37)
    stemmer = PorterStemmer()
    content = {
        "pairs": [describe(*pair) for pair in pairs],
        "corpus_chrf": corpus_chrf(pairs),
        "stems": {word: stemmer.stem(word) for word in PORTER},
    }
    write_golden("text_metrics.json", ("rouge-score", "sacrebleu", "nltk"), content)
