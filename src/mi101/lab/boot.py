"""Boot a language model from files on disk, with transformers and transformer_lens alone.

Nothing of this project is imported here: this file is put, as it stands, above every snippet a reader
downloads, so that what they run is what we ran.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformer_lens.config import TransformerBridgeConfig
from transformer_lens.model_bridge import TransformerBridge
from transformers import AutoModelForCausalLM, AutoTokenizer


def boot(path: str | Path) -> TransformerBridge:
    """Return a float32 `TransformerBridge` on the CPU, its norms' gains folded into the weights that follow.

    `path` is a `.gguf` file, a folder in Hugging Face's format, or a folder with a model trained in this project
    (`native.json` beside `model.safetensors`).
    """
    path = Path(path)
    if (path / "native.json").exists():
        config = TransformerBridgeConfig(**json.loads((path / "native.json").read_text()))
        model = TransformerBridge.boot_native(config)  # type: ignore[attr-defined]
        model.load_state_dict(load_file(path / "model.safetensors"))
    else:
        gguf = {"gguf_file": path.name} if path.suffix == ".gguf" else {}
        folder = str(path.parent if gguf else path)
        weights = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **gguf)
        tokenizer = AutoTokenizer.from_pretrained(folder, **gguf)
        model = TransformerBridge.boot_transformers(folder, hf_model=weights, tokenizer=tokenizer, device="cpu")
    # Folds the norms' gains into the weights that follow and centres the unembedding (and, where the norm is LayerNorm,
    # what writes to the stream), without which direct logit attribution and the logit lens need corrections by hand.
    model.enable_compatibility_mode(disable_warnings=True)
    return model.eval()
