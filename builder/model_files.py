"""The models: held to the manifest's hashes. A test converts them again and compares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.errors import BuildError
from builder.paths import MODELS, NODE_MODULES
from builder.report import step
from builder.stamps import expect_sha256, sha256_of, write_atomically
from models.join import join

if TYPE_CHECKING:
    from pathlib import Path


def read_manifest(folder: Path = MODELS) -> list[dict[str, Any]]:
    """Return the entries of models/manifest.json."""
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["models"]
    return entries


def ensure_models(folder: Path = MODELS, packages: Path = NODE_MODULES) -> None:
    """Put together the models that are committed in parts, unless they are there.

    Raises
    ------
    BuildError
        If the published file is missing or another one.
    """
    for entry in read_manifest(folder):
        path = folder / entry["file"]
        if "parts" not in entry or (path.exists() and sha256_of(path) == entry["sha256"]):
            continue
        source = entry["source"]
        published = packages / source["package"] / source["file"]
        if not published.exists():
            raise BuildError(f"{published} is missing: run `npm ci`.")
        expect_sha256(f"{source['package']}/{source['file']}", published, source["sha256"], "run `npm ci`.")
        with step(f"Joining {path.name} of its parts and {published.name}"):
            write_atomically(path, join((folder / entry["parts"]).read_bytes(), published.read_bytes()))


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
