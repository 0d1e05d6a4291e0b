"""Write every golden file the engine's tests compare against.

python reference/make_goldens.py [NAME...]   # the keys of MAKERS; all when none named
"""

import sys

import torch
from golden_encoder import make_encoder_golden
from golden_methods import make_methods_golden
from golden_families import make_families_golden
from golden_metrics import make_metrics_golden
from golden_minilm import make_minilm_golden
from golden_optimizer import make_optimizer_golden
from golden_peft import make_peft_golden
from golden_soft_prompts import make_soft_prompts_golden
from golden_tfidf import make_tfidf_golden
from golden_text_metrics import make_text_metrics_golden
from golden_tokenizers import make_tokenizers_golden
from golden_training import make_training_golden
from golden_writing import make_writing_golden
from transformers.utils import logging

MAKERS = {
    "encoder": make_encoder_golden,
    "families": make_families_golden,
    "training": make_training_golden,
    "methods": make_methods_golden,
    "metrics": make_metrics_golden,
    "minilm": make_minilm_golden,
    "optimizer": make_optimizer_golden,
    "peft_names": make_peft_golden,
    "soft_prompts": make_soft_prompts_golden,
    "text_metrics": make_text_metrics_golden,
    "tfidf": make_tfidf_golden,
    "tokenizers": make_tokenizers_golden,
    "writing": make_writing_golden,
}


def main(names: list[str]) -> None:
    if unknown := set(names) - set(MAKERS):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(MAKERS)}")
    torch.set_num_threads(2)
    logging.disable_progress_bar()
    for name in names or MAKERS:
        MAKERS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
