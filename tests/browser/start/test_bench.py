"""The benchmark runs and says something consistent; how fast anything was is never asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bench.by_hand import EFFECTS
from bench.contenders import CONTENDERS
from bench.run import parse
from bench.stats import ratio
from builder.paths import PYSRC, ROOT
from pyselfie.core.options import EFFECT_NAMES

if TYPE_CHECKING:
    from pathlib import Path

# What `build.py bench` runs, without its own build: that one compresses the site as it's published.
COMMAND = [sys.executable, "-c", "import sys; from bench.run import main; sys.exit(main(sys.argv[1:]))"]
MEAN_APART, MOST_APART = 0.01, 2  # of 255
ARGUMENTS = ["--quick", "--rounds", "2", "--only", "ours,handjs"]


@pytest.fixture(scope="module")
def run(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Run the real command once, in a process of its own; return what it printed and what it saved."""
    assert dist.is_dir()
    output = tmp_path_factory.mktemp("bench") / "result.json"
    command = [*COMMAND, *ARGUMENTS, "--output", str(output)]
    where = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, PYSRC)))}
    result = subprocess.run(command, env=where, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout, json.loads(output.read_text())


def test_nobody_fell_out(run: tuple[str, dict[str, Any]]) -> None:
    """Both contenders and the start-up come to their end."""
    _, report = run
    assert report["failures"] == {}
    assert set(report["contenders"]) == {"ours", "handjs"}


def test_the_run_says_where_it_was_made(run: tuple[str, dict[str, Any]]) -> None:
    """Figures come with the machine, the versions and the commit."""
    _, report = run
    machine = report["machine"]
    assert report["schema"] == 1
    assert machine["cores"] >= 1
    assert machine["chromium"][0].isdigit()
    assert "not installed" not in machine["packages"].values()


def test_every_frame_is_accounted_for(run: tuple[str, dict[str, Any]]) -> None:
    """Two rounds of six frames each; the stages make up the frame, and the round trip contains it."""
    _, report = run
    for outcome in report["contenders"].values():
        assert outcome["frames"] == 12
        assert set(outcome["stages"]) == {"capture", "preprocess", "infer", "postprocess", "paint"}
        for figure in (outcome["total_ms"], outcome["round_trip_ms"], *outcome["stages"].values()):
            assert 0 <= figure["median"] <= figure["p95"]
        assert outcome["total_ms"]["median"] <= outcome["round_trip_ms"]["median"]
        assert max(stage["median"] for stage in outcome["stages"].values()) <= outcome["total_ms"]["median"]


def test_both_see_the_same_person(run: tuple[str, dict[str, Any]]) -> None:
    """The contenders do the same work: their persons cover the same area of the last frame."""
    _, report = run
    assert report["contenders"]["handjs"]["agreement"] == 1.0
    assert report["contenders"]["ours"]["agreement"] > 0.99


def test_ratios_fit_the_times(run: tuple[str, dict[str, Any]]) -> None:
    """A ratio is that of the rounds' own medians, which are saved as well."""
    _, report = run
    for name, rounds in (("ratios", "round_totals_ms"), ("round_trip_ratios", "round_trips_ms")):
        ours, theirs = (report["contenders"][key][rounds] for key in ("ours", "handjs"))
        assert len(ours) == len(theirs) == 2
        assert min(ours + theirs) > 0
        assert report[name] == {"handjs": ratio(ours, theirs)}


def test_goals_follow_from_the_figures(run: tuple[str, dict[str, Any]]) -> None:
    """A goal is met exactly if its figure is within the limit, and none that was measured is left out."""
    printed, report = run
    names = [goal["name"] for goal in report["goals"]]
    assert names == [
        *(f"whole frame / hand-written JavaScript, {name}" for name in EFFECTS),
        "main thread, ms per frame",
        "cold start, ms",
        "warm start, ms",
    ]
    for goal in report["goals"]:
        assert goal["met"] == (goal["figure"] <= goal["limit"])
        assert goal["name"] in printed


def test_sizes_effects_and_start_are_measured(run: tuple[str, dict[str, Any]]) -> None:
    """Growth by size, every effect, cold and warm start with their bytes."""
    _, report = run
    assert set(report["effects_ms"]) == set(EFFECT_NAMES)
    assert set(report["growth_ms"]["ours"]) == set(report["growth_ms"]["handjs"]) == {"360p", "720p", "1080p"}
    assert len(report["startup"]["cold_ms"]) == len(report["startup"]["warm_ms"]) == 1
    assert report["startup"]["cold_bytes"] > 5e6  # Python, NumPy and a runtime do come over the wire
    assert 0 < report["startup"]["warm_bytes"] < report["startup"]["cold_bytes"]


@pytest.mark.parametrize("effect", EFFECTS)
def test_both_paint_the_same_picture(run: tuple[str, dict[str, Any]], effect: str) -> None:
    """Each effect is painted alike by both sides, and what it costs them is measured in turns."""
    printed, report = run
    both = report["by_hand"][effect]
    ours, theirs = (both["outcomes"][key]["round_totals_ms"] for key in ("ours", "handjs"))
    assert len(ours) == len(theirs) == 2
    assert both["ratio"] == ratio(ours, theirs)
    assert f"{both['ratio']['median']:.3f}" in printed
    assert both["difference"]["mean"] <= MEAN_APART
    assert both["difference"]["most"] <= MOST_APART


@pytest.mark.parametrize("kind", ["camera", "canvas", "film", "fake_camera"])
def test_video_frames_come_with_the_way_that_they_took(run: tuple[str, dict[str, Any]], kind: str) -> None:
    """Ours has tried all ways before and keeps to one; what is saved counts the frames, what is printed names it."""
    printed, report = run
    assert set(report[kind]) == {"ours", "handjs"}
    for outcome in report[kind].values():
        [(way, count)] = outcome["ways_in"].items()
        assert way in {"copyTo", "drawImage", "createImageBitmap"}
        assert count == outcome["frames"]
        assert f"{way}: {count}" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "ours,theirs"], "'theirs' is no contender: choose from ours, refined, handjs, legacy"),
        (["--rounds", "0"], "'0' is no number of rounds"),
        (["--rounds", "many"], "'many' is no number of rounds"),
    ],
)
def test_a_bad_argument_gets_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What came and what would be right."""
    with pytest.raises(SystemExit):
        parse(arguments)
    assert said in capsys.readouterr().err


def test_quick_is_smaller() -> None:
    """By default everybody runs; quick means fewer rounds and frames, and --rounds overrides."""
    full, quick = parse([]), parse(["--quick"])
    assert full.only == [contender.key for contender in CONTENDERS]
    assert (quick.rounds, quick.frames) < (full.rounds, full.frames)
    assert parse(["--quick", "--rounds", "9"]).rounds == 9
