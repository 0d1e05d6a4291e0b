"""The writer's special tokens and how a conversation is written with them.

    <|user|>What is a cell?<|end|><|assistant|>The smallest unit of life.<|end|>

`<|end|>` ends a turn and a document alike; it is the end-of-sequence token.
"""

from models.writer.sources import Conversation

PAD, END, SYSTEM, USER, ASSISTANT = SPECIALS = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
PAD_ID, END_ID = SPECIALS.index(PAD), SPECIALS.index(END)
# The same form in Jinja, as `transformers` and Hone read it from tokenizer_config.json.
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def as_text(conversation: Conversation) -> str:
    """The conversation without the last `<|end|>`, which ends it as it ends any document."""
    return END.join(f"<|{turn.role}|>{turn.text}" for turn in conversation.turns)


def prompt_text(prompt: str) -> str:
    """What stands before the answer to one prompt."""
    return f"{USER}{prompt}{END}{ASSISTANT}"
