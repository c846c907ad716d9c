"""Our own packages for pip: pyselfie, and the model that an extra brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from builder.errors import BuildError
from builder.model_files import read_manifest
from builder.paths import BUILD_LOCK, CACHE, MODELS, MULTICLASS, PYSRC, ROOT
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically

PACKAGES = CACHE / "packages"
_EPOCH = "315532800"
"""1980-01-01, the first date that a zip can hold: the same sources give the same wheel."""


class Packages(NamedTuple):
    """What pip installs."""

    wheel: Path
    """pyselfie's own."""
    files: tuple[Path, ...]
    """Wheel and sdist of pyselfie and of pyselfie-multiclass."""


def ensure_packages() -> Packages:
    """Build all wheels and sdists, unless their sources are those of the last ones.

    Raises
    ------
    BuildError
        If the build backend fails.
    """
    names = ["pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE"]
    names += [
        "builder/documents/long_description.py",
        "examples",
        "tests/reference",
        "tests/unit",
        "tests/sdist_conftest.py",
    ]
    stamp = PACKAGES / ".stamp"
    wanted = fingerprint(Path(__file__), BUILD_LOCK, PYSRC, MODELS, MULTICLASS, *(ROOT / name for name in names))
    if not is_fresh(stamp, wanted) or len(_built()) != 4:
        with step("Building the wheels and sdists"):
            _build()
            write_atomically(stamp, wanted)
    [wheel] = PACKAGES.glob("pyselfie-*.whl")
    return Packages(wheel, _built())


def _built() -> tuple[Path, ...]:
    return (*sorted(PACKAGES.glob("*.whl")), *sorted(PACKAGES.glob("*.tar.gz")))


def _build() -> None:
    shutil.rmtree(PACKAGES, ignore_errors=True)
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="packages-") as folder:
        made = Path(folder) / "made"
        for project in (ROOT, _multiclass_project(Path(folder) / "multiclass")):
            command = [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(made)]
            environment = {**os.environ, "SOURCE_DATE_EPOCH": _EPOCH}
            result = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                raise BuildError(f"the wheels and sdists could not be built:\n{result.stdout}{result.stderr}")
        made.rename(PACKAGES)


def _multiclass_project(folder: Path) -> Path:
    """Put the model beside its package's source, so that the sdist has it, too."""
    shutil.copytree(MULTICLASS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, source in {"LICENSE": ROOT / "LICENSE", "NOTICE": MODELS / "NOTICE"}.items():
        shutil.copyfile(source, folder / name)
    for model in {entry["file"] for entry in read_manifest() if entry["name"] == "multiclass"}:
        shutil.copyfile(MODELS / model, folder / "pyselfie_multiclass" / model)
    return folder
