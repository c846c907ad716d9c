"""pyselfie's own packages: wheel and sdist for pip, and the site's archive, which leaves the models out."""

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

PACKAGES = CACHE / "packages"
_EPOCH = "315532800"
"""1980-01-01, the first date that a zip can hold: the same sources give the same wheel."""


def ensure_packages() -> tuple[Path, Path]:
    """Build wheel and sdist, unless their sources are those of the last ones, and return their paths.

    Raises
    ------
    BuildError
        If the build backend fails.
    """
    names = ["pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE"]
    names += ["examples", "tests/reference", "tests/unit", "tests/sdist_conftest.py"]
    stamp = PACKAGES / ".stamp"
    wanted = fingerprint(Path(__file__), BUILD_LOCK, PYSRC, MODELS, *(ROOT / name for name in names))
    if not is_fresh(stamp, wanted) or len(_built()) != 2:
        with step("Building pyselfie's wheel and sdist"):
            _build()
            write_atomically(stamp, wanted)
    wheel, sdist = _built()
    return wheel, sdist


def _built() -> list[Path]:
    return [*PACKAGES.glob("*.whl"), *PACKAGES.glob("*.tar.gz")]


def _build() -> None:
    shutil.rmtree(PACKAGES, ignore_errors=True)
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="packages-") as folder:
        made = Path(folder) / "made"
        command = [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(made)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": _EPOCH}
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise BuildError(f"pyselfie's wheel and sdist could not be built:\n{result.stdout}{result.stderr}")
        made.rename(PACKAGES)


def site_archive(wheel: Path) -> bytes:
    """Return what the site ships of the wheel: stored, and without models, which are fetched one at a time.

    It is no wheel any more, and must not be called one: pip would install it, and the first call would find no model.
    """
    members = zips.unpack(wheel.read_bytes())
    kept = {name: data for name, data in members.items() if not name.endswith(".onnx")}
    record = next(name for name in kept if name.endswith(".dist-info/RECORD"))
    lines = kept[record].decode().splitlines(keepends=True)
    kept[record] = "".join(line for line in lines if line.split(",")[0] in kept).encode()
    return zips.pack(kept)
