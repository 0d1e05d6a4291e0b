/**
 * Added networks that neither `peft` knows nor any weight of the base could replace: their weights, the base beside
 * them, and the Python that puts one into the other.
 */
import { adapterContent, adapterFile, baseContents, baseFiles, type WeightsFile } from './beside';
import { type ExportFormat, folderName, textFile } from './format';

const WEIGHTS: WeightsFile = {
  path: 'adapter.safetensors',
  opensIn: 'load_adapter.py (neither transformers nor peft opens it alone)',
  prefix: '',
};

/** Weights are named as PyTorch names them once the two new parts are in place, so they load by name. */
const LOADER = `"""Opens this folder: a text classifier with bottleneck adapters (Houlsby et al. 2019).

    pip install torch transformers safetensors

After every linear module that has an adapter, y becomes y + up(gelu(down(y))).
"""

from pathlib import Path

from safetensors.torch import load_file
from torch import nn
from torch.nn.functional import gelu
from transformers import AutoModelForSequenceClassification

DOWN = ".adapter_down.weight"


def load(folder):
    """The model with its adapters, in eval mode; its tokenizer is in folder/base."""
    model = AutoModelForSequenceClassification.from_pretrained(Path(folder) / "base")
    weights = load_file(Path(folder) / "adapter.safetensors")
    for name in (name for name in weights if name.endswith(DOWN)):
        size, width = weights[name].shape
        module = model.get_submodule(name.removesuffix(DOWN))
        module.adapter_down = nn.Linear(width, size)
        module.adapter_up = nn.Linear(size, width)
        module.register_forward_hook(lambda module, _, y: y + module.adapter_up(gelu(module.adapter_down(y))))
    unused = model.load_state_dict(weights, strict=False).unexpected_keys
    if unused:
        raise ValueError(f"weights that fit nowhere: {unused}")
    return model.eval()
`;
const LOADER_FILE = textFile('load_adapter.py', LOADER, 'Python with torch and transformers');

export const modulesFormat: ExportFormat = {
  id: 'modules',
  library: 'transformers',
  files: (meta) => [adapterFile(meta, WEIGHTS), LOADER_FILE, ...baseFiles(meta)],
  contents: (input) => [adapterContent(input, WEIGHTS), LOADER_FILE, ...baseContents(input)],
  snippets: (meta) => [
    {
      title: 'Classify texts in Python',
      language: 'python',
      code: `# pip install torch transformers safetensors
# The adapters are no part of the stock model: load_adapter.py, in this folder, puts them in.
import sys

import torch
from transformers import AutoTokenizer

folder = "${folderName(meta)}"
sys.path.insert(0, folder)
from load_adapter import load

model = load(folder)
tokenizer = AutoTokenizer.from_pretrained(f"{folder}/base")
batch = tokenizer(["First text", "Second text"], padding=True, truncation=True, return_tensors="pt")
with torch.inference_mode():
    probabilities = model(**batch).logits.softmax(-1)
for row in probabilities:
    print(model.config.id2label[int(row.argmax())], float(row.max()))
`,
    },
  ],
};
