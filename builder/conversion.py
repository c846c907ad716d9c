"""The models: converted again from the pinned .tflite files; the committed .onnx files must be the same bytes."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from builder.errors import BuildError
from builder.paths import CACHE, MODELS, NODE_MODULES, REQUIREMENTS
from builder.report import step
from builder.stamps import expect_sha256, fingerprint, is_fresh, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = NODE_MODULES / "@mediapipe" / "selfie_segmentation"
CONVERTED = CACHE / "models"


def read_manifest(folder: Path = MODELS) -> list[dict[str, Any]]:
    """Return the entries of models/manifest.json."""
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["models"]
    return entries


def ensure_models() -> None:
    """Convert both models and compare each with its manifest entry and with the committed file.

    Raises
    ------
    BuildError
        If a .tflite file, a converted model or a committed model has another SHA-256 than the manifest says.
    """
    entries = read_manifest()
    sources = [SOURCE / entry["source"]["file"] for entry in entries]
    committed = [MODELS / entry["file"] for entry in entries]
    stamp, wanted = CONVERTED / ".stamp", fingerprint(REQUIREMENTS, MODELS, *sources)
    if is_fresh(stamp, wanted):
        return
    with step("Converting the models from TFLite to ONNX"):
        for entry, source in zip(entries, sources, strict=True):
            expect_sha256(
                source.name, source, entry["source"]["sha256"], "delete node_modules/ and run build.py again."
            )
        _convert()
        for entry, path in zip(entries, committed, strict=True):
            check_model(CONVERTED / entry["file"], path, entry)
        write_atomically(stamp, wanted)


def _convert() -> None:
    # Imported here because flatbuffers and onnx are slow to load and most starts do not convert.
    from models.convert import convert_all  # noqa: PLC0415
    from models.reader import ConversionError  # noqa: PLC0415

    shutil.rmtree(CONVERTED, ignore_errors=True)
    CONVERTED.mkdir(parents=True)
    try:
        convert_all(SOURCE, CONVERTED)
    except ConversionError as error:
        raise BuildError(f"the models could not be converted: {error}") from error


def check_model(converted: Path, committed: Path, entry: dict[str, Any]) -> None:
    """Hold a fresh conversion and the committed file to the manifest's SHA-256.

    Raises
    ------
    BuildError
        With the expected and the actual value.
    """
    if not committed.exists():
        raise BuildError(f"{committed} is missing: run `git checkout -- models`.")
    remedy = "the converter has changed; if that is meant, run `python -m models.convert` and commit models/."
    expect_sha256(f"the converted {converted.name}", converted, entry["sha256"], remedy)
    expect_sha256(f"models/{committed.name}", committed, entry["sha256"], "run `git checkout -- models`.")
