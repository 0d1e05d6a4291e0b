"""Instructions and their answers, made from the corpus by fixed rules; chance comes from the document's key."""

import json
import random
import re
from collections.abc import Iterator

from models.writer.sources import Conversation, Document, Turn

# Prompts are cut so that a pair fits a training window of 512 tokens.
LONGEST_PROMPT = 600
LONGEST_ANSWER = 900
SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[A-Z\"“])")
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DATE = rf"(?:\d{{1,2}} )?{MONTH}(?: \d{{1,2}},)? \d{{4}}"
LEAD = re.compile(
    r"^(?P<name>[A-Z][^()]{1,60}?),? ?(?:\((?P<dates>[^()]*)\),? )?(?P<verb>is|was|are|were) "
    r"(?P<kind>(?:an?|the|one of the) [^,.;()]{3,60}?)(?= (?:in|from|of|who|that|which|by|for|with|at|located)\b|[,.;])"
)
PLACE = re.compile(rf" (?:in|from|at|near) (?P<place>(?:the )?(?!{MONTH})[A-Z]\w+(?:[ ,]+(?:of |the )?[A-Z]\w+)*)")


def _pair(key: str, prompt: str, answer: str) -> Conversation:
    return Conversation(key, [Turn("user", prompt.strip()), Turn("assistant", answer.strip())])


def _sentences(text: str) -> list[str]:
    return SENTENCE_END.split(text.replace("\n", " ").strip())


def _take(sentences: list[str], longest: int) -> str:
    """As many whole sentences as fit."""
    taken = ""
    for sentence in sentences:
        if len(taken) + len(sentence) + 1 > longest:
            break
        taken = f"{taken} {sentence}"
    return taken.strip()


def glossary(section: Document) -> Iterator[Conversation]:
    """`term : definition ^` of a textbook -> a question and its answer, or the term for a definition."""
    for match in re.finditer(r"^([^\n:]{2,60}) : ([^\n^]{10,400}?)\s*\^?$", section.text, re.MULTILINE):
        term, meaning = match[1].strip("* "), match[2].strip()
        draw = random.Random(f"{section.key} {term}")
        sentence = meaning[0].upper() + meaning[1:].rstrip(".") + "."
        if draw.random() < 0.25:
            yield _pair(section.key, f"Which word means: {meaning}?", term)
        else:
            ask = draw.choice(("What is {}?", "Define {}.", "What does “{}” mean?", "Explain the term {}.", "{}?"))
            yield _pair(section.key, ask.format(term), sentence)


def summary(section: Document) -> Iterator[Conversation]:
    """A textbook section's headings -> its summary."""
    found = re.search(r"^### (?:\w+ )?Summary\n\n([A-Z].{80,})$", section.text, re.MULTILINE)
    headings = [h for h in re.findall(r"^#{3,4} (.+)$", section.text, re.MULTILINE) if not re.search("Summary|Gloss|Quest|Quiz|Choice|Fre", h)]
    if found and len(headings) > 2:
        answer = _take(_sentences(found[1]), LONGEST_ANSWER)
        if answer:
            topics = ", ".join(headings[:4])
            yield _pair(section.key, f"Summarize a lesson on these topics: {topics}.", answer)


def about(lead: Document) -> Iterator[Conversation]:
    """A Wikipedia title -> the first sentences of its lead, and back."""
    draw = random.Random(f"about {lead.key}")
    sentences = _sentences(lead.text)
    answer = _take(sentences[: draw.choice((1, 2, 3))], LONGEST_ANSWER)
    if len(answer) < 40:
        return
    ask = ("Tell me about {}.", "What do you know about {}?", "Write a short text about {}.", "Describe {}.", "{}")
    yield _pair(lead.key, draw.choice(ask).format(lead.key), answer)
    if draw.random() < 0.4 and len(answer) < LONGEST_PROMPT:
        ask = ("What is this text about?\n{}", "Give this text a title:\n{}", "{}\n\nTitle:")
        yield _pair(lead.key, draw.choice(ask).format(answer), lead.key)


def _facts_of(sentence: str) -> dict[str, str]:
    match = LEAD.match(sentence)
    if not match:
        return {}
    facts = {"name": match["name"].strip(), "kind": re.sub(r"^(?:an?|the) ", "", match["kind"])}
    dates = re.findall(DATE, match["dates"] or "")
    facts.update(zip(("born", "died"), dates, strict=False))
    place = PLACE.search(sentence, match.end("kind"))
    if place:
        facts["place"] = place["place"].strip(" ,")
    return facts


def facts(lead: Document) -> Iterator[Conversation]:
    """Attributes read from a lead's first sentence -> the sentence; and the sentence -> its attributes."""
    draw = random.Random(f"facts {lead.key}")
    sentence = _sentences(lead.text)[0]
    found = _facts_of(sentence)
    if len(found) < 3 or len(sentence) > 400:
        return
    pairs = list(found.items())
    draw.shuffle(pairs)
    form = draw.choice(("lines", "line", "json", "table"))
    listed = {
        "lines": "\n".join(f"{key}: {value}" for key, value in pairs),
        "line": "; ".join(f"{key} = {value}" for key, value in pairs),
        "json": json.dumps(dict(pairs), ensure_ascii=False),
        "table": "\n".join(f"| {key} | {value} |" for key, value in pairs),
    }[form]
    ask = ("Write a sentence from these facts:\n{}", "Put this into words:\n{}", "{}", "{}\n\nSay this in a sentence.")
    yield _pair(lead.key, draw.choice(ask).format(listed), sentence)
    if form == "json":
        ask = ("Give the facts in this sentence as JSON:\n{}", "{}\n\nWrite this as JSON with the keys " + ", ".join(found))
        yield _pair(lead.key, draw.choice(ask).format(sentence), json.dumps(found, ensure_ascii=False))
    elif draw.random() < 0.5:
        key, value = draw.choice(pairs)
        yield _pair(lead.key, f"{sentence}\n\nWhat is the {key}?", value)


def continuations(document: Document, share: float) -> Iterator[Conversation]:
    """A paragraph's first sentences -> the rest of it."""
    draw = random.Random(f"continue {document.key}")
    for paragraph in document.text.split("\n\n"):
        if draw.random() > share or len(paragraph) < 200:
            continue
        sentences = _sentences(paragraph)
        at = max(1, len(sentences) // 2)
        prompt, answer = _take(sentences[:at], LONGEST_PROMPT), _take(sentences[at:], LONGEST_ANSWER)
        if prompt and answer:
            ask = ("Continue this text:\n{}", "Write on from here: {}", "Go on:\n{}", "{}\n\nWhat comes next?")
            yield _pair(document.key, draw.choice(ask).format(prompt), answer)


def story(document: Document) -> Iterator[Conversation]:
    """Three words that stand in a story -> the story, or its first part."""
    draw = random.Random(f"story {document.key}")
    words = sorted({word for word in re.findall(r"\b[a-z]{5,9}\b", document.text)})
    answer = _take(_sentences(document.text), LONGEST_ANSWER)
    if len(words) > 10 and len(answer) > 150:
        first, second, third = draw.sample([word for word in words if word in answer], 3)
        ask = ("Write a short story with the words {}, {} and {}.", "Tell me a story about: {}, {}, {}")
        yield _pair(document.key, draw.choice(ask).format(first, second, third), answer)


def handling(lead: Document) -> Iterator[Conversation]:
    """Small jobs on a sentence that teach to read the prompt and copy from it."""
    draw = random.Random(f"handling {lead.key}")
    sentences = [sentence for sentence in _sentences(lead.text) if 40 < len(sentence) < 300]
    if not sentences:
        return
    sentence = draw.choice(sentences)
    words = re.findall(r"\w+", sentence)
    long_words = [word for word in words if len(word) > 5]
    jobs = {
        "Repeat this sentence: {}": sentence,
        "Write this in capital letters: {}": sentence.upper(),
        "Write this in small letters: {}": sentence.lower(),
        "What is the first word here? {}": words[0],
        "What is the last word here? {}": words[-1],
        "How many words are in this sentence? {}": str(len(words)),
    }
    ask, answer = draw.choice(list(jobs.items()))
    yield _pair(lead.key, ask.format(sentence), answer)
    if long_words:
        word = draw.choice(long_words)
        yield _pair(lead.key, "Fill in the missing word: " + sentence.replace(word, "____", 1), word)
