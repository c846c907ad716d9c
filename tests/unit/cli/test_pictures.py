"""Pictures on the command line: what goes in comes out whole, upright and in its colours."""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageSequence
from PIL.TiffImagePlugin import TiffImageFile

from pyselfie import Segmenter, effects
from pyselfie.cli import main
from pyselfie.cli.errors import FileError
from pyselfie.cli.picture_file import read_picture

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
    with Segmenter() as segmenter:
        expected = function(astronaut, segmenter.segment(astronaut))
    np.testing.assert_array_equal(load(tmp_path / "out.png"), expected)


@pytest.mark.parametrize("edges", ["refined", "raw"])
def test_masks_of_a_folder_are_each_pictures_own(edges: str, astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """However alike they are, pictures of a folder are no film; `--edges raw` writes the network's own masks."""
    album = tmp_path / "album"
    album.mkdir()
    noise = np.random.default_rng(7).normal(0, 6, (3, *astronaut.shape))
    pictures = dict(zip(("a.png", "b.png", "c.png"), (astronaut + noise).clip(0, 255).astype(np.uint8), strict=True))
    for name, picture in pictures.items():
        Image.fromarray(picture).save(album / name)
    assert main([str(album), "-o", str(tmp_path / "out"), "-q", "--mask", "--edges", edges]) == 0
    for name, picture in pictures.items():
        with Segmenter(edges=edges) as segmenter:
            expected = effects.mask_overlay(picture, segmenter.segment(picture))[..., 0]
        np.testing.assert_array_equal(load(tmp_path / "out" / name), expected)


def test_effect_none_runs_no_model(
    photo: Path, astronaut: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture as it is needs no mask."""
    monkeypatch.setattr(Segmenter, "segment", None)
    assert main([str(photo), "-o", str(tmp_path / "out.png"), "-q", "--effect", "none"]) == 0
    np.testing.assert_array_equal(load(tmp_path / "out.png"), astronaut)


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
    np.testing.assert_array_equal(read_picture(tmp_path / "phone.png").pixels, astronaut)


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
    result = read_picture(path).pixels
    expected = np.full((512, 512), 255) if mode in {"RGBA", "LA"} else np.asarray(rgb.convert("L"))
    assert (result.shape, result.dtype) == ((512, 512, 3), np.uint8)
    assert abs(np.asarray(Image.fromarray(result).convert("L")).mean() - expected.mean()) < 3


@pytest.mark.parametrize(
    "effect", [["--mask"], *(["--effect", name] for name in ("blur", "picture", "transparent"))], ids=str
)
def test_pictures_without_people_of_any_size(effect: list[str], tmp_path: Path) -> None:
    """One colour, black, a single pixel, 12,000 in a row: nobody is in them, and the results have their sizes."""
    sizes = {"green": (30, 40), "black": (30, 40), "dot": (1, 1), "row": (2, 12_000)}
    for name, size in sizes.items():
        colour = (0, 0, 0) if name == "black" else (40, 200, 80)
        Image.fromarray(np.full((*size, 3), colour, np.uint8)).save(tmp_path / f"{name}.png")
    files = [str(tmp_path / f"{name}.png") for name in sizes]
    wall = ["--background", files[1]] if "picture" in effect else []
    assert main([*files, "-o", str(tmp_path / "out"), "-q", *effect, *wall]) == 0
    for name, (height, width) in sizes.items():
        result = load(tmp_path / "out" / f"{name}.png")
        assert result.shape[:2] == (height, width)
        if effect == ["--mask"] or "transparent" in effect:
            assert result[..., -1].max() <= 3


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
    assert [file.name for file in output.glob("[!.]*")] == ["photo.png"]


def test_damage_that_a_picture_survives_is_not_told_by_pillow(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Pillow warns of a tag that is larger than its file, and reads the picture; so does this, without its words."""
    path = tmp_path / "in.tif"
    Image.fromarray(astronaut[:9, :9]).save(path, tiffinfo={270: "said"})
    data = bytearray(path.read_bytes())
    place = data.index(struct.pack("<HHI", 270, 2, 5))
    data[place : place + 8] = struct.pack("<HHI", 270, 2, 2**30)
    path.write_bytes(data)
    assert np.array_equal(read_picture(path).pixels, astronaut[:9, :9])


def test_picture_that_pillow_stumbles_over_is_damaged(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Of a TIFF page without dimensions Pillow raises a TypeError: it is one sentence like other damage."""
    path = tmp_path / "in.tif"
    pages = [Image.fromarray(astronaut[:9, :9])] * 2
    pages[0].save(path, save_all=True, append_images=pages[1:])
    data = bytearray(path.read_bytes())
    width = struct.pack("<HHII", 256, 4, 1, 9)
    second = data.rindex(width)
    assert second > data.index(width)
    data[second : second + 2] = struct.pack("<H", 255)
    path.write_bytes(data)
    with pytest.raises(FileError, match=r"in\.tif cannot be read: the file is damaged"):
        read_picture(path)


def test_transparency_needs_a_format_that_has_it(photo: Path, tmp_path: Path, capsys: Any) -> None:
    """JPEG has no alpha: one sentence with what has."""
    assert main([str(photo), "-o", str(tmp_path / "out.jpg"), "--effect", "transparent"]) == 1
    assert "out.jpg cannot hold transparency: use .png or .tif or .tiff or .webp" in capsys.readouterr().err
    assert not (tmp_path / "out.jpg").exists()


DURATIONS = [40, 120, 80]


def moving(astronaut: NDArray[np.uint8]) -> list[Image.Image]:
    photo = Image.fromarray(astronaut).resize((96, 96))
    return [photo, photo.rotate(3), photo.rotate(6)]


def write_animation(path: Path, frames: list[Image.Image], loop: int = 0) -> Path:
    options: dict[str, Any] = {"lossless": True} if path.suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=DURATIONS, loop=loop, **options)
    return path


def frames_of(path: Path) -> tuple[list[float], int, list[NDArray[np.uint8]]]:
    with Image.open(path) as opened:
        durations, frames = [], []
        for frame in ImageSequence.Iterator(opened):
            frames.append(np.asarray(frame.convert("RGBA" if frame.has_transparency_data else "RGB")))
            durations.append(opened.info.get("duration", 0))
        return durations, opened.info.get("loop", -1), frames


@pytest.mark.parametrize("target", ["out.png", "out.webp"])
@pytest.mark.parametrize("source", ["in.png", "in.webp"])
def test_animation_stays_one(source: str, target: str, astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Every frame of an animated WebP or PNG is processed as a film's; how long each is shown and how often stays."""
    frames = moving(astronaut)
    write_animation(tmp_path / source, frames, loop=3)
    assert main([str(tmp_path / source), "-o", str(tmp_path / target), "-q", "--effect", "fill"]) == 0
    durations, loop, shown = frames_of(tmp_path / target)
    assert (durations, loop, len(shown)) == (DURATIONS, 3, 3)
    with Segmenter(smoothing=0.85) as segmenter:
        for frame, actual in zip(frames, shown, strict=True):
            rgb = np.asarray(frame)
            expected = effects.fill(rgb, segmenter.segment(rgb))
            assert np.abs(actual[..., :3].astype(int) - expected).mean() < (1e-9 if target == "out.png" else 6)


def test_animation_may_be_transparent(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """A frame's cut-out shows nothing of the frame before it."""
    source = write_animation(tmp_path / "in.webp", moving(astronaut))
    assert main([str(source), "-o", str(tmp_path / "out.png"), "-q", "--effect", "transparent"]) == 0
    with Segmenter(smoothing=0.85) as segmenter:
        for frame, actual in zip(moving(astronaut), frames_of(tmp_path / "out.png")[2], strict=True):
            rgb = np.asarray(frame)
            expected = effects.cut_out(rgb, segmenter.segment(rgb))
            np.testing.assert_array_equal(actual, expected)


def test_own_effect_gets_an_animations_time(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """The time of a frame is how long those before it are shown."""
    source = write_animation(tmp_path / "in.png", moving(astronaut))
    effect = tmp_path / "clock.py"
    effect.write_text("def clock(frame, mask, time):\n    frame[:] = round(time * 1000)\n    return frame\n")
    assert main([str(source), "-o", str(tmp_path / "out.png"), "-q", "--effect", f"{effect}:clock"]) == 0
    assert [frame[0, 0, 0] for frame in frames_of(tmp_path / "out.png")[2]] == [0, 40, 160]


def test_every_page_is_kept(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """The pages of a TIFF may differ in size; a page that is a smaller copy of another is no page of its own."""
    photo = Image.fromarray(astronaut)
    pages = [photo.resize((80, 60)), photo.resize((20, 15)), photo.resize((50, 70))]
    pages[1].encoderinfo = {"tiffinfo": {254: 1}}
    pages[0].save(tmp_path / "in.tif", save_all=True, append_images=pages[1:])
    with Image.open(tmp_path / "in.tif") as opened:
        opened.seek(1)
        assert isinstance(opened, TiffImageFile)
        assert opened.tag_v2[254] == 1
    assert main([str(tmp_path / "in.tif"), "-o", f"{tmp_path / 'out'}/", "-q", "--mask"]) == 0
    assert [page.shape for page in frames_of(tmp_path / "out" / "in.tif")[2]] == [(60, 80, 3), (70, 50, 3)]


@pytest.mark.parametrize(
    ("source", "target", "formats"),
    [("in.webp", "out.jpg", ".png or .webp"), ("in.png", "out.tif", ".png or .webp"), ("in.tif", "out.png", ".tif or")],
)
def test_format_that_holds_one_picture_is_told(
    source: str, target: str, formats: str, astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any
) -> None:
    """The first is written, and a sentence with exit code 1 says that there are more, and which format holds them."""
    if source == "in.tif":
        frames = moving(astronaut)
        frames[0].save(tmp_path / source, save_all=True, append_images=frames[1:])
    else:
        write_animation(tmp_path / source, moving(astronaut))
    assert main([str(tmp_path / source), "-o", str(tmp_path / target)]) == 1
    error = capsys.readouterr().err
    assert f"{source} has 3 pictures, of which {tmp_path / target} holds the first: for all of them" in error
    assert f"it has to end in {formats}" in error
    assert "1 incomplete" in error
    assert len(frames_of(tmp_path / target)[2]) == 1


def test_animation_that_is_cut_off_is_told(astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any) -> None:
    """Of a damaged animation the frames that can be read are written; exit code 1."""
    data = write_animation(tmp_path / "in.png", moving(astronaut)).read_bytes()
    (tmp_path / "in.png").write_bytes(data[: len(data) * 5 // 6])
    assert main([str(tmp_path / "in.png"), "-o", str(tmp_path / "out.png"), "--effect", "fill"]) == 1
    assert "in.png is damaged: only 2 of 3 pictures could be read; they are written" in capsys.readouterr().err
    assert len(frames_of(tmp_path / "out.png")[2]) == 2


def test_second_picture_of_a_jpeg_is_none_of_ours(astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any) -> None:
    """A phone's JPEG with a preview or a depth map in it (MPO) is one picture."""
    photo = Image.fromarray(astronaut).resize((64, 64))
    photo.save(tmp_path / "in.jpg", "MPO", save_all=True, append_images=[photo.resize((32, 32))])
    assert main([str(tmp_path / "in.jpg"), "-o", str(tmp_path / "out.jpg")]) == 0
    assert "1 done" in capsys.readouterr().err
