"""Brotli and gzip beside each file that shrinks, made on every core and kept by content hash."""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

from builder.paths import CACHE
from builder.report import step
from builder.stamps import fingerprint, sha256_of, write_atomically

COMPRESSIBLE = frozenset(
    (
        ".css",
        ".html",
        ".js",
        ".json",
        ".mjs",
        ".onnx",
        ".svg",
        ".txt",
        ".wasm",
        ".webmanifest",
        ".zip",
    )
)
ENCODINGS = (".br", ".gz")
COMPRESSED = CACHE / "compressed"
_SMALLEST = 512
"""Bytes below which a response fits one packet anyway."""
_WORTH_IT = 0.95
_BROTLI_SLOW_LIMITS = {".wasm": 15 << 20, ".zip": 15 << 20}
_BROTLI_SLOW_LIMIT = 2 << 20
"""Bytes up to which brotli's best quality, at about 0.6 MB/s, is affordable; above, quality 9 does, which makes machine
code and bytecode an eighth larger. What every visitor downloads is below it."""


def brotli_bytes(source: Path) -> bytes:
    """Return a file's content in brotli."""
    data = source.read_bytes()
    quality = 11 if len(data) <= _BROTLI_SLOW_LIMITS.get(source.suffix, _BROTLI_SLOW_LIMIT) else 9
    return bytes(brotli.compress(data, quality=quality, lgwin=24))


def gzip_bytes(source: Path) -> bytes:
    """Return a file's content in gzip, the same bytes every time."""
    return gzip.compress(source.read_bytes(), compresslevel=9, mtime=0)


_CODERS = {".br": brotli_bytes, ".gz": gzip_bytes}
_RECIPE = fingerprint(Path(__file__), brotli.__version__)[:12]


def is_compressible(name: str, size: int) -> bool:
    """Tell whether a file of this name and size is worth compressing."""
    return size >= _SMALLEST and Path(name).suffix in COMPRESSIBLE


def compressed_copies(sources: list[Path], *, missing: bool = True) -> dict[Path, dict[str, Path]]:
    """Return for each source its compressed forms, by suffix; a form that saves less than 5 % is left out.

    With `missing`, forms that are not there yet are made.
    """
    digests = {source: sha256_of(source) for source in sources}
    todo = sorted(
        (
            (source, encoding)
            for source, digest in digests.items()
            for encoding in ENCODINGS
            if not _cached(digest, encoding).exists()
        ),
        key=lambda job: -job[0].stat().st_size,
    )
    if todo and missing:
        with step(f"Compressing {len(todo)} files"), ThreadPoolExecutor(os.cpu_count()) as pool:
            list(
                pool.map(
                    _compress,
                    *zip(*((source, digests[source], encoding) for source, encoding in todo), strict=True),
                )
            )
    return {source: _worthwhile(source, digest) for source, digest in digests.items()}


def forget_all_but(digests: set[str]) -> None:
    """Delete what is kept for other contents than these, or was made by another recipe."""
    kept = {_cached(digest, encoding) for digest in digests for encoding in ENCODINGS}
    for path in COMPRESSED.glob("*"):
        if path not in kept:
            path.unlink()


def _cached(digest: str, encoding: str) -> Path:
    return COMPRESSED / f"{digest}-{_RECIPE}{encoding}"


def _compress(source: Path, digest: str, encoding: str) -> None:
    write_atomically(_cached(digest, encoding), _CODERS[encoding](source))


def _worthwhile(source: Path, digest: str) -> dict[str, Path]:
    limit = source.stat().st_size * _WORTH_IT
    forms = {encoding: _cached(digest, encoding) for encoding in ENCODINGS}
    return {encoding: path for encoding, path in forms.items() if path.exists() and path.stat().st_size < limit}
