"""What files `pyselfie evaluate` reads and writes: alpha, labels, odd names, videos left out, and inputs kept."""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pyselfie.cli import main
from tests.unit.evaluation.evaluate_kit import SIZE, found, person, save
from tests.unit.film import write_film

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Return a picture of one colour."""
    return save(tmp_path / "photo.png", np.full((*SIZE[::-1], 3), 90, np.uint8))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_opaque_alpha_says_nothing(mode: str, photo: Path, capsys: Any) -> None:
    """A grey mask that a program wrote with a full alpha counts by its grey, as truth and as mask."""
    grey = Image.fromarray(person(48)).convert(mode)
    grey.save(photo.parent / "truth.png")
    code, result, _ = found(
        capsys, photo, photo.parent / "truth.png", "--masks", save(photo.parent / "m.png", person(24))
    )
    assert (code, result["mean"]["iou"]) == (0, 0.5)
    code, result, _ = found(
        capsys, photo, save(photo.parent / "t.png", person(24)), "--masks", photo.parent / "truth.png"
    )
    assert (code, result["mean"]["iou"]) == (0, 0.5)


@pytest.mark.parametrize("kind", ["0/1", "palette", "16 bits"])
def test_labels_are_no_truth(kind: str, photo: Path, capsys: Any) -> None:
    """Labels, and 16 bits with levels of 8, would read as nobody: a sentence instead of a score."""
    truth = photo.parent / "truth.png"
    picture = Image.fromarray(person(48, 1))
    if kind == "palette":
        picture = picture.convert("P")
        picture.putpalette([0, 0, 0, 192, 128, 128])  # its grey is 147
    if kind == "16 bits":
        picture = Image.fromarray(person(48).astype(np.uint16))
    picture.save(truth)
    mask = save(photo.parent / "mask.png", person(48))
    code, result, _ = found(capsys, photo, truth, "--masks", mask)
    assert (code, result["frames"], result["rows"]) == (1, 0, [])
    expected = {
        "palette": f"{truth} has labels, by its palette of colours, and no levels of grey",
    }.get(kind, f"{truth} has no level above 1, so it may have labels: a truth is white (255) where the person is")
    assert result["problems"] == [expected]


def test_palette_of_greys_has_levels(photo: Path, capsys: Any) -> None:
    """Small files of black and white are often written so."""
    Image.fromarray(person(48)).convert("P").save(photo.parent / "truth.png")
    code, result, _ = found(capsys, photo, photo.parent / "truth.png", "--masks", photo.parent / "truth.png")
    assert (code, result["mean"]["iou"]) == (0, 1)


@pytest.mark.parametrize("more", [(), ("--clip",)])
def test_masks_of_labels_are_told(more: tuple[str, ...], photo: Path, capsys: Any) -> None:
    """Where no mask says that anybody is there and a truth does; a faint mask of a picture with nobody is none."""
    folder = photo.parent
    for name, truth, mask in (("a", person(48), person(48, 1)), ("b", person(9), person(9, 1))):
        save(folder / "pictures" / f"{name}.png", np.dstack([truth] * 3))
        save(folder / "truth" / f"{name}.png", truth)
        save(folder / "labels" / f"{name}.png", mask)
        save(folder / "nobody" / f"{name}.png", person(0))
    code, result, _ = found(capsys, folder / "pictures", folder / "truth", "--masks", folder / "labels", *more)
    sentence = (
        f"{folder / 'labels'} has no level above 1, so it may have labels: a mask is white (255) where the person"
    )
    assert (code, result["problems"]) == (1, [f"{sentence} is"])
    code, result, _ = found(capsys, folder / "pictures", folder / "nobody", "--masks", folder / "labels", *more)
    assert (code, result["problems"]) == (0, [])


def test_clip_with_labels_for_truth_is_told(photo: Path, capsys: Any) -> None:
    """Of a clip all frames are looked at, as a person may only just enter one."""
    for name in ("a", "b"):
        save(photo.parent / "frames" / f"{name}.png", np.dstack([person(9)] * 3))
        save(photo.parent / "truth" / f"{name}.png", person(9, 1))
    frames, truth = photo.parent / "frames", photo.parent / "truth"
    code, result, _ = found(capsys, frames, truth, "--clip", "--masks", frames)
    sentence = f"{truth} has no level above 1, so it may have labels: a truth is white (255) where the person is"
    assert (code, result["problems"]) == (1, [sentence])


@pytest.mark.parametrize(
    ("flag", "name", "sentence"),
    [
        ("--csv", "truth/b.csv", "--csv {}/truth/b.csv lies in the folder {}/truth, which is read: name another file"),
        ("--contact-sheet", "pics/photo.png", "--contact-sheet {}/pics/photo.png lies in the folder {}/pics, which is"),
        ("--contact-sheet", "link/deep/b.png", "--contact-sheet {}/link/deep/b.png lies in the folder {}/pics, which"),
    ],
)
def test_inputs_are_not_written_over(flag: str, name: str, sentence: str, photo: Path, capsys: Any) -> None:
    """Before anything is measured, by links, too: the photo is what it was."""
    folder = photo.parent
    for place in ("pics", "truth"):
        save(folder / place / "photo.png", np.dstack([person(48)] * 3))
    (folder / "link").symlink_to(folder / "pics")
    before = (folder / "pics" / "photo.png").read_bytes()
    with pytest.raises(SystemExit) as end:
        main(["evaluate", f"{folder}/pics", f"{folder}/truth", flag, f"{folder}/{name}"])
    assert end.value.code == 2
    assert sentence.format(folder, folder) in " ".join(capsys.readouterr().err.split())
    assert (folder / "pics" / "photo.png").read_bytes() == before


def test_name_that_is_no_text_is_written(tmp_path: Path, capsys: Any) -> None:
    """A file's name may have any bytes: CSV has the same ones, the sheet and the table show what they can."""
    name = os.fsdecode(b"f\xe9te")
    for place in ("pictures", "truth"):
        save(tmp_path / place / f"{name}.png", np.dstack([person(48)] * 3))
    pictures, truth = tmp_path / "pictures", tmp_path / "truth"
    table, sheet = tmp_path / "table.csv", tmp_path / "sheet.png"
    more = ("--masks", truth, "--csv", table, "--contact-sheet", sheet, "--quiet")
    assert main(["evaluate", *map(str, (pictures, truth, *more))]) == 0
    assert "f\\udce9te" in capsys.readouterr().out
    assert sheet.exists()
    with table.open(newline="", errors="surrogateescape") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [name]


@pytest.mark.parametrize("more", [(), ("--clip",)])
def test_fault_in_one_picture_does_not_end_the_others(
    more: tuple[str, ...], photo: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised becomes a sentence; of a clip what came before it is shown."""
    for name in ("a", "b"):
        for place in ("pictures", "truth"):
            save(photo.parent / place / f"{name}.png", np.dstack([person(48)] * 3))
    pictures, truth = photo.parent / "pictures", photo.parent / "truth"

    def fail(*_arguments: Any) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("pyselfie.cli.evaluate.work.score_picture", fail)
    monkeypatch.setattr("pyselfie.cli.evaluate.work.ClipMeter.add", fail)
    code, result, _ = found(capsys, pictures, truth, "--masks", truth, *more)
    told = [f"{pictures}: ZeroDivisionError: by zero"] if more else [
        f"{pictures / name}: ZeroDivisionError: by zero" for name in ("a.png", "b.png")
    ]  # fmt: skip
    assert (code, result["problems"]) == (1, told)


def test_videos_in_a_folder_are_named(photo: Path, capsys: Any) -> None:
    """They are not measured among pictures, and that is said."""
    folder = photo.parent / "pictures"
    save(folder / "a.png", np.dstack([person(48)] * 3))
    write_film(folder / "talk.mp4", [np.dstack([person(9)] * 3)] * 2, sound=None)
    (folder / ".trash").mkdir()
    (folder / ".trash" / "old.mp4").touch()
    truth = save(photo.parent / "truth" / "a.png", person(48)).parent
    code, result, _ = found(capsys, folder, truth, "--masks", truth)
    assert (code, result["frames"]) == (1, 1)
    assert result["problems"] == [
        f"a video in {folder} is left out, talk.mp4: a video is measured alone, pyselfie evaluate talk.mp4 TRUTH"
    ]


def test_one_is_no_plural(photo: Path, capsys: Any) -> None:
    """One picture, one frame; and no empty line where a clip has no figure."""
    mask = save(photo.parent / "mask.png", person(48))
    assert main(["evaluate", str(photo), str(mask), "--masks", str(mask), "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("1 picture, masks of")
    film = write_film(photo.parent / "film.mp4", [np.dstack([person(9)] * 3)], sound=None)
    assert main(["evaluate", str(film), "--quiet"]) == 0
    assert capsys.readouterr().out == "1 frame, general model, refined edges, smoothing 0.85\n"
