"""What is known about a model file: the manifest, and the check that a file is the one it describes."""

from __future__ import annotations

import importlib.util
import json
import operator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

from pyselfie.core.show import show_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE_ROOT = Path(__file__).resolve().parents[1]
# An installed package carries the models; in a checkout they lie beside the package's source.
_CHECKOUT = _PACKAGE_ROOT.parents[1] / "models"
_MODEL_FOLDERS = (_PACKAGE_ROOT / "_models", _CHECKOUT)

RAW, CLASSES = "raw", "classes"
"""Names of two extras: a refined model's mask before its refinement, and what a model tells apart."""


class ModelFileError(Exception):
    """A model file or its manifest is missing or damaged; the message says what to do."""


class TensorSpec(NamedTuple):
    """A float32 tensor that a model takes or gives."""

    name: str
    shape: tuple[int, ...]


class StateSpec(NamedTuple):
    """What a model carries from one frame to the next: float32.

    Attributes
    ----------
    input, output
        Names of the graph's input and of the output whose values it gets in the next run.
    shape
        Of both.
    initial
        What the whole input holds before the first frame.
    """

    input: str
    output: str
    shape: tuple[int, ...]
    initial: float = 0.0


class SettingSpec(NamedTuple):
    """A float32 input that stays as it is set: every element of it has the same value, at first `initial`."""

    name: str
    shape: tuple[int, ...]
    initial: float = 0.0


@dataclass(frozen=True)
class ModelSpec:
    """One entry of the manifest.

    Attributes
    ----------
    name
        ``"general"``, ``"landscape"`` or ``"multiclass"``.
    model_selection
        Its number: 0, 1, as MediaPipe's, or 2.
    edges
        ``"raw"``, the network alone, or ``"refined"``, the network with the refinement behind it.
    file
        Name of the ``.onnx`` file beside the manifest.
    bytes, sha256
        Size of that file, and its SHA-256 in hexadecimal.
    input
        The picture: [1, height, width, 3], RGB in 0..1.
    output
        The mask, in 0..1: [1, height, width, 1] raw, [1, 1, height, width] refined.
    state
        What goes in besides and comes out again; empty for a model that looks at one frame at a time.
    settings
        What goes in besides and stays until it is set again.
    extras
        What comes out besides the mask, for whoever asks.
    classes
        What a model tells apart, in the order of its extra `CLASSES`, the background first; empty for one that knows
        the person alone.
    package
        The Python package that has the file where pyselfie's own has not.
    backends
        Backends that this file was made for and already optimised; empty for one that is for all others.
    """

    name: str
    model_selection: int
    edges: str
    file: str
    bytes: int
    sha256: str
    input: TensorSpec
    output: TensorSpec
    state: tuple[StateSpec, ...] = ()
    settings: tuple[SettingSpec, ...] = ()
    extras: tuple[TensorSpec, ...] = ()
    classes: tuple[str, ...] = ()
    package: str = ""
    backends: tuple[str, ...] = ()

    @property
    def input_name(self) -> str:
        """Name of the picture's tensor."""
        return self.input.name

    @property
    def output_name(self) -> str:
        """Name of the mask's tensor."""
        return self.output.name

    @property
    def width(self) -> int:
        """Width of picture and mask in pixels."""
        return self.input.shape[2]

    @property
    def height(self) -> int:
        """Height of picture and mask in pixels."""
        return self.input.shape[1]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the picture's tensor: (1, height, width, 3)."""
        return self.input.shape


def load_spec(model: SupportsIndex | str, edges: str = "raw", backend: str = "") -> ModelSpec:
    """Return the spec of a model from the manifest that came with the package.

    Parameters
    ----------
    model
        Its name or its number.
    edges
        ``"raw"`` for the network alone, ``"refined"`` for the one with the refinement behind it.
    backend
        What is to run it, where that has a file of its own: ``"wasm"``. The page has those files, the package has not.

    Raises
    ------
    ValueError
        When there is no such model.
    TypeError
        When `model` is neither a whole number nor a name.
    ModelFileError
        When the manifest is missing or damaged.
    """
    path = model_folder() / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFileError(f"cannot read {path} ({error}); install pyselfie again") from error
    return spec_from_manifest(manifest, model, edges, backend)


def spec_from_manifest(
    manifest: Mapping[str, Any], model: SupportsIndex | str, edges: str = "raw", backend: str = ""
) -> ModelSpec:
    """Return one model's spec from the parsed `manifest.json`.

    Parameters
    ----------
    manifest
        The parsed file.
    model
        A model's name, or whatever Python takes as an index, as MediaPipe does: 1, True and ``np.int64(1)`` are one.
    edges
        ``"raw"`` or ``"refined"``.
    backend
        As for `load_spec`.

    Raises
    ------
    ValueError
        When `model` is none of the manifest's numbers and names, or has no such `edges`.
    TypeError
        When it is neither a whole number nor a name.
    ModelFileError
        When the manifest has no model list or an entry lacks a fact.
    """
    try:
        specs = [_spec_from_entry(entry) for entry in manifest["models"]]
    except (KeyError, TypeError) as error:
        raise ModelFileError(f"manifest.json is damaged ({error!r}); build or install pyselfie again") from error
    name = _model_name(specs, model)
    fitting = [spec for spec in specs if spec.name == name and (not spec.backends or backend in spec.backends)]
    kinds = {spec.edges: spec for spec in sorted(fitting, key=lambda spec: bool(spec.backends))}  # its own win
    if edges not in kinds:
        raise ValueError(f"edges is {show_repr(edges)}, but the {name} model has {' or '.join(map(repr, kinds))}")
    return kinds[edges]


def _model_name(specs: list[ModelSpec], model: SupportsIndex | str) -> str:
    names = {spec.model_selection: spec.name for spec in specs}
    choices = " or ".join(f"{number} ({name})" for number, name in names.items())
    known = f"model is {show_repr(model)}, expected {choices}"
    if isinstance(model, str):
        if model in names.values():
            return model
        raise ValueError(known)
    try:
        number = operator.index(model)
    except TypeError as error:
        raise TypeError(known) from error
    if number not in names:
        raise ValueError(known)
    return names[number]


def _spec_from_entry(entry: Mapping[str, Any]) -> ModelSpec:
    return ModelSpec(
        name=entry["name"],
        model_selection=entry["model_selection"],
        edges=entry["edges"],
        file=entry["file"],
        bytes=entry["bytes"],
        sha256=entry["sha256"],
        input=_tensor(entry["input"]),
        output=_tensor(entry["output"]),
        state=tuple(_state(state) for state in entry.get("state", ())),
        settings=tuple(_setting(setting) for setting in entry.get("settings", ())),
        extras=tuple(_tensor(extra) for extra in entry.get("extras", ())),
        classes=tuple(entry.get("classes", ())),
        package=entry.get("package", ""),
        backends=tuple(entry.get("backends", ())),
    )


def _tensor(entry: Mapping[str, Any]) -> TensorSpec:
    return TensorSpec(entry["name"], tuple(entry["shape"]))


def _state(entry: Mapping[str, Any]) -> StateSpec:
    return StateSpec(entry["input"], entry["output"], tuple(entry["shape"]), entry.get("initial", 0.0))


def _setting(entry: Mapping[str, Any]) -> SettingSpec:
    return SettingSpec(entry["name"], tuple(entry["shape"]), entry.get("initial", 0.0))


def verify_model(data: bytes, spec: ModelSpec) -> None:
    """Check that `data` is the model file that `spec` describe.

    Raises
    ------
    ModelFileError
        In one sentence, with the expected and the actual size or SHA-256.
    """
    if len(data) != spec.bytes:
        raise ModelFileError(f"{spec.file} has {len(data)} bytes, expected {spec.bytes}; fetch or install it again")
    import hashlib  # noqa: PLC0415, the page's start does without

    actual = hashlib.sha256(data).hexdigest()
    if actual != spec.sha256:
        raise ModelFileError(f"{spec.file} has SHA-256 {actual}, expected {spec.sha256}; fetch or install it again")


def read_model(spec: ModelSpec) -> bytes:
    """Return the verified bytes of the model file that came with the package, or with the one that an extra installs.

    Raises
    ------
    ModelFileError
        When the file is missing or is not the one that `spec` describe.
    """
    path = _model_path(spec)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"cannot read {path} ({error.strerror}); install pyselfie again") from error
    verify_model(data, spec)
    return data


def _model_path(spec: ModelSpec) -> Path:
    path = model_folder() / spec.file
    if path.exists() or not spec.package:
        return path
    found = importlib.util.find_spec(spec.package)
    if found is None or found.origin is None:
        if model_folder() == _CHECKOUT:
            raise ModelFileError(f"the {spec.name} model is not built: python3 build.py build brings it")
        raise ModelFileError(f'the {spec.name} model is not installed: pip install "pyselfie[{spec.name}]" brings it')
    return Path(found.origin).parent / spec.file


def model_folder() -> Path:
    """Return the folder that holds `manifest.json` and, except in a browser, the `.onnx` files."""
    return next((folder for folder in _MODEL_FOLDERS if (folder / "manifest.json").is_file()), _MODEL_FOLDERS[0])
