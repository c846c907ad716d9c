"""The example notebook in Jupyter's own kernel, and the functions that show pictures in it."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from builder.paths import ROOT
from pyselfie.notebook import Shown, encode_png, load, show

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EXAMPLES = ROOT / "examples"


def pictures_of(notebook: Any) -> list[tuple[str, NDArray[np.uint8]]]:
    """Return the pictures that a notebook shows inline: their kind, and their pixels."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for kind, data in output.get("data", {}).items():
                if kind.startswith("image/"):
                    found.append((kind, np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))))
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_notebook_runs_and_shows_what_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell runs, and shows the pictures that the file in the repository holds."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    committed = nbformat.read(EXAMPLES / "selfie_segmentation.ipynb", as_version=4)
    executed = nbformat.from_dict(committed)
    resources = {"metadata": {"path": str(EXAMPLES)}}
    NotebookClient(executed, timeout=120, kernel_name="python3", resources=resources).execute()
    actual, expected = pictures_of(executed), pictures_of(committed)
    assert [kind for kind, _ in actual] == ["image/jpeg"] * 5 + ["image/png"]
    for (_, first), (_, second) in zip(actual, expected, strict=True):
        assert np.abs(first.astype(int) - second).mean() < 2


@pytest.mark.parametrize("channels", [3, 4])
def test_png_holds_the_pixels(channels: int, astronaut: NDArray[np.uint8]) -> None:
    """The small PNG writer is right to the last bit, for single pixels too."""
    rgba = np.dstack([astronaut, astronaut[..., 0]])[:, 3:300, :channels]
    for picture in (rgba, rgba[:1, :1]):
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encode_png(picture)))), picture)


def test_masks_and_pictures_are_shown_side_by_side(astronaut: NDArray[np.uint8]) -> None:
    """A mask becomes grey, alpha is kept for all when one has it, and heights that differ are refused."""
    mask = np.full((512, 10), 0.5, np.float32)
    np.testing.assert_array_equal(show(astronaut, mask).picture[0, -1], [128, 128, 128])
    cut = np.dstack([astronaut, astronaut[..., 0]])
    assert show(cut, astronaut).picture.shape == (512, 1024, 4)
    assert list(show(cut)._repr_mimebundle_()) == ["image/png"]
    with pytest.raises(ValueError, match="have to have one height, got 512x512, 512x100"):
        show(astronaut, astronaut[:100])


def test_without_pillow_pictures_are_png(astronaut: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser's Python may have no Pillow: pictures are shown all the same."""
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    assert list(Shown(astronaut)._repr_mimebundle_(include=None, exclude=None)) == ["image/png"]


def test_picture_that_cannot_be_loaded_is_one_sentence(tmp_path: Path) -> None:
    """No picture is a ValueError, no file a FileNotFoundError."""
    (tmp_path / "letter.jpg").write_text("Dear Sir")
    with pytest.raises(ValueError, match=r"letter\.jpg is no picture that can be read"):
        asyncio.run(load(tmp_path / "letter.jpg"))
    with pytest.raises(FileNotFoundError):
        asyncio.run(load(tmp_path / "gone.jpg"))


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (np.full((4, 4), np.nan, np.float32), "the mask has to be in 0..1, got values from nan"),
        (np.full((4, 4), 255, np.uint8), r"the mask has to be a floating point array .* got uint8"),
        (np.zeros((4, 4, 3), np.float32), r"the picture has to be uint8, RGB in 0..255, got float32: of a picture in"),
        (np.zeros((4, 4, 4), np.float32), "the picture has to be uint8"),
        (np.zeros((4, 4, 2), np.uint8), "the picture has to be RGB of shape"),
        ([[1, 2]], "the picture has to be a NumPy array"),
    ],
)
def test_what_is_no_picture_is_one_sentence(picture: Any, sentence: str) -> None:
    """Nothing is shown wrongly, and NumPy warns of nothing."""
    with pytest.raises((TypeError, ValueError), match=sentence):
        show(picture)
