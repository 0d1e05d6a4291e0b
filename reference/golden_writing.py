"""writing.json: conversations rendered and tokenized by transformers' apply_chat_template."""

import json

from golden_file import write_golden
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast
from transformers.utils.chat_template_utils import render_jinja_template

SPECIAL = ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|system|>", "<|user|>", "<|assistant|>"]
LLAMA = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
VOCABULARY = 420

CHATML = """{%- if messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant") %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""

LLAMA_3 = (
    "{% set loop_messages = messages %}{% for message in loop_messages %}"
    "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'"
    "+ message['content'] | trim + '<|eot_id|>' %}"
    "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"
)

# Ends with the newline that trim_blocks leaves, and refuses a system message that is not the first.
ZEPHYR = """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{% if not loop.first %}{{ raise_exception('A system message must come first') }}{% endif %}
{{ '<|system|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""

MARKED = """{%- for message in messages %}
    {%- if message['role'] == 'assistant' %}
        {{- '<|im_start|>assistant\\n' }}
        {%- generation %}
        {{- message['content'] + '<|im_end|>' }}
        {%- endgeneration %}
        {{- '\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{% if add_generation_prompt %}
{{ '<|im_start|>assistant\\n' }}
{% endif %}"""

# The reasoning of past answers is dropped, so an answer is written differently once others follow.
REASONING = """{%- set ns = namespace(last=0) %}
{%- for message in messages %}{% if message.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}
{%- for message in messages %}
    {%- set content = message.content %}
    {%- if message.role == 'assistant' and loop.index0 < ns.last and '</think>' in content %}
        {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
    {%- endif %}
    {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n<think>\\n' }}{% endif %}"""

NUMBERED = (
    "{% for m in messages %}{{ loop.index }}/{{ loop.length }} {{ m.role | upper }}: {{ m.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}{{ messages | length + 1 }}/? ASSISTANT: {% endif %}"
)

# Hone's own for models without one: src/engine/text/chatTemplate.ts.
PLAIN = """{{- bos_token }}
{%- for message in messages %}
    {%- if message.role == 'system' %}
        {{- message.content + '\\n\\n' }}
    {%- elif message.role == 'user' %}
        {{- 'User: ' + message.content + '\\n' }}
    {%- else %}
        {{- 'Assistant: ' + message.content }}
        {{- eos_token }}
        {{- '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- 'Assistant:' }}
{%- endif %}"""

TEMPLATES = {
    "ChatML": CHATML,
    "Llama 3": LLAMA_3,
    "Zephyr": ZEPHYR,
    "generation marks": MARKED,
    "reasoning": REASONING,
    "numbered": NUMBERED,
    "plain": PLAIN,
}


def conversation(*turns: str) -> list[dict[str, str]]:
    """Turns by turns from the user on; one that begins with 'system:' comes first."""
    messages = []
    if turns[0].startswith("system:"):
        messages.append({"role": "system", "content": turns[0].removeprefix("system:")})
        turns = turns[1:]
    messages += [{"role": ("user", "assistant")[i % 2], "content": turn} for i, turn in enumerate(turns)]
    return messages


CONVERSATIONS = [
    conversation("Where is my parcel?", "It left on Monday and should be with you tomorrow."),
    conversation("system:Answer in one word.", "Is it late?", "Yes."),
    conversation("Hi", "Hello!", "Bye", "Goodbye!", "Wait", "I am here."),
    conversation("  spaces around  ", "\n\ta tab, a line\nand an end \n"),
    conversation("{{ bos_token }} {% if %} {# x #}", "{{ messages }} <b>bold</b> &amp; \"quotes\" 'single'"),
    conversation("emoji 👩‍🚀🇺🇦 and é é ß ÅΩ", "日本語のテキスト 🎉"),
    conversation("<|im_end|> inside <|user|> the text </s>", "an </s> answer <|eot_id|> too"),
    conversation("Think.", "<think>\nfirst\n</think>\n\nOne.", "Again.", "<think>\nsecond\n</think>\n\nTwo."),
    conversation("system:  ", "same", "same", "same", "same"),
    conversation("x" * 300, "y \n" * 40),
    conversation("back\\slash \\n not a newline", "\\frac{1}{2} $x$ `code` \r\n CRLF"),
]


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A small byte-level BPE trained on the conversations, with every template's special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL + LLAMA,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [turn["content"] for one in CONVERSATIONS for turn in one] + [CHATML, "user assistant system\n\n"]
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")


def describe(source: str, messages: list[dict[str, str]], tokenizer: PreTrainedTokenizerFast) -> dict:
    """The text and ids of a conversation, the text with the prompt to answer, and the marks of the template."""
    options = {"chat_template": source, "tokenize": False}
    try:
        text = tokenizer.apply_chat_template(messages, **options)
    except Exception as error:  # raise_exception in a template
        return {"refused": str(error)}
    asked = tokenizer.apply_chat_template(messages[:-1], add_generation_prompt=True, **options)
    found = {"text": text, "asked": asked, "ids": tokenizer(text, add_special_tokens=False)["input_ids"]}
    if "generation" in source.replace("add_generation_prompt", ""):
        _, spans = render_jinja_template(
            [messages], chat_template=source, return_assistant_tokens_mask=True, **tokenizer.special_tokens_map
        )
        found["answers"] = [
            {"start": len(text[:start].encode("utf-16-le")) // 2, "end": len(text[:end].encode("utf-16-le")) // 2}
            for start, end in spans[0]
        ]
    return found


def make_writing_golden() -> None:
    """Every template with every conversation, and one that refuses."""
    tokenizer = make_tokenizer()
    refused = [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}, {"role": "assistant", "content": "c"}]
    conversations = [*CONVERSATIONS, refused]
    content = {
        "tokenizer": json.loads(tokenizer.backend_tokenizer.to_str()),
        "tokenizer_config": {"bos_token": "<s>", "eos_token": "</s>"},
        "conversations": conversations,
        "templates": [
            {"name": name, "source": source, "cases": [describe(source, one, tokenizer) for one in conversations]}
            for name, source in TEMPLATES.items()
        ],
    }
    write_golden("writing.json", ("transformers", "tokenizers", "jinja2"), content)
