"""The envelope and the number format every golden file shares."""

import json
import platform
from importlib.metadata import version

import torch
from hone_model import GOLDEN_DIR, read_config

GOLDEN_VERSION = 1
MAX_BYTES = 300_000


def made_by(*packages: str) -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def model_stamp() -> dict:
    """Which build of the built-in model the numbers belong to."""
    hone = read_config()["hone"]
    return {"id": hone["id"], "revision": hone["revision"], "files": hone["files"]}


def numbers(values: torch.Tensor) -> list:
    """float32 tensor of any shape -> nested lists; nine digits give every float32 back exactly."""
    if values.ndim == 0:
        return float(f"{values.item():.9g}")
    return [numbers(value) for value in values.detach()]


def write_golden(name: str, packages: tuple[str, ...], content: dict) -> None:
    """Write src/engine/golden/NAME, one line a top-level entry; refuses a file that is too large."""
    whole = {"version": GOLDEN_VERSION, "made_by": made_by(*packages), **content}
    entries = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in whole.items())
    text = "{\n" + ",\n".join(entries) + "\n}\n"
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        raise SystemExit(f"{name}: {size} bytes, more than {MAX_BYTES}")
    GOLDEN_DIR.mkdir(parents=True, exist_ok=True)
    (GOLDEN_DIR / name).write_text(text, encoding="utf-8")
    print(f"{name}: {size:,} bytes")
