"""The photo that the tests use: the astronaut of scikit-image's own test pictures; web/samples/ has it as a JPEG."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from builder.errors import BuildError
from builder.stamps import expect_sha256

SHA256 = "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"


def astronaut_png() -> Path:
    """Path of the photo in the pinned scikit-image (NASA, public domain; 512x512).

    Raises
    ------
    BuildError
        If it is another picture than the pinned one.
    """
    located = metadata.distribution("scikit-image").locate_file("skimage/data/astronaut.png")
    path = Path(str(located))
    if not path.exists():
        raise BuildError(f"{path} is missing: delete .venv/ and run build.py again.")
    expect_sha256(path.name, path, SHA256, "delete .venv/ and run build.py again.")
    return path
