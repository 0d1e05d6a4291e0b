"""Cut a WordPiece vocabulary to the pieces a corpus uses, and write a matching tokenizer.

WordPiece takes the longest known piece first (Wu et al. 2016, section 4.1). Every single-character piece,
bare and ##, stays, so a word the full vocabulary could spell never becomes [UNK] after the cut: it only
splits into more pieces.
"""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer

SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHUNK_CHARS = 1 << 22
# Stories whose licence forbids commercial use (see their README) are left out even of the counting.
SKIPPED = ("asp_en.txt",)
DOCUMENTATION = ("LICENSE", "SOURCE", "README")

WordCounts = dict[str, Counter]


def corpus_files(corpus: Path) -> Iterator[tuple[str, Path]]:
    """Yield (source name, file) for each text file; a source is a first-level folder of the corpus."""
    for path in sorted(corpus.rglob("*")):
        readable = path.suffix in (".txt", ".jsonl") and path.name not in SKIPPED
        if readable and not path.name.startswith(DOCUMENTATION):
            yield path.relative_to(corpus).parts[0], path


def read_text(path: Path) -> Iterator[str]:
    """Yield the file's text in chunks that end at a line end; dialogues give one utterance a line."""
    with path.open(encoding="utf-8", errors="replace") as handle:
        while lines := handle.readlines(CHUNK_CHARS):
            if path.suffix == ".jsonl":
                lines = [turn["text"] + "\n" for line in lines for turn in json.loads(line)["turns"]]
            yield "".join(lines)


def count_words(corpus: Path, tokenizer: Tokenizer) -> WordCounts:
    """Counts of BERT words (after normalising and splitting at spaces and punctuation), by source."""
    spaced: WordCounts = {}
    for source, path in corpus_files(corpus):
        counter = spaced.setdefault(source, Counter())
        for chunk in read_text(path):
            counter.update(tokenizer.normalizer.normalize_str(chunk).split())
    return {source: _split_punctuation(counter, tokenizer) for source, counter in spaced.items()}


def _split_punctuation(spaced: Counter, tokenizer: Tokenizer) -> Counter:
    words: Counter = Counter()
    for run, count in spaced.items():
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(run):
            words[word] += count
    return words


def rank_pieces(words: WordCounts, tokenizer: Tokenizer) -> list[str]:
    """Pieces by use, most used first; unused pieces are absent.

    A source of n words weighs sqrt(n) (sampling with exponent 0.5, as multilingual BERT does for languages),
    so that 130 MB of encyclopedia do not drown 19 MB of conversation.
    """
    score: Counter = Counter()
    for counts in words.values():
        weight = counts.total() ** -0.5
        for word, count in counts.items():
            for piece in tokenizer.model.tokenize(word):
                score[piece.value] += weight * count
    return sorted(score, key=lambda piece: (-score[piece], piece))


def cut_vocabulary(vocabulary: dict[str, int], ranked: list[str], size: int) -> dict[str, int]:
    """New ids for specials, all single characters and the most used others, in the original order."""
    kept = set(SPECIALS) | {piece for piece in vocabulary if len(piece.removeprefix("##")) == 1}
    for piece in ranked:
        if len(kept) >= size:
            break
        kept.add(piece)
    ordered = sorted((piece for piece in vocabulary if piece in kept), key=vocabulary.__getitem__)
    return {piece: new_id for new_id, piece in enumerate(ordered)}


def cut_tokenizer(original: dict, vocabulary: dict[str, int]) -> dict:
    """The tokenizer.json of the cut vocabulary: same rules, new ids, no truncation and no padding."""
    cut = copy.deepcopy(original)
    cut["truncation"] = cut["padding"] = None
    cut["model"]["vocab"] = vocabulary
    for token in cut["added_tokens"]:
        token["id"] = vocabulary[token["content"]]
    for special in cut["post_processor"]["special_tokens"].values():
        special["ids"] = [vocabulary[token] for token in special["tokens"]]
    return cut


def split_shares(words: WordCounts, original: Tokenizer, cut: Tokenizer) -> dict[str, float]:
    """Share of running words, by source, that need more pieces after the cut than before."""
    shares = {}
    for source, counts in words.items():
        more = 0
        for word, count in counts.items():
            if len(cut.model.tokenize(word)) > len(original.model.tokenize(word)):
                more += count
        shares[source] = more / counts.total()
    return shares
