"""A folder with a file of each sort, and the server of it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
import pytest

from builder.serving.serve import Server
from tests.unit.builder.server.asking import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("outer")
    (root / "secret.txt").write_bytes(b"secret")
    site = root / "site"
    (site / "sub").mkdir(parents=True)
    (site / "index.html").write_bytes(b"<!doctype html>")
    (site / "sub" / "index.html").write_bytes(b"<!doctype html>sub")
    (site / "text.txt").write_bytes(TEXT)
    (site / "text.txt.br").write_bytes(brotli.compress(TEXT))
    (site / "text.txt.gz").write_bytes(gzip.compress(TEXT))
    (site / "empty.bin").write_bytes(b"")
    (site / "a space.txt").write_bytes(b"space")
    (site / ".hidden").write_bytes(b"hidden")
    (site / "link.txt").symlink_to(root / "secret.txt")
    (site / "js").mkdir()
    (site / "js" / "a.js").write_bytes(b"x")
    for name in ("a.wasm", "a.mjs", "a.js", "a.json", "a.whl", "a.onnx", "a.svg", "a.mp4", "a.webm", "a.webmanifest"):
        (site / name).write_bytes(b"x")
    return site


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with Server(folder) as running:
        yield running
