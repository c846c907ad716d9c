"""The npm side: exactly what package-lock.json says; npm checks each package against the lock's hash."""

from __future__ import annotations

import shutil
import subprocess

from builder.errors import BuildError
from builder.paths import NODE_MODULES, ROOT
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically


def ensure_node_modules() -> None:
    """Run ``npm ci`` unless node_modules/ already holds what the lock names.

    Raises
    ------
    BuildError
        If npm fails; a package with a wrong hash is one way.
    """
    stamp = NODE_MODULES / ".pyselfie-stamp"
    wanted = fingerprint(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
    if is_fresh(stamp, wanted):
        return
    with step("Fetching the npm packages of package-lock.json"):
        npm = shutil.which("npm") or "npm"
        result = subprocess.run([npm, "ci", "--no-progress", "--loglevel=error"], cwd=ROOT, check=False)
        if result.returncode != 0:
            raise BuildError(
                f"`npm ci` failed (exit code {result.returncode}, its own words are above): "
                "check the network and run build.py again."
            )
        write_atomically(stamp, wanted)
