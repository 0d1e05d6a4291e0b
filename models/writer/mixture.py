"""What the writer reads: every source with its share of the training windows, as texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from models.writer import derive, sources
from models.writer.chat import as_text
from models.writer.sources import Document, is_held_out


@dataclass(frozen=True)
class Source:
    name: str
    share: float  # of the training windows; all shares add up to 1
    held_out_one_in: int  # documents
    read: Callable[[Path], Iterator[Document]]  # keys and texts
    origin: str
    licence: str


def _chats(make: Callable[[Path], Iterator[sources.Conversation]]) -> Callable[[Path], Iterator[Document]]:
    def read(corpus: Path) -> Iterator[Document]:
        for conversation in make(corpus):
            yield Document(conversation.key, as_text(conversation))

    return read


def _from_leads(corpus: Path) -> Iterator[sources.Conversation]:
    for lead in sources.leads(corpus):
        yield from chain(derive.about(lead), derive.facts(lead), derive.handling(lead))


def _from_textbooks(corpus: Path) -> Iterator[sources.Conversation]:
    for section in sources.textbooks(corpus):
        yield from chain(derive.glossary(section), derive.summary(section), derive.continuations(section, 0.1))


def _from_prose(corpus: Path) -> Iterator[sources.Conversation]:
    for text in chain(sources.books(corpus), sources.articles(corpus)):
        yield from derive.continuations(text, 0.1)


def _from_stories(corpus: Path) -> Iterator[sources.Conversation]:
    for text in sources.stories(corpus):
        yield from derive.story(text)


WIKIPEDIA = ("English Wikipedia 2018 (JohanMadsen/02807_Project)", "CC BY-SA 3.0")
BOOKS = ("156 children's and adventure books (mlschmitt/classic-books-markdown)", "public domain (US)")
TEXTBOOKS = ("Nine OpenStax textbooks (philschatz)", "CC BY 3.0")
STORIES = ("TinyStories sample (maxme1/tiny-stories); Pratham storybooks (global-asp)", "CDLA-Sharing-1.0, CC BY 4.0")
SHAKESPEARE = ("Tiny Shakespeare (karpathy/char-rnn)", "public domain")
DIALOGUES = ("Schema-Guided Dialogue, training split without four services (Google)", "CC BY-SA 4.0")

SOURCES = (
    Source("articles", 0.24, 100, sources.articles, *WIKIPEDIA),
    Source("leads", 0.10, 100, sources.leads, *WIKIPEDIA),
    Source("books", 0.14, 50, sources.books, *BOOKS),
    Source("textbooks", 0.12, 50, sources.textbooks, *TEXTBOOKS),
    Source("stories", 0.08, 50, sources.stories, *STORIES),
    Source("shakespeare", 0.01, 25, sources.shakespeare, *SHAKESPEARE),
    Source("dialogues", 0.12, 50, _chats(sources.dialogues), *DIALOGUES),
    Source("chat-leads", 0.08, 100, _chats(_from_leads), *WIKIPEDIA),
    Source("chat-textbooks", 0.05, 50, _chats(_from_textbooks), *TEXTBOOKS),
    Source("chat-prose", 0.03, 50, _chats(_from_prose), f"{BOOKS[0]}; {WIKIPEDIA[0]}", f"{BOOKS[1]}, {WIKIPEDIA[1]}"),
    Source("chat-stories", 0.03, 50, _chats(_from_stories), *STORIES),
)


def training_texts(source: Source, corpus: Path) -> Iterator[str]:
    return (d.text for d in source.read(corpus) if not is_held_out(d.key, source.held_out_one_in))


def held_out_texts(source: Source, corpus: Path) -> Iterator[str]:
    return (d.text for d in source.read(corpus) if is_held_out(d.key, source.held_out_one_in))
