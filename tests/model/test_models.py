"""The weights are those the cards name, or loading says so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mi101.lab import weights
from mi101.lab.load import fingerprint, load, verify_fingerprint
from mi101.lab.weights import MANIFEST, ModelUnavailable, WeightsDamaged, build, is_whole, weights_path
from mi101.store.load import load_cards

from .conftest import REPOSITORY

pytestmark = pytest.mark.model
CARDS = load_cards(REPOSITORY)
SMOL = "smollm2-135m"


@pytest.fixture(scope="module")
def model():
    return load(SMOL)


# One of each kind of tensor, from an early, a middle and the last layer.
TENSORS = [
    f"model.layers.{layer}._original_component.{part}"
    for layer in (0, 15, 29)
    for part in (
        "self_attn._original_component.q_proj._original_component.weight",
        "self_attn._original_component.k_proj._original_component.weight",
        "self_attn._original_component.v_proj._original_component.weight",
        "self_attn._original_component.o_proj._original_component.weight",
        "mlp._original_component.gate_proj._original_component.weight",
        "mlp._original_component.up_proj._original_component.weight",
        "mlp._original_component.down_proj._original_component.weight",
    )
] + ["model.embed_tokens._original_component.weight", "lm_head._original_component.weight"]


def test_the_loaded_model_answers_its_fingerprint(model) -> None:
    card = CARDS[SMOL]
    assert fingerprint(model, card.fingerprint.tokens) == pytest.approx(card.fingerprint.loss, abs=card.fingerprint.tolerance / 2)


@pytest.mark.parametrize("name", TENSORS)
def test_one_weight_tensor_scaled_by_a_twentieth_is_noticed(model, name: str) -> None:
    tensor = dict(model.named_parameters())[name]
    kept = tensor.detach().clone()
    try:
        with torch.no_grad():
            tensor.mul_(1.05)
        with pytest.raises(WeightsDamaged, match="fingerprint"):
            verify_fingerprint(model, CARDS[SMOL])
    finally:
        with torch.no_grad():
            tensor.copy_(kept)


@pytest.mark.parametrize("offline", [False, True])
def test_a_scaled_tensor_in_the_cache_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: bool) -> None:
    import huggingface_hub
    from safetensors.torch import load_file, save_file

    good = weights_path(SMOL, CARDS[SMOL], REPOSITORY)
    copy = tmp_path / good.name
    shutil.copytree(good, copy)
    (tmp_path / "files").symlink_to(weights.cache_dir() / "files")
    tensors = load_file(copy / "model.safetensors")
    tensors["model.norm.weight"] *= 1.05
    save_file(tensors, copy / "model.safetensors")
    assert not is_whole(copy)
    monkeypatch.setenv("MI101_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", offline)
    assert is_whole(weights_path(SMOL, CARDS[SMOL], REPOSITORY))
    assert (copy / MANIFEST).read_text() == (good / MANIFEST).read_text(), "converting twice gives the same bytes"


def test_a_file_that_is_not_the_cards_is_refused(tmp_path: Path) -> None:
    trained = next((ident for ident, card in CARDS.items() if card.source.kind == "trained"), None)
    assert trained, "a model trained here is part of the base"
    card = CARDS[trained]
    folder = tmp_path / "models" / trained
    folder.mkdir(parents=True)
    damaged = bytearray((REPOSITORY / "models" / trained / card.source.file).read_bytes())
    damaged[-1] ^= 1
    (folder / card.source.file).write_bytes(damaged)
    with pytest.raises(WeightsDamaged, match="not the file its card names"):
        weights_path(trained, card, tmp_path)
    (folder / card.source.file).unlink()
    with pytest.raises(ModelUnavailable, match=r"train\.py"):
        weights_path(trained, card, tmp_path)


def test_a_hub_model_out_of_reach_is_unavailable_not_invented(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub

    def out_of_reach(*_: object, **__: object) -> str:
        raise OSError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", out_of_reach)
    with pytest.raises(ModelUnavailable, match="no network"):
        weights_path("gpt2-small", CARDS["gpt2-small"], tmp_path)


RACER = """
import sys, time
from pathlib import Path
from mi101.lab.weights import build

def make(target):
    (target / "a.bin").write_bytes(b"x" * 100_000)
    time.sleep(0.2)
    (target / "b.bin").write_bytes(b"y" * 100_000)

build(Path(sys.argv[1]), make)
"""


def test_processes_that_race_leave_one_whole_folder(tmp_path: Path) -> None:
    target = tmp_path / "model"
    racers = [subprocess.Popen([sys.executable, "-c", RACER, str(target)]) for _ in range(3)]
    assert [racer.wait() for racer in racers] == [0, 0, 0]
    assert is_whole(target)
    assert [path.name for path in tmp_path.iterdir()] == ["model"], "nothing is left lying about"


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(target: Path) -> None:
        (target / "half").write_text("half")
        raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError):
        build(tmp_path / "model", fail)
    assert list(tmp_path.iterdir()) == []
