"""Write Hone's classifier as a stock BertForSequenceClassification: pooling becomes one more encoder layer.

Stock BERT classifies tanh(pooler.dense(hidden of token 0)). The appended layer makes that hidden state equal
to LN(masked mean of all tokens):

  attention  Q = K = 0, so the softmax over the unmasked tokens is uniform; V = I, so the context is the mean;
             output.dense = c * I and its LayerNorm has weight 1, bias 0. BERT adds the layer's input x0 before
             that LayerNorm: LN(c * mean + x0). Layer norm ignores size, so x0 weighs 1/c against the mean.
             c = 2^26: x0 vanishes below float32's resolution of c * mean, and a power of two keeps c * mean
             exact. (float16 ends at 65,504: load the export in float32 or bfloat16.)
  FFN        all zero; its LayerNorm (weight 1, bias 0) normalises a normalised vector: nothing changes.
  pooler     dense = pooler_scale * I, bias 0, then BERT's own tanh.

    python reference/pooling_as_layer.py     # prints the error against Hone's formula for several c
"""

import torch
from hone_model import HoneClassifier, load_tokenizer, make_classifier
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification

POOL_GAIN = 2.0**26
TOLERANCE = 1e-4
LABELS = 5
TEXTS = (
    "",
    "ok",
    "Where is my card? I ordered it two weeks ago.",
    "The refund has not arrived, and nobody answers the phone. " * 12,
    "a much longer complaint about a delivery that came late, broken and to the wrong address " * 40,
)


def _set_scaled_identity(linear: nn.Linear, factor: float) -> None:
    linear.weight.copy_(factor * torch.eye(linear.out_features))
    linear.bias.zero_()


@torch.no_grad()
def write_pooling_layer(model: BertForSequenceClassification, pooler_scale: float, gain: float) -> None:
    """Set the last encoder layer and the pooler of `model` as the module's header says."""
    layer = model.bert.encoder.layer[-1]
    for name, parameter in layer.named_parameters():
        parameter.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
    _set_scaled_identity(layer.attention.self.value, 1.0)
    _set_scaled_identity(layer.attention.output.dense, gain)
    _set_scaled_identity(model.bert.pooler.dense, pooler_scale)


def as_stock_model(hone: HoneClassifier, gain: float = POOL_GAIN) -> BertForSequenceClassification:
    """The stock model with the same logits: one layer more than `hone.bert`."""
    values = hone.bert.config.to_dict()
    values["num_hidden_layers"] += 1
    values["id2label"] = {label: str(label) for label in range(hone.classifier.out_features)}
    values["label2id"] = {name: label for label, name in values["id2label"].items()}
    model = BertForSequenceClassification(BertConfig(**values))
    body = {f"bert.{name}": value for name, value in hone.bert.state_dict().items()}
    head = {f"classifier.{name}": value for name, value in hone.classifier.state_dict().items()}
    model.load_state_dict({**body, **head}, strict=False)
    write_pooling_layer(model, hone.pooler_scale, gain)
    return model.eval()


@torch.inference_mode()
def largest_errors(hone: HoneClassifier, stock: nn.Module, batch: dict[str, Tensor]) -> tuple[float, float]:
    """Largest absolute differences of the logits [B, L] and of the pooled features [B, C]."""
    ids, mask = batch["input_ids"], batch["attention_mask"]
    logits = (stock(input_ids=ids, attention_mask=mask).logits - hone(ids, mask)).abs().max().item()
    pooled = stock.bert(input_ids=ids, attention_mask=mask).pooler_output
    return logits, (pooled - hone.features(ids, mask)).abs().max().item()


def main() -> None:
    torch.set_num_threads(2)
    hone = make_classifier(LABELS)
    nn.init.normal_(hone.classifier.weight)  # a trained head's size: logits of about ±10
    batch = load_tokenizer()(list(TEXTS), padding=True, truncation=True, max_length=256, return_tensors="pt")
    for exponent in (8, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30):
        logits, pooled = largest_errors(hone, as_stock_model(hone, 2.0**exponent), batch)
        print(f"c = 2^{exponent}: largest error of logits {logits:.1e}, of pooled features {pooled:.1e}")
    chosen, _ = largest_errors(hone, as_stock_model(hone), batch)
    if chosen > TOLERANCE:
        raise SystemExit(f"logits differ by {chosen:.1e}, more than {TOLERANCE}")


if __name__ == "__main__":
    main()
