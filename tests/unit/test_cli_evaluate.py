"""`pyselfie evaluate`: pictures and clips against their truth; tables, files, sentences, exit codes."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pyselfie import SelfieSegmentation, metrics
from pyselfie.cli import main
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (96, 64)


def person(width: int) -> NDArray[np.uint8]:
    """Return a mask with somebody in the first columns."""
    mask = np.zeros(SIZE[::-1], np.uint8)
    mask[:, :width] = 255
    return mask


def to_bytes(mask: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.rint(mask * 255).astype(np.uint8)


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


@pytest.mark.parametrize("before", [["-q"], ["--quiet", "--json"], ["--masks=masks"], ["-m", "landscape", "--clip"]])
def test_options_may_stand_before_the_command(album: Path, capsys: Any, monkeypatch: Any, before: list[str]) -> None:
    """They are the command's own, as behind it; nothing called `evaluate` is looked for."""
    monkeypatch.chdir(album)
    assert main([*before, "evaluate", "pictures", "truth"]) == 0
    assert "evaluate" not in "".join(capsys.readouterr())


def test_other_options_before_its_name_make_it_a_file(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    """A picture may be called `evaluate`, and so may the value of an option."""
    monkeypatch.chdir(tmp_path)
    for arguments in (["-o", "out.png", "evaluate"], ["-e", "evaluate", "a.png", "-o", "b.png"]):
        with suppress(SystemExit):
            main(arguments)
        assert "pyselfie evaluate" not in "".join(capsys.readouterr())


def found(capsys: Any, *arguments: Any) -> tuple[int, dict[str, Any], str]:
    """Return the exit code, what is printed as JSON, and the sentences about what went wrong."""
    code = evaluate(*arguments, "--json")
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


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


def test_clip_is_smoothed_and_measured_in_time(astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any) -> None:
    """Two videos, frame against frame; raw edges are not smoothed, and without smoothing refined ones flicker more."""
    film = write_film(tmp_path / "film.mp4", scenes(astronaut, (4 * SIZE[0], 4 * SIZE[1]), 4), sound=None)
    masks = [np.kron(person(index + 40), np.ones((4, 4), np.uint8)) for index in range(4)]
    truth = write_film(tmp_path / "truth.mp4", [np.dstack([mask] * 3) for mask in masks])
    code, result, _ = found(capsys, film, truth)
    assert (code, result["frames"], result["smoothing"]) == (0, 4, 0.85)
    assert [row["name"] for row in result["rows"]] == ["frame 1", "frame 2", "frame 3", "frame 4"]
    assert all(result["clip"][name] > 0 for name in ("dtssd", "moving_error", "flicker"))
    _, raw, _ = found(capsys, film, truth, "--edges", "raw")
    assert raw["smoothing"] == 0
    _, unsmoothed, _ = found(capsys, film, truth, "--smoothing", "0")
    assert unsmoothed["smoothing"] == 0
    assert unsmoothed["clip"]["flicker"] > result["clip"]["flicker"]


def test_truth_of_a_video_is_how_bright_it_is(tmp_path: Path, capsys: Any) -> None:
    """Of a grey video black is nobody and white the person, as in the frames that it was made of."""
    levels = [person(40), person(48)]
    film = write_film(tmp_path / "truth.mkv", [np.dstack([level] * 3) for level in levels], sound=None)
    for index, level in enumerate(levels):
        save(tmp_path / "frames" / f"{index}.png", np.dstack([level] * 3))
    code, result, _ = found(capsys, tmp_path / "frames", film, "--clip", "--masks", tmp_path / "frames")
    assert (code, result["mean"]["iou"]) == (0, 1)
    assert result["mean"]["mad"] < 0.02
    assert result["clip"]["dtssd"] < 0.05


def test_video_alone_is_measured_for_its_flicker(astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any) -> None:
    """Without truth there are no scores of frames."""
    film = write_film(tmp_path / "film.mp4", scenes(astronaut, SIZE, 3), sound=None)
    code, result, _ = found(capsys, film)
    assert (code, result["frames"], result["rows"], result["mean"]) == (0, 3, [], None)
    assert result["clip"]["dtssd"] is None
    assert result["clip"]["flicker"] > 0
    assert evaluate(film) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("flicker x1e3 ")


def test_frames_of_a_folder_are_taken_in_order(tmp_path: Path, capsys: Any) -> None:
    """Frame 10 comes after frame 9, and nothing below a hidden folder counts."""
    for index in range(11):
        save(tmp_path / "frames" / f"f{index}.png", np.dstack([person(index)] * 3))
    save(tmp_path / "frames" / ".thumbnails" / "f0.png", person(0))
    frames = tmp_path / "frames"
    code, result, _ = found(capsys, frames, frames, "--clip", "--masks", frames)
    assert code == 0
    assert [row["name"] for row in result["rows"]] == [f"f{index}" for index in range(11)]
    assert result["clip"]["dtssd"] == 0


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


def test_tracks_of_different_length_are_measured_as_far_as_they_go(album: Path, capsys: Any) -> None:
    """The frames that both have are measured; a sentence, and exit code 1."""
    film = write_film(album / "film.mp4", [np.dstack([person(9)] * 3)] * 2, sound=None)
    code, result, _ = found(capsys, album / "truth", film, "--clip", "--masks", album / "masks")
    assert (code, result["frames"]) == (1, 2)
    assert result["problems"] == [f"{film} ends after 2 frames, and {album / 'truth'} goes on"]


def test_transparent_truth_counts_by_its_alpha(album: Path, capsys: Any) -> None:
    """A cut-out is a truth: opaque where the person is, whatever its colours."""
    cut_out = np.dstack([np.zeros((*SIZE[::-1], 3), np.uint8), person(48)])
    truth = save(album / "cut.png", cut_out)
    code, result, _ = found(capsys, album / "pictures" / "good.jpg", truth, "--masks", album / "masks" / "good.png")
    assert (code, result["mean"]["iou"], result["mean"]["mad"]) == (0, 1, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "the following arguments are required: PICTURES"),
        (("a/",), "name the truth, too: pyselfie evaluate PICTURES TRUTH"),
        (("a/", "b/", "--edges", "soft"), "--edges is “soft”, but it has to be one of refined, raw"),
        (("a/", "b/", "--smoothing", "0.5"), "--smoothing is 0.5, but single pictures are not smoothed: add --clip"),
        (("a.mp4", "--edges", "raw", "--smoothing", "0.5"), "--smoothing is 0.5, but raw edges cannot be smoothed"),
        (("a.mp4", "--smoothing", "1"), "--smoothing is 1, but it has to be a number from 0 to 0.95"),
        (("a/", "b/", "--masks", "c/", "--model", "1"), "--model is for masks that are made here, and --masks names"),
        (("a/", "b/", "--contact-sheet", "c.gif"), "--contact-sheet is 'c.gif', but it has to end in one of .bmp"),
        (("a/", "b/", "--csv", "a/x.jpg"), "--csv is 'a/x.jpg', but it has to end in .csv"),
        (("a/", "b/", "--csv", "b/../a/x.csv"), "--csv b/../a/x.csv is a file that is read: name another file"),
        (("a/x.jpg", "b/", "--contact-sheet", "a/x.jpg"), "--contact-sheet a/x.jpg is a file that is read: name an"),
        (("a.mp4", "--csv", "c.csv"), "--csv needs the truth: without it no frame has a score"),
    ],
)
def test_wrong_command_is_one_sentence(arguments: tuple[str, ...], sentence: str, capsys: Any) -> None:
    """What came, what was expected; exit code 2."""
    with pytest.raises(SystemExit) as end:
        main(["evaluate", *arguments])
    assert end.value.code == 2
    assert f"pyselfie evaluate: error: {sentence}" in " ".join(capsys.readouterr().err.split())


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


def test_pictures_named_evaluate_are_still_pictures(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pyselfie evaluate.jpg` and `pyselfie ./evaluate` are files, as before."""
    monkeypatch.chdir(album)
    (album / "pictures" / "good.jpg").rename("evaluate.jpg")
    assert main(["evaluate.jpg", "-o", "out.png", "--mask", "--quiet"]) == 0
    (album / "pictures").rename("evaluate")
    assert main(["./evaluate", "-o", "out/", "--mask", "--quiet"]) == 0
    assert sorted(path.name for path in (album / "out").glob("*.png")) == ["bad.png", "fair.png"]
