"""What a folder's record decides: what is skipped, what is made again, and what is left alone."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from pyselfie.cli import main
from pyselfie.cli.batch.record import NAME
from pyselfie.core.manifest import load_spec

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@pytest.fixture
def photo(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    (tmp_path / "album").mkdir()
    path = tmp_path / "album" / "photo.png"
    Image.fromarray(astronaut).resize((96, 64)).save(path)
    return path


def status(capsys: Any, photo: Path, *options: str) -> str:
    """Run the command into the folder "out"; return what became of the one file."""
    main([str(photo), "-o", f"{photo.parents[1] / 'out'}/", "--json", *options])
    (file,) = json.loads(capsys.readouterr().out)["files"]
    return str(file["status"])


def result_of(photo: Path) -> Path:
    return photo.parents[1] / "out" / photo.name


@pytest.mark.parametrize(
    "other",
    [
        ["--effect", "fill"],
        ["--strength", "0.9"],
        ["--mirror"],
        ["--model", "landscape"],
        ["--edges", "raw"],
        ["--mask"],
        ["--effect", "{fx}:one"],
        ["--effect", "picture", "--background", "{wall}"],
    ],
    ids=" ".join,
)
def test_other_options_are_no_reason_to_skip(other: list[str], photo: Path, tmp_path: Path, capsys: Any) -> None:
    """A result of another effect, or of other options, is made again; the same one is skipped."""
    (tmp_path / "fx.py").write_text("def one(frame, mask, time):\n    return frame\n")
    Image.new("RGB", (8, 8), "red").save(tmp_path / "wall.png")
    other = [option.format(fx=tmp_path / "fx.py", wall=tmp_path / "wall.png") for option in other]
    assert status(capsys, photo) == "done"
    before = result_of(photo).read_bytes()
    assert status(capsys, photo, *other) == "done"
    assert result_of(photo).read_bytes() != before
    assert status(capsys, photo, *other) == "skipped"
    assert status(capsys, photo) == "done"
    assert result_of(photo).read_bytes() == before


def test_smoothing_is_no_reason_to_do_a_photo_again(photo: Path, capsys: Any) -> None:
    """Only films are smoothed, and a JPEG is none; a PNG may be one."""
    jpeg = photo.with_suffix(".jpg")
    with Image.open(photo) as picture:
        picture.save(jpeg)
    for source, then in ((jpeg, "skipped"), (photo, "done")):
        assert [status(capsys, source), status(capsys, source, "--smoothing", "0.5")] == ["done", then]


def test_another_model_file_is_noticed(photo: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of a model does everything again for which it is needed; the effect that needs none stays."""
    assert [status(capsys, photo), status(capsys, photo)] == ["done", "skipped"]
    monkeypatch.setattr(
        "pyselfie.cli.effect_choice.load_spec", lambda *which: replace(load_spec(*which), sha256="another")
    )
    assert [status(capsys, photo), status(capsys, photo)] == ["done", "skipped"]
    assert status(capsys, photo, "--effect", "none") == "done"
    monkeypatch.undo()
    assert status(capsys, photo, "--effect", "none") == "skipped"


def test_changed_files_that_options_name_are_noticed(photo: Path, tmp_path: Path, capsys: Any) -> None:
    """An effect of one's own, and a background, count by their content."""
    effect, wall = tmp_path / "fx.py", tmp_path / "wall.png"
    effect.write_text("def one(frame, mask, time):\n    return frame\n")
    Image.new("RGB", (8, 8), "red").save(wall)
    own, picture = ["--effect", f"{effect}:one"], ["--effect", "picture", "--background", str(wall)]
    assert [status(capsys, photo, *own), status(capsys, photo, *own)] == ["done", "skipped"]
    effect.write_text("def one(frame, mask, time):\n    return 255 - frame\n")
    assert status(capsys, photo, *own) == "done"
    assert [status(capsys, photo, *picture), status(capsys, photo, *picture)] == ["done", "skipped"]
    Image.new("RGB", (8, 8), "blue").save(wall)
    assert status(capsys, photo, *picture) == "done"


def test_changed_input_is_done_again_even_if_it_is_older(
    photo: Path, astronaut: NDArray[np.uint8], capsys: Any
) -> None:
    """A picture that has been exchanged for an older one is noticed."""
    assert status(capsys, photo) == "done"
    Image.fromarray(astronaut).resize((50, 40)).save(photo)
    os.utime(photo, (1, 1))
    assert status(capsys, photo) == "done"
    with Image.open(result_of(photo)) as picture:
        assert picture.size == (50, 40)


def test_file_that_is_no_result_is_left_alone(photo: Path, capsys: Any) -> None:
    """A user's own file in the folder is kept, told with exit code 1, and replaced with `--overwrite` alone."""
    target = result_of(photo)
    target.parent.mkdir()
    target.write_text("mine")
    os.utime(target, (1, 1))
    command = [str(photo), "-o", f"{target.parent}/"]
    assert main(command) == 1
    sentence = f"{target} is there already, and {target.parent / NAME} does not list it: --overwrite replaces it"
    assert sentence in capsys.readouterr().err
    assert target.read_text() == "mine"
    assert main([*command, "--overwrite"]) == 0
    assert status(capsys, photo) == "skipped"


def test_result_that_the_user_has_changed_is_left_alone(photo: Path, capsys: Any) -> None:
    """A result retouched by hand is the user's: it is neither taken for the result nor replaced."""
    assert status(capsys, photo) == "done"
    result_of(photo).write_text("retouched")
    assert status(capsys, photo) == "failed"
    assert status(capsys, photo, "--effect", "fill") == "failed"
    assert result_of(photo).read_text() == "retouched"


def test_result_of_another_input_is_left_alone(photo: Path, tmp_path: Path, capsys: Any) -> None:
    """A picture of the same name from another folder does not replace the first one's result."""
    assert status(capsys, photo) == "done"
    before = result_of(photo).read_bytes()
    other = tmp_path / "summer" / "photo.png"
    other.parent.mkdir()
    Image.new("RGB", (8, 8)).save(other)
    assert main([str(other), "-o", f"{tmp_path / 'out'}/"]) == 1
    assert f"is the result of another input, {photo}: --overwrite replaces it" in capsys.readouterr().err
    assert result_of(photo).read_bytes() == before


def test_incomplete_result_is_tried_again(photo: Path, astronaut: NDArray[np.uint8], capsys: Any) -> None:
    """What could be read of a damaged animation is no reason to skip it the next time."""
    frames = [Image.fromarray(astronaut).resize((64, 64)).rotate(angle) for angle in (0, 5, 10)]
    frames[0].save(photo, save_all=True, append_images=frames[1:], duration=50)
    photo.write_bytes(photo.read_bytes()[:-3000])
    assert [status(capsys, photo), status(capsys, photo)] == ["incomplete", "incomplete"]


def test_damaged_record_is_read_as_far_as_it_goes(photo: Path, capsys: Any) -> None:
    """A line that a power cut has cut off, or a stranger's, does no harm."""
    assert status(capsys, photo) == "done"
    record = result_of(photo).with_name(NAME)
    odd = json.dumps(json.loads(record.read_text()) | {"result": ["photo"]})
    deep = "[" * 100_000
    record.write_text(f'{{"strange": 1}}\n[]\n{odd}\n{deep}\n' + record.read_text() + '{"result": "pho')
    assert status(capsys, photo) == "skipped"


def test_result_after_a_line_that_is_cut_off_is_known(photo: Path, capsys: Any) -> None:
    """What a power cut has left in the record takes no other line with it."""
    assert status(capsys, photo) == "done"
    record = result_of(photo).with_name(NAME)
    record.write_text(record.read_text()[:-20])
    result_of(photo).unlink()
    assert [status(capsys, photo), status(capsys, photo)] == ["done", "skipped"]


def test_record_that_cannot_be_written_is_told(photo: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is there, and the sentence says that it will be made again."""
    record = result_of(photo).with_name(NAME)
    record.parent.mkdir()
    monkeypatch.setattr("pyselfie.cli.batch.record._read", lambda _path: "")
    record.mkdir()
    assert main([str(photo), "-o", f"{record.parent}/"]) == 1
    error = capsys.readouterr().err
    assert f"{result_of(photo)} is written, but {record} cannot be, so it will be made again: it is a folder" in error
    assert "1 incomplete" in error
    assert result_of(photo).exists()


def test_record_that_cannot_be_read_is_told(photo: Path, capsys: Any) -> None:
    """Nothing is begun; exit code 2."""
    record = result_of(photo).with_name(NAME)
    record.mkdir(parents=True)
    assert main([str(photo), "-o", f"{record.parent}/"]) == 2
    assert f"{record} cannot be read: it is a folder" in capsys.readouterr().err
