"""`pyselfie evaluate` of videos, and of folders with the frames of a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.unit.evaluation.evaluate_kit import SIZE, album, evaluate, found, person, save
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["album"]


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


def test_tracks_of_different_length_are_measured_as_far_as_they_go(album: Path, capsys: Any) -> None:
    """The frames that both have are measured; a sentence, and exit code 1."""
    film = write_film(album / "film.mp4", [np.dstack([person(9)] * 3)] * 2, sound=None)
    code, result, _ = found(capsys, album / "truth", film, "--clip", "--masks", album / "masks")
    assert (code, result["frames"]) == (1, 2)
    assert result["problems"] == [f"{film} ends after 2 frames, and {album / 'truth'} goes on"]
