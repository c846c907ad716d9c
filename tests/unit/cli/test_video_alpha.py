"""Transparent videos on the command line: what a player shows of them on any background."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie import Segmenter, effects
from pyselfie.cli import main
from tests.unit.film import pictures, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PERSON, WALL = np.array([90, 60, 40]), np.array([230, 235, 240])
EDGE = slice(125, 132)
MASK = np.tile(np.clip((np.arange(256, dtype=np.float32) - 125) / 6, 0, 1), (96, 1))


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a film of a person of one colour before a bright wall, for whom MASK will be found."""
    frame = np.rint(MASK[..., None] * PERSON + (1 - MASK[..., None]) * WALL).astype(np.uint8)
    monkeypatch.setattr(Segmenter, "segment", lambda *_: MASK.copy())
    return write_film(tmp_path / "talk.mkv", [frame] * 3, sound=None, pix_fmt="yuv444p")


DECODERS = {".webm": "libvpx-vp9", ".mov": "prores"}


def cut_out(film: Path, suffix: str, *options: str) -> NDArray[np.uint8]:
    """Return the last picture of the film's transparent video, straight RGBA."""
    target = film.with_suffix(suffix)
    assert main([str(film), "-o", str(target), "--effect", "transparent", "--quiet", "--overwrite", *options]) == 0
    return pictures(target, codec=DECODERS[suffix])[1][-1]


def off(rgba: NDArray[np.uint8], behind: NDArray[np.int_]) -> float:
    """Return by how much the edge, put on a colour, is not the person in front of it."""
    share = rgba[..., 3:] / 255
    truth = MASK[..., None] * PERSON + (1 - MASK[..., None]) * behind
    return float(np.abs(share * rgba[..., :3] + (1 - share) * behind - truth)[:, EDGE].mean())


@pytest.mark.parametrize("suffix", list(DECODERS))
@pytest.mark.parametrize("behind", [(0, 0, 0), (255, 255, 255), (0, 255, 0)], ids=["black", "white", "green"])
def test_transparent_video_shows_no_rim(film: Path, suffix: str, behind: tuple[int, int, int]) -> None:
    """Decoded and put on any colour, the edge has less than half of the wall in it that it has as filmed."""
    clean, plain = cut_out(film, suffix), cut_out(film, suffix, "--no-decontaminate")
    assert 2 * off(clean, np.array(behind)) < off(plain, np.array(behind))
    seen = clean[..., 3] > 25
    assert np.abs(clean[..., :3] - PERSON)[seen].max() < 0.5 * np.abs(plain[..., :3] - PERSON)[seen].max()


def test_prores_has_the_numbers_of_the_functions_on_arrays(film: Path) -> None:
    """Decoded again, alpha is what `effects.cut_out` gives to one level, and so are the colours where they show."""
    decoded = cut_out(film, ".mov")
    frame = pictures(film)[1][-1]
    expected = effects.cut_out(frame, MASK)
    assert np.abs(decoded[..., 3].astype(int) - expected[..., 3]).max() <= 1
    seen = expected[..., 3] > 25
    assert np.abs(decoded[..., :3].astype(int) - expected[..., :3])[seen].max() <= 4
