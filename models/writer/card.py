"""The writer's card, as card.json for the app and README.md for people, from one set of facts."""

from dataclasses import dataclass

from models.writer.measure import Measured
from models.writer.mixture import SOURCES
from models.writer.presets import Preset
from models.writer.sources import UNREAD_SERVICES
from models.writer.train import Progress

# The strictest of the sources' licences; the others allow it.
LICENCE = "CC-BY-SA-4.0"
GOOD_AT = "A small start for learning to write short English texts in your own form. Untuned, it rarely makes sense."
LIMITS = (
    "English only.",
    "It knows next to nothing: what it says about the world is mostly invented.",
    "Learned from an encyclopedia of 2018, old books and made-up dialogues, and carries their stereotypes about "
    "people and groups. Read what it writes before you send it.",
)


@dataclass(frozen=True)
class Facts:
    preset: Preset
    parameters: int
    progress: Progress
    measured: Measured


def card_json(facts: Facts, size: int) -> dict:
    return {
        "id": facts.preset.model_id,
        "revision": "1",
        "name": facts.preset.name,
        "goodAt": GOOD_AT,
        "languages": ["en"],
        "licence": LICENCE,
        "sources": [{"name": f"{s.name}: {s.origin}", "licence": s.licence} for s in SOURCES],
        "parameters": facts.parameters,
        "bytes": size,
        "maxLength": facts.preset.length,
        "tokensSeen": facts.progress.tokens,
        "limits": list(LIMITS),
    }


def _table(head: str, rows: list[str]) -> str:
    columns = head.count("|") - 1
    return "\n".join((head, "|" + "---|" * columns, *rows))


def _curve(facts: Facts) -> str:
    arms = {(p.dataset, p.rows, p.arm): p for p in facts.measured.curve}
    rows = [
        f"| {dataset} | {count:,} | {point.before:.3f} | {point.after:.3f} | "
        f"{arms[dataset, count, 'scratch'].after:.3f} | {point.test_rows} |"
        for (dataset, count, arm), point in arms.items()
        if arm == "writer"
    ]
    return _table("| data | rows | untuned | tuned | tuned from fresh weights | test rows |", rows)


def card_markdown(facts: Facts) -> str:
    """The model card as a README with the Hugging Face front matter."""
    preset, measured = facts.preset, facts.measured
    sources = [f"| {s.name} | {s.origin} | {s.licence} | {100 * s.share:.0f} % |" for s in SOURCES]
    perplexity = [
        f"| {p.source} | {p.tokens:,} | {p.perplexity:.1f} | {p.bits_per_byte:.3f} |" for p in measured.perplexity
    ]
    samples = [f"- seed {s.seed}: `{s.prompt}` → {' '.join(s.text.split())}" for s in measured.samples]
    return "\n\n".join(
        (
            "---\nlanguage: en\nlicense: cc-by-sa-4.0\npipeline_tag: text-generation\n---\n"
            f"# {preset.name} (`{preset.model_id}`)",
            GOOD_AT,
            f"A Llama decoder: {preset.layers} layers, width {preset.width}, {preset.heads} heads, "
            f"{facts.parameters:,} parameters, {preset.length} tokens of context. It has read "
            f"{facts.progress.tokens:,} tokens. `models/writer/README.md` says how to train it further.",
            f"## Sources and licences\nThe weights are under {LICENCE}.\n\n"
            + _table("| source | from | licence | share |", sources),
            "## Tuned from it, and from fresh weights\nHeld-out loss on the completion, nats a token; full fine-tuning, "
            "the same rows in the same order. Dialogues that touch the services of this support_replies measurement "
            f"({', '.join(sorted(UNREAD_SERVICES))}) were left out of training; those of its other services were not, "
            "so their wording is familiar. No row of e2e_nlg was read.\n\n" + _curve(facts),
            "## Held-out perplexity\n" + _table("| source | tokens | perplexity | bits a byte |", perplexity),
            "## Samples\nOne of each prompt, none left out; temperature 0.8, top-p 0.95.\n\n" + "\n".join(samples),
            "## Limits and biases\n" + "\n".join(f"- {limit}" for limit in LIMITS) + "\n",
        )
    )
