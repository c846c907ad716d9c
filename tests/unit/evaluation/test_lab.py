"""The quality lab's Python: what it measures is what `pyselfie evaluate` measures, with two settings at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pyselfie import metrics
from pyselfie.cli.picture_file import read_levels
from pyselfie.evaluation import lab as lab_module
from pyselfie.evaluation.comparison import Comparison, Setting
from pyselfie.evaluation.error_view import MISSING
from pyselfie.evaluation.fit import UnfitError
from pyselfie.evaluation.lab import VIEW, Lab, view_size
from pyselfie.evaluation.levels import levels_of
from pyselfie.segmenter import Segmenter
from tests.unit.evaluation.evaluate_kit import evaluate, person, save

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

A, B = Setting("general", "refined"), Setting("landscape", "raw")


def score(iou: float, mad: float = 0.0) -> metrics.PictureScore:
    return metrics.PictureScore(iou, 1.0, 0.0, 0.0, mad)


@pytest.fixture
def portrait(astronaut: Picture) -> tuple[Picture, Picture]:
    """Return a small photo and something that passes for its truth."""
    small = np.asarray(Image.fromarray(astronaut).resize((128, 128)))
    truth = np.zeros((128, 128), np.uint8)
    truth[30:, 20:90] = 255
    return small, truth


@pytest.fixture
def lab() -> Any:
    lab = Lab([A, B], is_clip=False)
    yield lab
    lab.close()


def test_plan_whose_second_setting_is_wrong_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one's segmenter is closed."""
    closed = []

    class Noted(Segmenter):
        def close(self) -> None:
            closed.append(self)
            super().close()

    monkeypatch.setattr(lab_module, "Segmenter", Noted)
    with pytest.raises(ValueError, match="there_is_none"):
        Lab([A, Setting("there_is_none", "raw")], is_clip=False)
    assert len(closed) == 1


def test_table_has_both_settings_and_their_difference() -> None:
    """Worst first as A has it, in the units of the command's table, and what the difference means."""
    comparison = Comparison([A, B])
    comparison.add("good", [score(0.9, 0.25), score(0.95, 0.26)])
    comparison.add("bad", [score(0.5, 0.5), score(0.4, 0.5)])
    table = comparison.table()
    assert table["settings"] == ["general model, refined edges", "landscape model, raw edges"]
    assert [measure["key"] for measure in table["measures"]] == list(metrics.PictureScore._fields)
    assert [row["name"] for row in table["rows"]] == ["bad", "good"]
    assert [cell["text"] for cell in table["rows"][0]["cells"][:3]] == ["0.5000", "0.4000", "\N{MINUS SIGN}0.1000"]
    tones = [[row["cells"][at]["tone"] for at in (2, 14)] for row in table["rows"]]
    assert tones == [["worse", ""], ["better", "worse"]]
    assert [cell["text"] for cell in table["rows"][1]["cells"][12:]] == ["250.00", "260.00", "+10.00"]
    assert table["mean"]["cells"][0]["text"] == "0.7000"
    assert (table["frames"], table["clip"]) == (2, [])


@pytest.mark.parametrize(
    ("order", "descending", "names"),
    [
        ("iou a", False, ["c", "a", "b"]),
        ("iou a", True, ["b", "a", "c"]),
        ("mad b", False, ["b", "c", "a"]),
        ("iou difference", False, ["b", "a", "c"]),
        ("name", False, ["a", "b", "c"]),
        ("name", True, ["c", "b", "a"]),
    ],
)
def test_table_is_sorted_by_any_column(order: str, descending: bool, names: list[str]) -> None:
    """By A, by B, by their difference, by name, and the other way round."""
    comparison = Comparison([A, B])
    for name, one, other in (("a", 0.5, 0.5), ("b", 0.9, 0.1), ("c", 0.1, 0.9)):
        comparison.add(name, [score(one), score(other, {"a": 0.3, "b": 0.1, "c": 0.2}[name])])
    assert [row["name"] for row in comparison.table(order, descending=descending)["rows"]] == names


def test_numbers_and_csv_are_those_of_the_command(portrait: Any, lab: Lab, tmp_path: Path) -> None:
    """Of the same picture, to the last digit, for each setting."""
    photo, truth = portrait
    save(tmp_path / "pictures" / "p.png", photo)
    save(tmp_path / "truth" / "p.png", truth)
    asyncio.run(lab.measure("p", photo, truth))
    for side, setting in enumerate((A, B)):
        table = tmp_path / f"{side}.csv"
        choice = ("--model", setting.model, "--edges", setting.edges, "--csv", table)
        assert evaluate(tmp_path / "pictures", tmp_path / "truth", *choice) == 0
        assert lab.comparison.as_csv(side) == table.read_bytes().decode()
    assert lab.comparison.as_csv(0) != lab.comparison.as_csv(1)


def test_clip_is_measured_as_the_command_does(portrait: Any, tmp_path: Path, capsys: Any) -> None:
    """Frame by frame, smoothed where the setting says so; the measures of time have lines of their own."""
    photo, truth = portrait
    lab = Lab([Setting("general", "refined", 0.85), Setting("general", "raw")], is_clip=True)
    for number in range(3):
        frame = np.roll(photo, 9 * number, axis=1)
        save(tmp_path / "frames" / f"{number}.png", frame)
        save(tmp_path / "truth" / f"{number}.png", np.roll(truth, 9 * number, axis=1))
        asyncio.run(lab.measure(str(number), frame, np.roll(truth, 9 * number, axis=1)))
    lab.close()
    for side, edges in enumerate(("refined", "raw")):
        table = tmp_path / f"{side}.csv"
        assert evaluate(tmp_path / "frames", tmp_path / "truth", "--clip", "--edges", edges, "--csv", table) == 0
        assert lab.comparison.as_csv(side) == table.read_bytes().decode()
        said = capsys.readouterr().out
        for line in lab.comparison.table()["clip"]:
            assert f"{line['name']} {line['cells'][side]['text']}" in said
    assert [line["name"] for line in lab.comparison.table()["clip"]][:2] == ["dtSSD x1e2", "moving x1e3"]


def test_clip_without_truth_has_its_flicker_alone(portrait: Any) -> None:
    """Its frames have no rows."""
    lab = Lab([A, B], is_clip=True)
    for _ in range(2):
        asyncio.run(lab.measure("frame", portrait[0], None))
    lab.close()
    table = lab.comparison.table()
    assert ([line["name"] for line in table["clip"]], table["rows"], table["mean"]) == (["flicker x1e3"], [], None)
    assert table["frames"] == 2


@pytest.mark.parametrize(
    ("truth", "sentence"),
    [
        (person(9), r"^the mask of p is 96x64, but its picture is 128x128: a truth has the size of its picture$"),
        (np.ones((128, 128), np.uint8), r"^the mask of p has no level above 1, so it may have labels"),
        (None, r"^a picture needs its mask: only a clip is measured without$"),
    ],
)
def test_what_does_not_fit_is_not_measured(portrait: Any, lab: Lab, truth: Any, sentence: str) -> None:
    """One sentence, nothing in the table, and the next one is measured."""
    with pytest.raises(UnfitError, match=sentence):
        asyncio.run(lab.measure("p", portrait[0], truth))
    assert lab.comparison.table()["frames"] == 0
    asyncio.run(lab.measure("p", *portrait))
    assert lab.comparison.table()["frames"] == 1


def test_views_show_errors_and_masks_of_both(portrait: Any, lab: Lab) -> None:
    """Where the truth has somebody and no mask has is red in both; the masks tint the person alone."""
    photo, truth = portrait
    asyncio.run(lab.measure("p", photo, truth))
    everybody = np.full_like(truth, 255)
    errors = lab.views("errors", "p", photo, everybody)
    masks = lab.views("masks", "p", photo, truth)
    assert all((view[0, 0] == MISSING).all() for view in errors)
    assert all((view[0, 0] == photo[0, 0]).all() for view in masks)
    assert all((view != photo).any() for view in masks)
    assert (masks[0] != masks[1]).any()


def test_views_have_at_most_so_many_pixels() -> None:
    """The picture's proportions stay; a small one is as it is."""
    assert view_size(12_000, 6_000) == (VIEW, VIEW // 2)
    assert view_size(12_000, 3) == (VIEW, 1)
    assert view_size(40, 30) == (40, 30)


def test_levels_are_those_that_the_command_reads(tmp_path: Path) -> None:
    """Grey, colours, and a cut-out that counts by its alpha: from the same pixels the same levels."""
    colours = np.random.default_rng(5).integers(0, 256, (32, 32, 4), np.uint8)
    opaque = colours.copy()
    opaque[..., 3] = 255
    grey = opaque.copy()
    grey[..., :3] = colours[..., :1]
    for pixels in (colours, opaque, grey):
        path = save(tmp_path / "mask.png", pixels)
        assert (levels_of(pixels, "mask.png") == read_levels(path)).all()


def test_labels_are_the_colours_of_a_palette(tmp_path: Path) -> None:
    """The same two colours without a palette are levels, as the command reads them; a palette of greys has levels."""
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[:4] = (255, 255, 0, 255)
    with pytest.raises(UnfitError, match=r"^m\.png has labels, by its palette of colours, and no levels of grey$"):
        levels_of(rgba, "m.png", has_palette=True)
    assert (levels_of(rgba, "m.png") == read_levels(save(tmp_path / "m.png", rgba[..., :3]))).all()
    assert np.unique(levels_of(rgba, "m.png")).tolist() == [0, 226]
    rgba[:4] = 255
    assert np.unique(levels_of(rgba, "m.png", has_palette=True)).tolist() == [0, 255]
