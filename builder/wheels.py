"""pyselfie's own wheels: the whole one for pip, and the site's, which leaves the models out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from builder import zips
from builder.errors import BuildError
from builder.paths import BUILD_LOCK, CACHE, MODELS, PYSRC, ROOT
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically

WHEELS = CACHE / "wheels"
_EPOCH = "315532800"
"""1980-01-01, the first date that a zip can hold: the same sources give the same wheel."""


def ensure_wheel() -> Path:
    """Build the wheel, unless its sources are those of the last one, and return its path.

    Raises
    ------
    BuildError
        If the build backend fails.
    """
    documents = [ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE")]
    stamp, wanted = WHEELS / ".stamp", fingerprint(BUILD_LOCK, PYSRC, MODELS, *documents)
    present = sorted(WHEELS.glob("*.whl"))
    if is_fresh(stamp, wanted) and len(present) == 1:
        return present[0]
    with step("Building pyselfie's wheel"):
        wheel = _build()
        write_atomically(stamp, wanted)
    return wheel


def _build() -> Path:
    shutil.rmtree(WHEELS, ignore_errors=True)
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="wheel-") as folder:
        command = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": _EPOCH}
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise BuildError(f"pyselfie's wheel could not be built:\n{result.stdout}{result.stderr}")
        made = next(Path(folder).glob("*.whl"))
        WHEELS.mkdir(parents=True)
        return made.replace(WHEELS / made.name)


def site_wheel(wheel: Path) -> bytes:
    """Return the wheel that the site ships: stored, and without models, which are fetched one at a time."""
    members = zips.unpack(wheel.read_bytes())
    kept = {name: data for name, data in members.items() if not name.endswith(".onnx")}
    record = next(name for name in kept if name.endswith(".dist-info/RECORD"))
    lines = kept[record].decode().splitlines(keepends=True)
    kept[record] = "".join(line for line in lines if line.split(",")[0] in kept).encode()
    return zips.pack(kept)
