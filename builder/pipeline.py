"""The whole build, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder import conversion, npm, numpy_wheel, site, wheels
from builder.lock import build_lock
from builder.paths import CACHE

if TYPE_CHECKING:
    from pathlib import Path


def build() -> Path:
    """Bring everything up to date and return dist/; a step whose inputs have not changed is not done again."""
    with build_lock(CACHE / "build.lock"):
        npm.ensure_node_modules()
        conversion.ensure_models()
        wheel = wheels.ensure_wheel()
        numpy = numpy_wheel.ensure_numpy_wheel()
        return site.ensure_site(wheel, numpy)
