"""The server for the contenders' pages: several folders under one origin, isolated for threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.paths import ROOT
from builder.serving.serve import Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ANYTHING = {"Content-Security-Policy": "default-src * data: blob: 'unsafe-inline' 'unsafe-eval'"}
"""The peers are strangers to our policy: the legacy library builds code from strings."""


def bench_server(mounts: Mapping[str, Path]) -> Server:
    """Return a server of `mounts` (first part of the path -> folder) on a free port."""
    return Server(ROOT / "bench" / "pages", headers=_ANYTHING, mounts=mounts)
