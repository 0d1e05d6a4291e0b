"""Small tokenizers in the forms that the families' makers publish, trained here on a few sentences: byte-level BPE with
the splits of GPT-2, RoBERTa, ModernBERT, Llama 3 and Qwen, BPE with byte fallback as Llama 2's, Unigram as XLM-R's,
WordPiece that keeps case. The trainers of the last two break ties otherwise in every run; any result will do.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import sentencepiece
from sentencepiece.sentencepiece_model_pb2 import ModelProto
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
from tokenizers.models import BPE, Unigram, WordPiece
from training_texts import ROWS

PIECES = 500
OTHER_SENTENCES = (
    "Crème brûlée à la carte, naïve façade, Ångström und Straße.",
    "Где моя посылка? Я жду её уже пять дней.",
    "東京の天気は今日も晴れです。",
    "It's 3.14 or 1,299.00; they've said we'll pay 50% of #40-77812 by 2026.",
    "def total(items):\n    return sum(price * 2 for price in items)\n",
)
LLAMA3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2_SPLIT = LLAMA3_SPLIT.replace(r"\p{N}{1,3}", r"\p{N}")


@dataclass(frozen=True)
class Made:
    """tokenizer.json and tokenizer_config.json, and the `model_type` of the config.json that lies beside them."""

    name: str
    family: str
    tokenizer: dict
    config: dict


def _sentences() -> list[str]:
    return [*(text for text, _ in ROWS), *OTHER_SENTENCES]


def _byte_level(
    specials: list[str], split: str | None, *, normalizer: object = None, ignore_merges: bool = False
) -> Tokenizer:
    """`specials` get the first ids."""
    tokenizer = Tokenizer(BPE(ignore_merges=ignore_merges))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = (
        pre_tokenizers.ByteLevel(add_prefix_space=False)
        if split is None
        else pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(split), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ])
    )
    trainer = trainers.BpeTrainer(
        vocab_size=PIECES,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_sentences(), trainer)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def _around(begin: str | None, end: str | None, tokenizer: Tokenizer) -> object:
    parts = [token for token in (begin, "$A", end) if token]
    specials = [(token, tokenizer.token_to_id(token)) for token in (begin, end) if token]
    return processors.TemplateProcessing(single=parts, pair=[*parts, "$B"], special_tokens=specials)


def _gpt2() -> tuple[Tokenizer, dict]:
    end = "<|endoftext|>"
    return _byte_level([end], None), {
        "tokenizer_class": "GPT2Tokenizer", "bos_token": end, "eos_token": end, "unk_token": end,
    }


def _roberta() -> tuple[Tokenizer, dict]:
    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = _byte_level(names, None)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    return tokenizer, {
        "tokenizer_class": "RobertaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>",
        "sep_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
    }


def _modernbert() -> tuple[Tokenizer, dict]:
    tokenizer = _byte_level(["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"], None, normalizer=normalizers.NFC())
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True, special=True)])
    # Runs of spaces are words of their own there.
    tokenizer.add_tokens([AddedToken(" " * count, normalized=True) for count in (4, 3, 2)])
    tokenizer.post_processor = _around("[CLS]", "[SEP]", tokenizer)
    return tokenizer, {
        "tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]", "sep_token": "[SEP]",
        "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]",
        "model_input_names": ["input_ids", "attention_mask"],
    }


def _llama3() -> tuple[Tokenizer, dict]:
    begin, end = "<|begin_of_text|>", "<|end_of_text|>"
    tokenizer = _byte_level([begin, end, "<|eot_id|>"], LLAMA3_SPLIT, ignore_merges=True)
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False), _around(begin, None, tokenizer),
    ])
    return tokenizer, {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": begin, "eos_token": end,
        "model_input_names": ["input_ids", "attention_mask"],
    }


def _smollm2() -> tuple[Tokenizer, dict]:
    names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokenizer = _byte_level(names, None)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])
    return tokenizer, {
        "tokenizer_class": "GPT2Tokenizer", "bos_token": names[0], "eos_token": names[0], "unk_token": names[0],
    }


def _qwen() -> tuple[Tokenizer, dict]:
    end, others = "<|endoftext|>", ["<|im_start|>", "<|im_end|>"]
    tokenizer = _byte_level([], QWEN2_SPLIT, normalizer=normalizers.NFC())
    # Its special tokens follow the pieces.
    tokenizer.add_special_tokens([end, *others])
    return tokenizer, {
        "tokenizer_class": "Qwen2Tokenizer", "eos_token": others[1], "pad_token": end,
        "additional_special_tokens": others,
    }


def _fallback(*, new_form: bool) -> tuple[Tokenizer, dict]:
    """As TinyLlama's file; or as transformers writes one anew."""
    specials = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    tokenizer = Tokenizer(BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.train_from_iterator(
        _sentences(), trainers.BpeTrainer(vocab_size=256 + PIECES, special_tokens=specials, show_progress=False)
    )
    if new_form:
        tokenizer.normalizer = None
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="first", split=False)
    tokenizer.post_processor = _around("<s>", None, tokenizer)
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0),
    ])
    # The bytes are pieces there and no special tokens.
    made = json.loads(tokenizer.to_str())
    made["added_tokens"] = [token for token in made["added_tokens"] if token["id"] < 3]
    return Tokenizer.from_str(json.dumps(made)), {
        "tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
        "legacy": not new_form, "add_bos_token": True, "add_eos_token": False,
    }


def _sentencepiece_map() -> bytes:
    """Its usual normalisation (`nmt_nfkc`), as every sentencepiece model carries it."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_sentences()), model_writer=model, vocab_size=200, minloglevel=2
    )
    return ModelProto.FromString(model.getvalue()).normalizer_spec.precompiled_charsmap


def _xlm_roberta() -> tuple[Tokenizer, dict]:
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(Unigram())
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(_sentencepiece_map()), normalizers.Replace(Regex(" {2,}"), " "),
    ])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁", prepend_scheme="always"),
    ])
    tokenizer.train_from_iterator(
        _sentences(),
        trainers.UnigramTrainer(vocab_size=PIECES, special_tokens=names, unk_token="<unk>", show_progress=False),
    )
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = _around("<s>", "</s>", tokenizer)
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    return tokenizer, {
        "tokenizer_class": "XLMRobertaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>",
        "sep_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
    }


def _cased_bert() -> tuple[Tokenizer, dict]:
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        _sentences(), trainers.WordPieceTrainer(vocab_size=PIECES, special_tokens=names, show_progress=False)
    )
    tokenizer.post_processor = _around("[CLS]", "[SEP]", tokenizer)
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer, {
        "tokenizer_class": "BertTokenizer", "do_lower_case": False, "cls_token": "[CLS]", "sep_token": "[SEP]",
        "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]",
    }


_MAKERS: dict[str, tuple[str, Callable[[], tuple[Tokenizer, dict]]]] = {
    "BERT that keeps case": ("bert", _cased_bert),
    "RoBERTa": ("roberta", _roberta),
    "XLM-RoBERTa": ("xlm-roberta", _xlm_roberta),
    "ModernBERT": ("modernbert", _modernbert),
    "GPT-2": ("gpt2", _gpt2),
    "Llama 3": ("llama", _llama3),
    "SmolLM2": ("llama", _smollm2),
    "TinyLlama": ("llama", lambda: _fallback(new_form=False)),
    "TinyLlama, saved anew": ("llama", lambda: _fallback(new_form=True)),
    "Qwen2 and Qwen3": ("qwen2", _qwen),
}


def make_tokenizers() -> list[Made]:
    made = []
    for name, (family, make) in _MAKERS.items():
        tokenizer, config = make()
        made.append(Made(name, family, json.loads(tokenizer.to_str()), config))
    return made
