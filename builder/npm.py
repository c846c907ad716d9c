"""The npm side: exactly what package-lock.json says; npm checks each package against the lock's hash."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from builder.errors import BuildError
from builder.paths import ROOT
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def ensure_node_modules(root: Path = ROOT) -> None:
    """Run ``npm ci`` in `root`, unless its node_modules/ already holds what the lock names.

    Raises
    ------
    BuildError
        If npm fails; a package with a wrong hash is one way.
    """
    stamp = root / "node_modules" / ".pyselfie-stamp"
    wanted = fingerprint(root / "package.json", root / "package-lock.json", root / ".npmrc")
    if is_fresh(stamp, wanted):
        return
    with step("Fetching the npm packages of package-lock.json"):
        npm = shutil.which("npm") or "npm"
        result = subprocess.run([npm, "ci", "--no-progress", "--loglevel=error"], cwd=root, check=False)
        if result.returncode != 0:
            raise BuildError(
                f"`npm ci` failed (exit code {result.returncode}, its own words are above): "
                "check the network and run build.py again."
            )
        write_atomically(stamp, wanted)
