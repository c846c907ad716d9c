"""`pyselfie evaluate`: pictures against their truth; tables, files, sentences, exit codes."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pyselfie import SelfieSegmentation, metrics
from tests.unit.evaluation.evaluate_kit import SIZE, album, evaluate, found, person, save

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["album"]


def to_bytes(mask: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(mask * 255).astype(np.uint8)


def test_given_masks_are_measured(album: Path, capsys: Any) -> None:
    """Names belong together whatever the suffix; scores are those of `pyselfie.metrics`, and the worst is first."""
    code, result, _ = found(capsys, album / "pictures", album / "truth", "--masks", album / "masks")
    assert (code, result["frames"], result["worst"]) == (0, 3, ["bad", "fair", "good"])
    assert (result["model"], result["edges"], result["smoothing"], result["clip"]) == (None, None, None, None)
    scores = {row.pop("name"): row for row in result["rows"]}
    assert scores["bad"] == metrics.score_picture(person(12), person(48))._asdict()
    assert scores["good"]["iou"] == 1
    assert result["mean"]["iou"] == pytest.approx((12 / 48 + 40 / 48 + 1) / 3)


def test_own_masks_are_made_by_the_chosen_model(astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any) -> None:
    """MediaPipe's mask of a model is nearest to the raw one of that model; single pictures are not smoothed."""
    photo = save(tmp_path / "photo.png", astronaut)
    for number, model in enumerate(("general", "landscape")):
        with SelfieSegmentation(number) as segmenter:
            truth = save(tmp_path / "truth.png", to_bytes(segmenter.process(astronaut).segmentation_mask))
        errors = {}
        for choice in (("general", "raw"), ("general", "refined"), ("landscape", "raw"), ("landscape", "refined")):
            code, result, _ = found(capsys, photo, truth, "--model", choice[0], "--edges", choice[1])
            assert (code, result["model"], result["edges"], result["smoothing"]) == (0, *choice, 0)
            errors[choice] = result["mean"]["mad"]
        assert min(errors, key=errors.__getitem__) == (model, "raw")


def test_table_has_the_means_and_the_ten_worst(album: Path, capsys: Any) -> None:
    """One line each, with the figures' units in the head; of more than ten pictures the others are left out."""
    for index in range(9):
        for place in ("pictures", "truth"):
            save(album / place / f"more{index}.png", np.dstack([person(48)] * 3))
        save(album / "masks" / f"more{index}.png", person(48))
    assert evaluate(album / "pictures", album / "truth", "--masks", album / "masks") == 0
    head, _, titles, mean, _, worst, *lines = capsys.readouterr().out.splitlines()
    assert head == f"12 pictures, masks of {album / 'masks'}"
    assert titles.split("  ")[-1] == "MAD x1e3"
    assert mean.split()[:2] == ["mean", f"{(12 / 48 + 40 / 48 + 10) / 12:.4f}"]
    assert worst == "the worst 10 of 12, by IoU:"
    assert [line.split()[:2] for line in lines[:3]] == [["bad", "0.2500"], ["fair", "0.8333"], ["good", "1.0000"]]
    assert len(lines) == 10


def test_csv_has_a_line_for_each_picture(album: Path) -> None:
    """In the order of their names, in natural units."""
    table = album / "out" / "table.csv"
    assert evaluate(album / "pictures", album / "truth", "--masks", album / "masks", "--csv", table) == 0
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["bad", "fair", "good"]
    assert float(rows[1]["mad"]) == pytest.approx(8 / 96)


def test_contact_sheet_shows_the_worst(album: Path) -> None:
    """The worst is on top, and what its mask lacks is orange; there is a row for each of three."""
    sheet = album / "sheet.png"
    assert evaluate(album / "pictures", album / "truth", "--masks", album / "masks", "--contact-sheet", sheet) == 0
    with Image.open(sheet) as picture:
        pixels = np.asarray(picture)
    orange = (pixels == (255, 140, 0)).all(-1)
    rows = np.flatnonzero(orange.any(axis=1))
    first, second = rows[rows < len(pixels) // 3], rows[rows >= len(pixels) // 3]
    assert orange[first[0]].sum() > orange[second[-1]].sum() > 0  # 36 of 96 columns, then 8
    assert second[-1] < 2 * len(pixels) / 3  # nothing is missing in the third


def test_what_cannot_be_measured_is_a_sentence(album: Path, capsys: Any) -> None:
    """A picture without truth, a truth of another size, one of labels, a file that is no picture: the others go on."""
    pictures, truth = album / "pictures", album / "truth"
    save(pictures / "alone.png", np.dstack([person(5)] * 3))
    save(truth / "good.png", person(48)[:10])
    save(truth / "fair.png", person(48) // 255)
    (pictures / "broken.png").write_text("no picture")
    save(truth / "broken.png", person(1))
    code, result, said = found(capsys, pictures, truth)
    assert (code, [row["name"] for row in result["rows"]]) == (1, ["bad"])
    assert said.splitlines() == [f"pyselfie: {problem}" for problem in result["problems"]]
    assert result["problems"] == [
        f"one picture has no truth of the same name in {truth}: alone.png",
        f"{pictures / 'broken.png'} is no picture that can be read",
        f"{truth / 'fair.png'} has no level above 1, so it may have labels: a truth is white (255) where the person is",
        f"{truth / 'good.png'} is 96x10, but {pictures / 'good.jpg'} is 96x64: a truth has the size of its picture",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("pictures", "nowhere"), "there is no file or folder {album}/nowhere"),
        (("empty", "truth"), "there is no picture in the folder {album}/empty"),
        (("pictures", "strange"), "3 pictures have no truth of the same name in {album}/strange: bad.jpg, fair.jpg, g"),
        (("pictures", "twice"), "{album}/twice/a.jpg and {album}/twice/a.png have one name, and which of them counts"),
        (("notes.txt", "truth"), "{album}/notes.txt is no picture by its name (.bmp .jpeg .jpg .png .tif .tiff .webp)"),
        (("pictures", "strange", "--clip"), "{album}/pictures has 3 pictures, and {album}/strange 1: of a clip each f"),
        (("pictures", "notes.txt", "--clip"), "{album}/notes.txt is neither a folder of frames nor a video"),
        (("gone.mp4", "truth"), "there is no file or folder {album}/gone.mp4"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_as_a_whole_ends_with_2(
    arguments: tuple[str, ...], sentence: str, album: Path, capsys: Any
) -> None:
    """Nothing is measured; one sentence says why."""
    (album / "empty").mkdir()
    (album / "notes.txt").touch()
    for name in ("strange/b.png", "twice/a.jpg", "twice/a.png"):
        save(album / name, person(3))
    places = [word if word.startswith("--") else str(album / word) for word in arguments]
    assert evaluate(*places) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("pyselfie: " + sentence.format(album=album))


def test_transparent_truth_counts_by_its_alpha(album: Path, capsys: Any) -> None:
    """A cut-out is a truth: opaque where the person is, whatever its colours."""
    cut_out = np.dstack([np.zeros((*SIZE[::-1], 3), np.uint8), person(48)])
    truth = save(album / "cut.png", cut_out)
    code, result, _ = found(capsys, album / "pictures" / "good.jpg", truth, "--masks", album / "masks" / "good.png")
    assert (code, result["mean"]["iou"], result["mean"]["mad"]) == (0, 1, 0)


def test_stopped_work_shows_what_it_has(album: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C during the second picture: the first is shown; exit code 130."""
    measured: list[metrics.PictureScore] = []

    def measure(mask: Any, truth: Any) -> metrics.PictureScore:
        if measured:
            raise KeyboardInterrupt
        measured.append(metrics.score_picture(mask, truth))
        return measured[0]

    monkeypatch.setattr("pyselfie.cli.evaluate.work.score_picture", measure)
    code, result, _ = found(capsys, album / "pictures", album / "truth", "--masks", album / "masks")
    assert (code, result["interrupted"]) == (130, True)
    assert [row["name"] for row in result["rows"]] == ["bad"]


def test_file_that_cannot_be_written_is_a_sentence(album: Path, capsys: Any) -> None:
    """The table is printed all the same; exit code 1."""
    (album / "file").touch()
    places = (album / "pictures", album / "truth", "--masks", album / "masks")
    code, result, _ = found(capsys, *places, "--csv", album / "file" / "table.csv")
    assert (code, result["frames"]) == (1, 3)
    assert result["problems"][0].startswith(f"{album / 'file' / 'table.csv'} cannot be written: ")
