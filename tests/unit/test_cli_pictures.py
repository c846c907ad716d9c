"""Pictures on the command line: what goes in comes out whole, upright and in its colours."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from pyselfie import SelfieSegmentation, effects
from pyselfie.cli import main
from pyselfie.cli.pictures import read_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def photo(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(astronaut).save(path)
    return path


def load(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize(
    ("options", "function"),
    [
        (["--effect", "blur", "--strength", "0.9"], lambda rgb, mask: effects.blur(rgb, mask, 0.9)),
        (["--effect", "transparent"], effects.cut_out),
        (["--effect", "fill", "--color", "#102030"], lambda rgb, mask: effects.fill(rgb, mask, "#102030")),
        (["--effect", "color", "--color", "#102030"], lambda rgb, m: effects.replace_background(rgb, m, "#102030")),
        (["--mask"], lambda rgb, mask: effects.mask_overlay(rgb, mask)[..., 0]),
    ],
    ids=["blur", "transparent", "fill", "color", "mask"],
)
def test_file_holds_the_functions_pixels(
    options: list[str], function: Any, photo: Path, astronaut: NDArray[np.uint8], tmp_path: Path
) -> None:
    """The command writes what the function of the same name returns; a mask is a grey picture."""
    assert main([str(photo), "-o", str(tmp_path / "out.png"), "-q", *options]) == 0
    with SelfieSegmentation() as segmenter:
        expected = function(astronaut, segmenter.process(astronaut).segmentation_mask)
    np.testing.assert_array_equal(load(tmp_path / "out.png"), expected)


def test_background_picture_and_mirror(photo: Path, astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """`--background` covers what is behind; `--mirror` turns the person."""
    Image.new("RGB", (30, 10), "#336699").save(tmp_path / "wall.png")
    command = [str(photo), "-e", "picture", "--background", str(tmp_path / "wall.png"), "-q", "--model", "landscape"]
    assert main([*command, "-o", str(tmp_path / "plain.png")]) == 0
    assert main([*command, "-o", str(tmp_path / "mirrored.png"), "--mirror"]) == 0
    plain, mirrored = load(tmp_path / "plain.png"), load(tmp_path / "mirrored.png")
    np.testing.assert_array_equal(plain[5, 500], [0x33, 0x66, 0x99])
    assert np.abs(mirrored[100, ::-1].astype(int) - plain[100]).max() <= 1
    assert np.abs(plain[100, 230].astype(int) - astronaut[100, 230]).max() <= 2


def test_photo_is_turned_upright(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """The orientation that a camera notes in EXIF is applied."""
    exif = Image.Exif()
    exif[0x0112] = 6  # shown a quarter turn clockwise
    Image.fromarray(np.rot90(astronaut).copy()).save(tmp_path / "phone.png", exif=exif)
    np.testing.assert_array_equal(read_picture(tmp_path / "phone.png").rgb, astronaut)


def test_colour_profile_is_kept(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Numbers that are meant in another colour space stay marked with it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    Image.fromarray(astronaut).save(tmp_path / "wide.jpg", icc_profile=profile)
    assert main([str(tmp_path / "wide.jpg"), "-o", str(tmp_path / "out.jpg"), "-q"]) == 0
    with Image.open(tmp_path / "out.jpg") as picture:
        assert picture.info["icc_profile"] == profile


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "I;16", "1"])
def test_every_kind_of_picture_becomes_rgb(mode: str, astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Grey, palette, alpha, print colours and 16 bits: brightness stays, and what was transparent is white."""
    rgb = Image.fromarray(astronaut)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(rgb.convert("L")).astype(np.uint16) * 257)
    else:
        picture = rgb.convert(mode)
    if mode in {"RGBA", "LA"}:
        picture.putalpha(Image.new("L", picture.size, 0))
    path = tmp_path / ("in.tif" if mode == "CMYK" else "in.png")
    picture.save(path)
    result = read_picture(path).rgb
    expected = np.full((512, 512), 255) if mode in {"RGBA", "LA"} else np.asarray(rgb.convert("L"))
    assert (result.shape, result.dtype) == ((512, 512, 3), np.uint8)
    assert abs(np.asarray(Image.fromarray(result).convert("L")).mean() - expected.mean()) < 3


def damaged(kind: str, astronaut: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(astronaut).save(buffer, "JPEG" if kind == "cut.jpg" else "PNG")
    whole = buffer.getvalue()
    return {"cut.jpg": whole[: len(whole) // 2], "cut.png": whole[: len(whole) // 2], "empty.png": b""}.get(
        kind, b"this is a letter"
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cut.jpg", r"cut\.jpg cannot be read: the file is damaged"),
        ("cut.png", r"cut\.png cannot be read: the file is damaged"),
        ("empty.png", r"empty\.png is no picture that can be read"),
        ("letter.png", r"letter\.png is no picture that can be read"),
        ("letter.txt", r"letter\.txt is neither a picture \(.*\.jpg.*\) nor a video \(.*\.mp4.*\) by its name"),
    ],
)
def test_bad_picture_is_one_line_and_the_rest_goes_on(
    name: str, sentence: str, photo: Path, astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any
) -> None:
    """A file that cannot be read is told; the good one beside it is done; the exit code is 1."""
    (tmp_path / name).write_bytes(damaged(name, astronaut))
    output = tmp_path / "out"
    assert main([str(tmp_path / name), str(photo), "-o", f"{output}/", "--effect", "mask"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert re.search(sentence, lines[0])
    assert lines[1].startswith("pyselfie: 1 done, 1 failed in")
    assert [file.name for file in output.iterdir()] == ["photo.png"]


def test_transparency_needs_a_format_that_has_it(photo: Path, tmp_path: Path, capsys: Any) -> None:
    """JPEG has no alpha: one sentence with what has."""
    assert main([str(photo), "-o", str(tmp_path / "out.jpg"), "--effect", "transparent"]) == 1
    assert "out.jpg cannot hold transparency: use .png or .tif or .tiff or .webp" in capsys.readouterr().err
    assert not (tmp_path / "out.jpg").exists()
