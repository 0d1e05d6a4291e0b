"""encoder.json: token ids, hidden states, pooled vectors and logits of the built-in model."""

import torch
from golden_file import model_stamp, numbers, write_golden
from hone_model import load_tokenizer, make_classifier, masked_mean

MAX_LENGTH = 64
LABELS = 5
HEAD_SEED = 7
LONG_TEXT = "The parcel that I ordered on 3 May, number 40-77812, has still not arrived in Zürich; please help. " * 14
TEXTS = (
    "Where is my card? I ordered it two weeks ago.",
    "",
    "   \t\n ",
    "ok",
    "I LOVE THIS PRODUCT!!! BEST. PURCHASE. EVER.",
    "Great support 👍🏽👩‍👩‍👧 but slow 😡😡",
    "Crème brûlée à la carte, naïve façade, Ångström, İstanbul, ﬁnal Straße",
    "東京の天気は? 你好,世界。 한국어 텍스트",
    "See https://example.com/a/b?q=1&lang=en#top or mail first.last+tag@example.co.uk",
    LONG_TEXT,
    "zero\u200bwidth, soft\u00adhyphen, nbsp\u00a0here, \u202eright-to-left\u202c, null\u0000end, \ufffd \ufeffbom",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis " + "x" * 120,
    "don't can't it's e-mail 3.14 $1,299.00 50% C++ #hashtag @user snake_case 1st",
    "[CLS] literal special tokens [SEP] and [MASK] in the text [PAD] [unk]",
)
HIDDEN_ROWS = (0, 4)


@torch.inference_mode()
def make_encoder_golden() -> None:
    """Run the padded batch of TEXTS through the model; see the keys below for shapes."""
    tokenizer = load_tokenizer()
    model = make_classifier(LABELS).eval()
    torch.manual_seed(HEAD_SEED)
    torch.nn.init.normal_(model.classifier.weight, std=0.5)
    torch.nn.init.normal_(model.classifier.bias, std=0.5)

    batch = tokenizer(list(TEXTS), padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt")
    ids, mask = batch["input_ids"], batch["attention_mask"]  # [B, T]
    hidden = model.bert(input_ids=ids, attention_mask=mask).last_hidden_state  # [B, T, C]
    last = mask.sum(dim=1) - 1
    content = {
        "model": model_stamp(),
        "max_length": MAX_LENGTH,
        "texts": TEXTS,
        "untruncated": {"text": TEXTS.index(LONG_TEXT), "ids": tokenizer(LONG_TEXT)["input_ids"]},
        "input_ids": ids.tolist(),
        "attention_mask": mask.tolist(),
        "mean_pooled": numbers(masked_mean(hidden, mask)),
        "hidden": [
            {"text": row, "position": position, "values": numbers(hidden[row, position])}
            for row in HIDDEN_ROWS
            for position in (0, int(last[row]))
        ],
        "head": {"weight": numbers(model.classifier.weight), "bias": numbers(model.classifier.bias)},
        "logits": numbers(model(ids, mask)),
    }
    write_golden("encoder.json", ("torch", "transformers", "tokenizers"), content)
