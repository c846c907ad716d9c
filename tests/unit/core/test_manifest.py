"""The manifest of model spec, and the check that a file is the one it describes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie.core import manifest as manifest_module
from pyselfie.core.manifest import ModelFileError, load_spec, read_model, spec_from_manifest, verify_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("model_selection", "name", "shape"), [(0, "general", (1, 256, 256, 3)), (1, "landscape", (1, 144, 256, 3))]
)
def test_facts_of_both_models(model_selection: int, name: str, shape: tuple[int, ...]) -> None:
    """Model 0 is the general one and takes a square, model 1 the landscape one and takes 256x144."""
    spec = load_spec(model_selection)
    assert (spec.name, spec.model_selection, spec.input_shape) == (name, model_selection, shape)


@pytest.mark.parametrize("model_selection", [0, 1])
def test_model_file_is_the_one_described(model_selection: int) -> None:
    """The file beside the manifest has the manifest's size and hash."""
    spec = load_spec(model_selection)
    assert hashlib.sha256(read_model(spec)).hexdigest() == spec.sha256


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        *((number, ValueError) for number in (3, -1, 2**40)),
        *((name, ValueError) for name in ("0", "", "General")),
        *((value, TypeError) for value in (1.0, np.float64(1), None, [0], np.array([1]))),
    ],
)
def test_unknown_model_names_the_choices(wrong: Any, error: type[Exception]) -> None:
    """A number or name without a model is a ValueError, anything else a TypeError: what came and what there is."""
    expected = f"model is {wrong!r}, expected 0 (general) or 1 (landscape) or 2 (multiclass)"
    with pytest.raises(error, match=f"^{re.escape(expected)}$"):
        load_spec(wrong)


@pytest.mark.parametrize("one", [1, True, np.int64(1), np.uint8(1), np.array(1)])
def test_model_is_chosen_by_anything_that_is_an_index(one: Any) -> None:
    """What MediaPipe takes as a number is taken here."""
    assert load_spec(one).name == "landscape"


@pytest.mark.parametrize("number", [0, 1])
def test_model_is_chosen_by_its_name_too(number: int) -> None:
    """Names and numbers lead to the same models, with both kinds of edges."""
    for edges in ("raw", "refined"):
        assert load_spec(load_spec(number).name, edges) == load_spec(number, edges)


@pytest.mark.parametrize("model", ["general", "landscape"])
def test_refined_model_tells_what_goes_in_and_comes_out(model: str) -> None:
    """It takes the raw one's picture, the last mask and luma (-1: afresh), and gives what painters read."""
    spec = load_spec(model, "refined")
    height, width = spec.height, spec.width
    assert (spec.edges, spec.input, spec.output.shape) == ("refined", load_spec(model).input, (1, 1, height, width))
    assert [(one.input, one.output, one.initial) for one in spec.state] == [
        ("last_mask", "mask", 0),
        ("last_luma", "next_luma", -1),
    ]
    assert [(one.name, one.shape, one.initial) for one in spec.settings] == [("smoothing", (1,), 0)]
    quarter = (height // 4, width // 4)
    assert {name: shape[1:] for name, shape in spec.extras} == {
        "raw": (1, height, width),
        "coefficients": (4, *quarter),
        "still": (1, height // 2, width // 2),
        **dict.fromkeys(("person", "outside", "edge"), (3, *quarter)),
    }


def test_raw_is_what_comes_unasked() -> None:
    """The legacy APIs ask for no edges: they get the network alone, which carries nothing."""
    spec = load_spec(0)
    assert (spec.edges, spec.state, spec.settings, spec.extras) == ("raw", (), (), ())


def test_unknown_edges_name_the_choices() -> None:
    """Edges that a model hasn't are refused with those it has."""
    with pytest.raises(ValueError, match="edges is 'soft', but the general model has 'raw' or 'refined'"):
        load_spec(0, "soft")


@pytest.mark.parametrize("manifest", [{}, {"models": [{}]}, {"models": 3}, [], None])
def test_damaged_manifest_says_so(manifest: Any) -> None:
    """A manifest without the spec is called damaged."""
    with pytest.raises(ModelFileError, match=r"manifest\.json is damaged"):
        spec_from_manifest(manifest, 0)


def test_truncated_model_shows_both_sizes() -> None:
    """A model file of the wrong length is refused with both lengths."""
    spec = load_spec(1)
    with pytest.raises(ModelFileError, match=rf"{spec.file} has 10 bytes, expected {spec.bytes}"):
        verify_model(b"0123456789", spec)


def test_changed_model_shows_both_hashes() -> None:
    """A model file of the right length with other bytes is refused with both hashes."""
    spec = load_spec(1)
    data = bytes(spec.bytes)
    with pytest.raises(ModelFileError, match=f"has SHA-256 {hashlib.sha256(data).hexdigest()}, expected {spec.sha256}"):
        verify_model(data, spec)


def test_missing_model_file_names_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation without the model file says which file is missing and what to do."""
    monkeypatch.setattr(manifest_module, "model_folder", lambda: tmp_path)
    spec = spec_from_manifest({"models": [manifest_entry()]}, 0)
    with pytest.raises(ModelFileError, match=r"cannot read .*general\.onnx \(No such file.*; install pyselfie again"):
        read_model(spec)
    with pytest.raises(ModelFileError, match=r"cannot read .*manifest\.json .*; install pyselfie again"):
        load_spec(0)


def test_model_of_its_own_package_is_found_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A model that pyselfie's wheel lacks comes from the package that an extra installs; without it, that is said."""
    entry = manifest_entry() | {"package": "pyselfie_tiny", "sha256": hashlib.sha256(b"abc").hexdigest()}
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [entry]}))
    monkeypatch.setattr(manifest_module, "_MODEL_FOLDERS", (tmp_path,))
    expected = r'^the general model is not installed: pip install "pyselfie\[general\]" brings it$'
    with pytest.raises(ModelFileError, match=expected):
        read_model(load_spec(0))
    monkeypatch.setattr(manifest_module, "_CHECKOUT", tmp_path)
    with pytest.raises(ModelFileError, match=r"^the general model is not built: python3 build\.py build brings it$"):
        read_model(load_spec(0))
    package = tmp_path / "site" / "pyselfie_tiny"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "general.onnx").write_bytes(b"abc")
    monkeypatch.syspath_prepend(package.parent)
    assert read_model(load_spec(0)) == b"abc"
    (package / "general.onnx").write_bytes(b"abd")
    with pytest.raises(ModelFileError, match=r"general\.onnx has SHA-256"):
        read_model(load_spec(0))


def test_manifest_of_an_installed_package_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The models inside the package win over a checkout's."""
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [manifest_entry()]}))
    monkeypatch.setattr(manifest_module, "_MODEL_FOLDERS", (tmp_path, *manifest_module._MODEL_FOLDERS))
    assert load_spec(0).file == "general.onnx"


def test_facts_cannot_be_changed() -> None:
    """Facts are shared, so they are frozen."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_spec(0).width = 3  # type: ignore[misc]


def manifest_entry() -> dict[str, Any]:
    return {
        "name": "general",
        "model_selection": 0,
        "edges": "raw",
        "file": "general.onnx",
        "bytes": 3,
        "sha256": "00",
        "input": {"name": "image", "shape": [1, 4, 5, 3]},
        "output": {"name": "mask", "shape": [1, 4, 5, 1]},
    }
