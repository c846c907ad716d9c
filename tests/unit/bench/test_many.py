"""The benchmark of many photos: who takes a turn when, and what counts as a run."""

import pytest

from bench.frames import write_frames
from bench.many import seconds, take_turns
from builder.errors import BuildError


def test_one_and_two_workers_take_turns():
    """Each is first in every other round, so that both meet the same noise."""
    asked = []

    def rate(workers):
        asked.append(workers)
        return 10.0 * workers

    assert take_turns(rate, 3) == {1: [10.0] * 3, 2: [20.0] * 3}
    assert asked == [2, 1, 1, 2, 2, 1]


def test_only_a_run_that_made_all_masks_counts(tmp_path):
    """The command itself runs; a photo that is none is an error and no figure."""
    write_frames(tmp_path / "photos")
    assert seconds(tmp_path / "photos", 8, 2) > 0
    (tmp_path / "photos" / "bad.jpg").write_bytes(b"no picture")
    with pytest.raises(BuildError, match=r"--workers 1 made 8 of 9 masks \(code 1\): .*bad\.jpg"):
        seconds(tmp_path / "photos", 9, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
