"""Brotli and gzip beside each file that shrinks, made on every core and kept by content hash and effort."""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
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


class Effort(Enum):
    """How much is done for small files: what is published, what tests download, nothing anew."""

    BEST = "best"
    QUICK = "quick"
    NONE = "none"


def brotli_bytes(source: Path) -> bytes:
    """Return a file's content in brotli, as it is published."""
    data = source.read_bytes()
    quality = 11 if len(data) <= _BROTLI_SLOW_LIMITS.get(source.suffix, _BROTLI_SLOW_LIMIT) else 9
    return bytes(brotli.compress(data, quality=quality, lgwin=24))


def gzip_bytes(source: Path) -> bytes:
    """Return a file's content in gzip, as it is published, the same bytes every time."""
    return gzip.compress(source.read_bytes(), compresslevel=9, mtime=0)


def quick_brotli_bytes(source: Path) -> bytes:
    """Return a file's content in brotli, made quickly."""
    return bytes(brotli.compress(source.read_bytes(), quality=2))


def quick_gzip_bytes(source: Path) -> bytes:
    """Return a file's content in gzip, made quickly."""
    return gzip.compress(source.read_bytes(), compresslevel=1, mtime=0)


_CODERS = {
    Effort.BEST: {".br": brotli_bytes, ".gz": gzip_bytes},
    Effort.QUICK: {".br": quick_brotli_bytes, ".gz": quick_gzip_bytes},
}
_RECIPE = fingerprint(Path(__file__), brotli.__version__)[:12]


def is_compressible(name: str, size: int) -> bool:
    """Tell whether a file of this name and size is worth compressing."""
    return size >= _SMALLEST and Path(name).suffix in COMPRESSIBLE


def compressed_copies(sources: list[Path], effort: Effort = Effort.BEST) -> dict[Path, dict[str, Path]]:
    """Return for each source its compressed forms, by suffix; a form that saves less than 5 % is left out.

    Forms that are not there yet are made with this effort; the best one that is there is taken.
    """
    digests = {source: sha256_of(source) for source in sources}
    enough = (Effort.BEST,) if effort is Effort.BEST else tuple(_CODERS)
    todo = sorted(
        (
            (source, encoding)
            for source, digest in digests.items()
            for encoding in ENCODINGS
            if not _found(digest, encoding, enough)
        ),
        key=lambda job: -job[0].stat().st_size,
    )
    if todo and effort is not Effort.NONE:
        with step(f"Compressing {len(todo)} files"), ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda job: _compress(job[0], digests[job[0]], job[1], effort), todo))
    return {source: _worthwhile(source, digest, enough) for source, digest in digests.items()}


def forget_all_but(digests: set[str]) -> None:
    """Delete what is kept for other contents than these, or was made by another recipe."""
    kept = {_cached(digest, encoding, effort) for digest in digests for encoding in ENCODINGS for effort in _CODERS}
    for path in COMPRESSED.glob("*"):
        if path not in kept:
            path.unlink()


def _cached(digest: str, encoding: str, effort: Effort) -> Path:
    return COMPRESSED / f"{digest}-{_RECIPE}-{effort.value}{encoding}"


def _found(digest: str, encoding: str, enough: tuple[Effort, ...]) -> Path | None:
    paths = (_cached(digest, encoding, effort) for effort in enough)
    return next((path for path in paths if path.exists()), None)


def _compress(source: Path, digest: str, encoding: str, effort: Effort) -> None:
    write_atomically(_cached(digest, encoding, effort), _CODERS[effort][encoding](source))


def _worthwhile(source: Path, digest: str, enough: tuple[Effort, ...]) -> dict[str, Path]:
    limit = source.stat().st_size * _WORTH_IT
    forms = {encoding: _found(digest, encoding, enough) for encoding in ENCODINGS}
    return {encoding: path for encoding, path in forms.items() if path and path.stat().st_size < limit}
