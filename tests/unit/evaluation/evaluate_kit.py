"""Pictures, their truth and masks for `pyselfie evaluate`, and ways to run it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pyselfie.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (96, 64)


def person(width: int, level: int = 255) -> NDArray[np.uint8]:
    """Return a mask with somebody in the first columns."""
    mask = np.zeros(SIZE[::-1], np.uint8)
    mask[:, :width] = level
    return mask


def save(path: Path, pixels: NDArray[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def album(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Return a folder with pictures/, their truth/, and masks/ that are good, fair and bad."""
    small = np.asarray(Image.fromarray(astronaut).resize(SIZE))
    for name, width in (("good", 48), ("fair", 40), ("bad", 12)):
        save(tmp_path / "pictures" / f"{name}.jpg", small)
        save(tmp_path / "truth" / f"{name}.png", person(48))
        save(tmp_path / "masks" / f"{name}.png", person(width))
    return tmp_path


def evaluate(*arguments: Any) -> int:
    return main(["evaluate", *map(str, arguments), "--quiet"])


def found(capsys: Any, *arguments: Any) -> tuple[int, dict[str, Any], str]:
    """Return the exit code, what is printed as JSON, and the sentences about what went wrong."""
    code = evaluate(*arguments, "--json")
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err
