"""The corpus as documents by source, each either for training or held out.

A document is held out by a hash of its key, so that the split never moves; Wikipedia's articles and leads share
their titles as keys, so that a lead is never trained on whose article is held out.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# The four services whose dialogues are left out of training altogether, so that tuning on support replies can be
# measured on services that the writer has never read (`shared/data/generate/support_replies` holds this corpus's
# dialogues as prompt and completion).
UNREAD_SERVICES = frozenset({"Homes", "Hotels", "RentalCars", "Travel"})


@dataclass(frozen=True)
class Document:
    key: str
    text: str


@dataclass(frozen=True)
class Turn:
    role: str
    text: str


@dataclass(frozen=True)
class Conversation:
    key: str
    turns: list[Turn]


def is_held_out(key: str, one_in: int) -> bool:
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % one_in == 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").replace("\u00a0", " ")


def _without_gaps(text: str) -> str:
    """Wikipedia's text without what its extraction left of pronunciations: `(; July` -> `(July`, `()` -> ``."""
    text = re.sub(r"\(\s*[;,]\s*", "(", text)
    return re.sub(r" {2,}", " ", re.sub(r" ?\(\s*\)", "", text))


def articles(corpus: Path) -> Iterator[Document]:
    for text in _read(corpus / "wikipedia/articles.txt").split("\n\n\n"):
        yield Document(text.split("\n", 1)[0], _without_gaps(text.strip()))


def leads(corpus: Path) -> Iterator[Document]:
    """Key: the title; text: the paragraphs before an article's first heading, without the title."""
    for text in _read(corpus / "wikipedia/leads.txt").split("\n\n"):
        title, _, rest = text.strip().partition("\n")
        if rest:
            yield Document(title, _without_gaps(rest.strip()))


def books(corpus: Path) -> Iterator[Document]:
    """The index gives the bytes of each book; three bytes stand between two books."""
    content = (corpus / "books/children_adventure.txt").read_bytes()
    start = 0
    for line in _read(corpus / "books/children_adventure.index.tsv").splitlines():
        name, size = line.split("\t")
        yield Document(name, content[start : start + int(size)].decode("utf-8", "ignore").strip())
        start += int(size) + 3


def _clean_textbook(text: str) -> str:
    text = re.sub(r" ?\(?\[\[link\]\]\([^)]*\)\)?", "", text)
    return re.sub(r"\\{2,}", "____", text)


def textbooks(corpus: Path) -> Iterator[Document]:
    """Sections: each ends with its glossary, whose entries are paragraphs `term : definition ^`."""
    for path in sorted((corpus / "textbooks").glob("[a-z]*.txt")):
        section: list[str] = []
        in_glossary = False
        number = 0
        for paragraph in _clean_textbook(_read(path)).split("\n\n"):
            if in_glossary and " : " not in paragraph:
                yield Document(f"{path.stem} {number}", "\n\n".join(section).strip())
                section, number, in_glossary = [], number + 1, False
            section.append(paragraph)
            in_glossary = in_glossary or paragraph.strip() == "### Glossary"
        yield Document(f"{path.stem} {number}", "\n\n".join(section).strip())


def stories(corpus: Path) -> Iterator[Document]:
    """Pratham's storybooks and the TinyStories sample. African Storybook's are left out: 51 are CC BY-NC."""
    for path, mark in (("stories.txt", "<|endoftext|>"), ("children/pb_en.txt", "<|story|>")):
        for text in _read(corpus / "stories" / path).split(mark):
            if text.strip():
                yield Document(text.strip()[:80], text.strip())


def shakespeare(corpus: Path) -> Iterator[Document]:
    """Pieces of about 4,000 characters, cut between speeches."""
    piece: list[str] = []
    for number, speech in enumerate(_read(corpus / "tinyshakespeare/input.txt").split("\n\n")):
        piece.append(speech)
        if sum(map(len, piece)) > 4_000:
            yield Document(f"shakespeare {number}", "\n\n".join(piece))
            piece = []


def dialogues(corpus: Path) -> Iterator[Conversation]:
    roles = {"USER": "user", "SYSTEM": "assistant"}
    with (corpus / "dialogue/train.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if UNREAD_SERVICES.isdisjoint(service.split("_")[0] for service in row["services"]):
                yield Conversation(row["dialogue_id"], [Turn(roles[t["speaker"]], t["text"]) for t in row["turns"]])
