"""tokenizers.json: token ids of awkward texts, as transformers reads tokenizer.json.

By small tokenizers of every family, which the file holds whole, and by real ones of ../shared/data/tokenizers, which
it names. Of naughty strings (../shared/data/messy) it holds a digest of each one's ids.

transformers 5 builds some tokenizers anew from their pieces by the rules of their class, and not as tokenizer.json
says: SmolLM2's digits are then not split, for instance. Its models were trained as the file says, so the file counts:
the class is named PreTrainedTokenizerFast here, and in Hone's exports. How many texts the own class reads otherwise is
printed.
"""

import hashlib
import json
import tempfile
from pathlib import Path

from golden_file import write_golden
from made_up_tokenizers import make_tokenizers
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NAUGHTY = SHARED / "messy" / "naughty_strings" / "blns.json"
# Folder to the family and the folder that is read here: the older file of GPT-2 has a merge without its piece
# (`ĠClaude`), which `tokenizers` refuses, and is the same otherwise.
REAL = {
    "bert-base-uncased": ("bert", "bert-base-uncased"),
    "gpt2": ("gpt2", "gpt2_no-legacy-merges"),
    "gpt2_no-legacy-merges": ("gpt2", "gpt2_no-legacy-merges"),
}
MAX_LENGTH = 48
TEXTS = (
    "Where is my card? I ordered it two weeks ago.",
    "",
    " ",
    "   \t\n ",
    "a",
    " leading and trailing ",
    "two  spaces   three    four     five",
    "line\nbreaks\r\nof\rall\n\n\nkinds\u2028too\u2029.",
    "tabs\tand\u00a0no-break\u202fspaces\u3000wide",
    "I LOVE THIS!!! it's, don't, WE'LL, they’ve, O'Neil's'",
    "1 12 123 1234 12345678 3.14 $1,299.00 50% ½ ² ٣ Ⅻ",
    "Crème brûlée: naïve façade, Ångström, İstanbul, ﬁnal Straße, e\u0301 n\u0303 \u212b",
    "Great support 👍🏽👩\u200d👩\u200d👧 but slow 😡😡 🇩🇪🇫🇷",
    "東京の天気は? 你好,世界。 한국어 텍스트 ไทย हिन्दी العربية עברית",
    "Где посылка №5? Ελληνικά ΣΊΣΥΦΟΣ",
    "See https://example.com/a/b?q=1&lang=en#top or mail first.last+tag@example.co.uk",
    "zero\u200bwidth, soft\u00adhyphen, \u202eright-to-left\u202c, \ufeffbom \ufffd",
    "null\u0000 bell\u0007 escape\u001b delete\u007f next\u0085line",
    "antidisestablishmentarianism " + "x" * 120,
    "[CLS] [SEP] [MASK] [PAD] [UNK] <s> </s> <mask> <pad> <unk>",
    "a<mask>b  <mask>  c[MASK]d  [MASK]  e",
    "<|endoftext|>x<|im_start|>user\nhi<|im_end|> <|begin_of_text|><|eot_id|>",
    "▁under▁block ▁ Ġ Ċ ##ing ## <0x0A> <0xE2>",
    "def f(x):\n\treturn {'a': [x ** 2, -1]}  # comment\n    pass\n",
    "snake_case camelCase kebab-case UPPER_CASE C++ .NET @user #hashtag",
    "“quotes” ‘single’ «guillemets» – — … • · † ‰ € £ ¥ ™ ©",
    "𝓜𝓪𝓽𝓱 ①②③ ＦＵＬＬ ｗｉｄｔｈ ㍿ ﷺ Ⓐ",
    "a\u0300\u0301\u0302\u0303 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A",
    "'s 't 're 've 'm 'll 'd 'S 'T 'RE",
    "a\ud7ffb\ue000c\U0010ffffd\U0001f9ffe",
    "The parcel that I ordered on 3 May, number 40-77812, has still not arrived in Zürich; please help. " * 14,
)


def ids_of(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    return tokenizer(text)["input_ids"]


def digest(ids: list[int]) -> str:
    """Four hexadecimal digits."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:4]


def describe(tokenizer: PreTrainedTokenizerBase) -> dict:
    whole = [ids_of(tokenizer, text) for text in TEXTS]
    cut = tokenizer(list(TEXTS), truncation=True, max_length=MAX_LENGTH)["input_ids"]
    naughty = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    return {
        "pad": tokenizer.pad_token_id,
        "end": tokenizer.eos_token_id,
        "ids": cut,
        "lengths": [len(ids) for ids in whole],
        "naughty": "".join(digest(ids_of(tokenizer, text)) for text in naughty),
    }


def real_files(folder: Path) -> list[Path]:
    """The older ones of tokenizer.json name no model type, which `tokenizers` refuses now: their vocabularies alone."""
    typed = "type" in json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    words = ["tokenizer.json"] if typed else ["vocab.txt", "vocab.json", "merges.txt"]
    return [folder / name for name in (*words, "tokenizer_config.json") if (folder / name).exists()]


def opened(folder: Path, family: str, config: dict) -> PreTrainedTokenizerBase:
    (folder / "config.json").write_text(json.dumps({"model_type": family}), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return AutoTokenizer.from_pretrained(folder)


def as_its_file_says(folder: Path, family: str, config: dict) -> PreTrainedTokenizerBase:
    by_class = opened(folder, family, config)
    tokenizer = opened(folder, family, {**config, "tokenizer_class": "PreTrainedTokenizerFast"})
    other = sum(ids_of(by_class, text) != ids_of(tokenizer, text) for text in TEXTS)
    if other:
        print(f"{type(by_class).__name__}: {other} of {len(TEXTS)} texts otherwise than {folder.name} says")
    return tokenizer


def kept(tokenizer: dict) -> dict:
    """Without sentencepiece's map of 300 kB, which Hone's library has rules for."""
    parts = (tokenizer["normalizer"] or {}).get("normalizers", [])
    for part in parts:
        if part["type"] == "Precompiled":
            part["precompiled_charsmap"] = ""
    return tokenizer


def make_tokenizers_golden() -> None:
    logging.set_verbosity_error()
    made, real = [], []
    for each in make_tokenizers():
        with tempfile.TemporaryDirectory(suffix=each.name) as place:
            folder = Path(place)
            (folder / "tokenizer.json").write_text(json.dumps(each.tokenizer), encoding="utf-8")
            described = describe(as_its_file_says(folder, each.family, each.config))
            told = {"name": each.name, "family": each.family, "tokenizer": kept(each.tokenizer), "config": each.config}
            made.append({**told, **described})
    for name, (family, source) in REAL.items():
        with tempfile.TemporaryDirectory(suffix=name) as place:
            folder = Path(place)
            for file in real_files(SHARED / "tokenizers" / source):
                (folder / file.name).write_bytes(file.read_bytes())
            config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
            real.append({"name": name, "family": family, **describe(opened(folder, family, config))})
    content = {"max_length": MAX_LENGTH, "texts": TEXTS, "made_up": made, "real": real}
    write_golden("tokenizers.json", ("transformers", "tokenizers"), content)
