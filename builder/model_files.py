"""The committed models: held to the manifest's hashes. A test converts them again and compares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.errors import BuildError
from builder.paths import MODELS
from builder.stamps import expect_sha256

if TYPE_CHECKING:
    from pathlib import Path


def read_manifest(folder: Path = MODELS) -> list[dict[str, Any]]:
    """Return the entries of models/manifest.json."""
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["models"]
    return entries


def model_files(folder: Path = MODELS) -> list[Path]:
    """Return the manifest and the models that it names.

    Raises
    ------
    BuildError
        If a model is missing, or has another SHA-256 than the manifest says.
    """
    remedy = "run `git checkout -- models`, or, if a new model is meant, `python -m models.convert`."
    files = []
    for entry in read_manifest(folder):
        path = folder / entry["file"]
        if not path.exists():
            raise BuildError(f"{path} is missing: {remedy}")
        expect_sha256(f"models/{path.name}", path, entry["sha256"], remedy)
        files.append(path)
    return [folder / "manifest.json", *files]
