"""The whole build, step by step."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

from builder import contents, model_files, npm
from builder.archives import numpy_archives, wheels
from builder.lock import build_lock
from builder.paths import CACHE
from builder.site.compress import Effort

if TYPE_CHECKING:
    from pathlib import Path

_DAY_S = 24 * 3600
_TEMPORARY = ("bytecode", "names", "packages", "site")
"""What the steps' temporary folders begin with; bench-native, which stays, has a hyphen as well."""


def build(effort: Effort = Effort.BEST) -> Path:
    """Bring everything up to date and return dist/; a step whose inputs have not changed is not done again.

    Compressed as it is published takes longer than all other steps together. With another `effort` dist/ has the
    compressed copies that are known from before, and the others quickly made or not at all: a browser on this machine
    gains nothing by them.
    """
    with build_lock(CACHE / "build.lock"):
        _sweep()
        npm.ensure_node_modules()
        model_files.ensure_models()
        packages = wheels.ensure_packages()
        numpy = numpy_archives.ensure_numpy()
        return contents.ensure_site(packages, numpy, effort)


def _sweep() -> None:
    """Remove the temporary folders of builds that were killed, once they are a day old."""
    for folder in (path for prefix in _TEMPORARY for path in CACHE.glob(f"{prefix}-*")):
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _DAY_S:
            shutil.rmtree(folder, ignore_errors=True)
