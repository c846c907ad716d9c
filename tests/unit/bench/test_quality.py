"""The benchmark of quality: others' recipes, the data it finds, its tables."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from bench.quality import main as command
from bench.quality.composites import AFTER, BEFORE, Composite, find_composites, measure_composites
from bench.quality.data import PEOPLE, Source, find_sources
from bench.quality.main import main, write_page
from bench.quality.measure import MEDIAPIPE, ONE_LOOK, OURS, PEER, RAW, Row, measure
from bench.quality.recipes import MediaPipeSmoothing, OneLook, OpenPeer, Untouched, guided_filter
from bench.quality.small import far_away
from bench.quality.table import render
from builder.errors import BuildError
from builder.paths import DOCS
from pyselfie import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

GREY = np.full((20, 30, 3), 128, np.uint8)


def flat(level: float, shape: tuple[int, int] = (20, 30)) -> NDArray[Any]:
    return np.full(shape, level, np.float32)


@pytest.mark.parametrize("probability", [0.5, 0.52, 0.6, 0.7, 0.8, 0.9, 0.99])
def test_mediapipes_smoothing_weighs_doubt(probability: float) -> None:
    """The last mask's share is 0.9 times the square of the entropy in bits; the polynomial is right to 0.02."""
    smoothing = MediaPipeSmoothing()
    smoothing(flat(0), GREY)
    share = 1 - smoothing(flat(probability), GREY)[0, 0] / probability
    entropy = -probability * np.log2(probability) - (1 - probability) * np.log2(1 - probability)
    assert share == pytest.approx(0.9 * entropy**2, abs=0.02)


def test_mediapipes_smoothing_remembers_what_it_gave() -> None:
    """The first mask is itself; of the third the last one is the smoothed second."""
    smoothing = MediaPipeSmoothing()
    assert smoothing(flat(1), GREY)[0, 0] == 1
    assert smoothing(flat(0.5), GREY)[0, 0] == pytest.approx(0.95)
    assert smoothing(flat(0.5), GREY)[0, 0] == pytest.approx(0.5 + 0.45 * 0.9)


def test_guided_filter_fits_the_mask_to_the_colours() -> None:
    """Where the picture has two colours, a mask that is soft across their border becomes sharp at it."""
    picture = np.zeros((64, 64, 3), np.float32)
    picture[:, 32:] = 1
    ramp = np.tile(np.clip((np.arange(64) - 24) / 16, 0, 1).astype(np.float32), (64, 1))
    fitted = guided_filter(picture, ramp)
    assert fitted[32, 33] - fitted[32, 30] > 0.4 > 4 * (ramp[32, 33] - ramp[32, 30]) - 0.4


def test_guided_filter_keeps_what_is_even() -> None:
    """A mask of one level stays as it is, whatever the picture."""
    picture = np.random.default_rng(1).random((30, 40, 3)).astype(np.float32)
    np.testing.assert_allclose(guided_filter(picture, flat(0.25)), 0.25, atol=1e-4)


def test_peer_closes_small_gaps_and_averages_clips() -> None:
    """A gap of one pixel is closed, a spot of one is opened away; of a clip 0.3 of the last mask stay."""
    mask = flat(0, (80, 160))
    mask[:, :80] = 1
    mask[40, 30], mask[40, 140] = 0, 1
    grey, peer = np.full((80, 160, 3), 128, np.uint8), OpenPeer(clip=True)
    first = peer(mask, grey)
    assert first[40, 30] == pytest.approx(1, abs=1e-4)
    assert first[40, 140] == pytest.approx(0, abs=1e-4)
    assert peer(flat(0, (80, 160)), grey)[40, 30] == pytest.approx(0.3, abs=1e-4)


def test_untouched_mask_is_drawn_at_the_pictures_size() -> None:
    """Nothing else happens to it."""
    assert Untouched()(flat(0.5, (4, 4)), GREY).shape == (20, 30)


def test_pictures_of_the_project_are_measured() -> None:
    """Without the development data each model and recipe has its scores on pictures, on a pan and on a webcam clip."""
    sources = find_sources(Path(os.path.relpath(PEOPLE)))
    assert [(source.name, source.kind, len(source.runs)) for source in sources] == [
        ("pictures", "stills", 6),
        ("small, grey wall", "small", 6),
        ("pan", "clips", 6),
        ("webcam", "clips", 1),
    ]
    rows = measure("landscape", sources[0])
    assert [(row["recipe"], row["pictures"]) for row in rows] == [(RAW, 6), (PEER, 6), (OURS, 6)]
    ious = {row["recipe"]: row["scores"]["iou"] or 0 for row in rows}
    assert all(iou > 0.95 for iou in ious.values())
    assert ious[OURS] == max(ious.values())
    assert all(row["scores"]["flicker"] is None for row in rows)


def test_second_look_finds_small_people() -> None:
    """Of people at a quarter of their size, before a grey wall, it finds more than one look; raw edges have one."""
    [small] = [source for source in find_sources(PEOPLE) if source.kind == "small"]
    rows = measure("landscape", small)
    assert [(row["recipe"], row["pictures"]) for row in rows] == [(RAW, 6), (ONE_LOOK, 6), (OURS, 6)]
    ious = {row["recipe"]: row["scores"]["iou"] or 0 for row in rows}
    assert ious[OURS] > ious[ONE_LOOK] + 0.03


def test_one_look_is_the_segmenters_own_of_somebody_near(astronaut: NDArray[np.uint8]) -> None:
    """Somebody who fills the picture gets no second look anyway."""
    with OneLook() as one_look, Segmenter() as segmenter:
        np.testing.assert_array_equal(one_look.segment(astronaut), segmenter.segment(astronaut))


@pytest.mark.parametrize("crop", [False, True], ids=["cut out", "crop"])
def test_people_far_away_stand_at_the_lower_edge(tmp_path: Path, *, crop: bool) -> None:
    """A quarter as large, before the room; cut out without what was behind them, as a crop with it."""
    save(tmp_path / "picture.png", np.full((40, 80, 3), 200, np.uint8))
    mask = np.zeros((40, 80), np.uint8)
    mask[:, :40] = 255
    save(tmp_path / "mask.png", mask)
    save(tmp_path / "room.png", np.full((60, 60, 3), 100, np.uint8))
    frame, truth = far_away(tmp_path / "picture.png", tmp_path / "mask.png", tmp_path / "room.png", crop=crop)
    expected = np.zeros((40, 80), np.uint8)
    expected[30:, 30:40] = 255
    np.testing.assert_array_equal(truth, expected)
    seen = np.full((40, 80, 3), 100, np.uint8)
    seen[30:, 30 : 50 if crop else 40] = 200
    np.testing.assert_array_equal(frame, seen)


def test_people_far_away_meet_each_picture_of_nobody(tmp_path: Path) -> None:
    """Every person before every room, cut out and as a crop; --quick takes every fourth of both."""
    for name in ("p_a", "p_b", "n_c", "n_d", "n_e"):
        save(tmp_path / "fixtures" / "images" / f"{name}.png", GREY)
        save(tmp_path / "fixtures" / "masks" / f"{name}.png", GREY[..., 0])
    for quick, count in ((False, 6), (True, 1)):
        small = [source for source in find_sources(tmp_path, quick=quick) if source.kind == "small"]
        assert [(source.name, len(source.runs)) for source in small] == [
            ("small, cut out", count),
            ("small, crops", count),
        ]
        assert all(item.rgb.shape == (20, 30, 3) for source in small for item in source.runs[0]())


def test_pan_moves_everything() -> None:
    """Refined masks, smoothed, are nearer to what moves than MediaPipe's smoothing; each recipe has every score."""
    [pan] = [source for source in find_sources(PEOPLE) if source.name == "pan"]
    rows = measure("landscape", Source("pan", "clips", (lambda: islice(pan.runs[0](), 8),)))
    scores = {row["recipe"]: row["scores"] for row in rows}
    assert list(scores) == [RAW, MEDIAPIPE, PEER, OURS]
    assert all(row["pictures"] == 8 for row in rows)
    moving = {recipe: each["moving_error"] or 0 for recipe, each in scores.items()}
    assert 0 < moving[OURS] < moving[MEDIAPIPE]


def test_every_picture_of_the_project_is_attributed() -> None:
    """ATTRIBUTION.tsv names each picture and clip, with a licence that lets it be passed on."""
    lines = (PEOPLE / "ATTRIBUTION.tsv").read_text().splitlines()[1:]
    attributed = {line.split("\t")[0]: line for line in lines}
    files = {path.stem for path in (PEOPLE / "images").iterdir()}
    files |= {f"clips/{path.name}" for path in (PEOPLE / "clips").iterdir()}
    assert attributed.keys() == files
    assert all("CC BY 4.0" in line or "public domain" in line for line in lines)


def test_development_data_is_taken_where_it_is(tmp_path: Path) -> None:
    """Each folder that is there is a source; --quick takes every fourth picture; nothing at all is an error."""
    with pytest.raises(BuildError, match="has none of fixtures/, portraits/, matte_clip/, clips/"):
        find_sources(tmp_path)
    for place in ("portraits", "matte_clip"):
        for kind, pixels in (("images", GREY), ("masks", GREY[..., 0])):
            (tmp_path / place / kind).mkdir(parents=True)
            for number in range(5):
                Image.fromarray(pixels).save(tmp_path / place / kind / f"{number}.png")
    portraits, matte = find_sources(tmp_path, quick=True)
    assert (len(portraits.runs), len(matte.runs)) == (2, 1)
    assert len(list(matte.runs[0]())) == 5


def test_missing_people_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project's own pictures have no true colours, so nothing can be put on another background."""
    monkeypatch.setattr(command, "available_models", list)
    assert main(["--data", str(PEOPLE), "--output", str(tmp_path / "report.json")]) == 0
    shown = capsys.readouterr()
    assert f"left out: composites, {PEOPLE} has no people/ with true colours and alpha" in shown.out + shown.err


def row(recipe: str, **scores: float) -> Row:
    names = ("iou", "boundary_f", "holes", "mad", "dtssd", "moving_error", "flicker")
    known: dict[str, float | None] = {name: scores.get(name) for name in names}
    return {"source": "webcam", "kind": "clips", "model": "general", "recipe": recipe, "pictures": 9, "scores": known}


def test_table_shows_what_is_known() -> None:
    """Columns that nobody has a number for are left out."""
    table = render([row(RAW, flicker=0.00066), row(OURS, flicker=0.000249)])
    assert table.splitlines() == [
        "| webcam (9 frames) | masks | flicker x1e3 |",
        "| --- | --- | --- |",
        "| general | raw | 0.66 |",
        "| general | refined | 0.25 |",
    ]


def test_page_has_a_place_for_the_tables(tmp_path: Path) -> None:
    """docs/performance.md has the two marks."""
    page = tmp_path / "performance.md"
    page.write_text((DOCS / "performance.md").read_text(encoding="utf-8"), encoding="utf-8")
    write_page(page, [row(RAW, flicker=0.001)])
    assert "| webcam (9 frames) | masks | flicker x1e3 |" in page.read_text(encoding="utf-8")


def test_tables_go_into_the_page(tmp_path: Path) -> None:
    """What stands between the two marks is replaced, the rest stays."""
    page = tmp_path / "performance.md"
    page.write_text("# P\n\n<!-- begin quality: x -->\nold\n<!-- end quality -->\nrest\n")
    write_page(page, [row(RAW, flicker=0.001)])
    text = page.read_text()
    assert text.startswith("# P\n\n<!-- begin quality: x -->\n\n| webcam (9 frames) ")
    assert text.endswith("| 1.00 |\n\n<!-- end quality -->\nrest\n")
    assert "old" not in text


def save(path: Path, pixels: NDArray[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def test_composites_have_their_truth(tmp_path: Path) -> None:
    """Person and old background make the frame, person and new one the truth; the new ones take turns.

    Both come in the order of their files' names, as from a folder.
    """
    assert find_composites(tmp_path) == []
    assert (*BEFORE, *AFTER) == (*sorted(BEFORE), *sorted(AFTER))
    save(tmp_path / "people" / "colours" / "a.png", np.full((10, 20, 3), 200, np.uint8))
    save(tmp_path / "people" / "alpha" / "a.png", np.full((10, 20), 51, np.uint8))
    for number, name in enumerate((*BEFORE, *AFTER)):
        save(tmp_path / "fixtures" / "images" / f"n_{name}.jpg", np.full((30, 30, 3), 10 * number, np.uint8))
    made = find_composites(tmp_path)
    assert len(made) == 5
    assert made[1].frame.shape == (10, 20, 3)
    assert np.ptp(made[1].frame) == 0
    assert made[1].frame[0, 0, 0] == pytest.approx(0.2 * 200 + 0.8 * 10, abs=1)
    assert [round(float(each.truth[0, 0, 0] * 255)) for each in made] == pytest.approx([80, 88, 96, 104, 80], abs=1)
    assert made[0].alpha[0, 0] == pytest.approx(0.2)


def test_old_background_taken_out_makes_the_edge_better(astronaut: NDArray[np.uint8]) -> None:
    """A person before a green wall, put before a blue one: raw edges are worst, refined ones without green best.

    With alpha of the frame's size, as WebGPU has it, both kinds of refined edges are better still.
    """
    alpha: NDArray[np.float32] = np.zeros((240, 320), np.float32)
    size = np.asarray(Image.fromarray(astronaut).resize((240, 240)))
    with Segmenter() as segmenter:
        alpha[:, 40:280] = segmenter.segment(size)
    frame, blue = np.full((240, 320, 3), (40, 160, 40), np.uint8), np.full((240, 320, 3), (30, 60, 200), np.uint8)
    person = frame.copy()
    person[:, 40:280] = size
    a = alpha[..., None]
    seen = np.rint(person * a + frame * (1 - a)).astype(np.uint8)
    truth = ((person * a + blue * (1 - a)) / 255).astype(np.float32)
    errors = [
        row["scores"]["band_error"] or 0 for row in measure_composites("general", [Composite(seen, blue, truth, alpha)])
    ]
    raw, refined, clean, full_size, full_size_clean = errors
    assert raw > refined > clean > 0
    assert refined > full_size > full_size_clean > 0
    assert clean > full_size_clean
