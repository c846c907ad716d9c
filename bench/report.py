"""What a run says: goals, a table for people, a JSON file for programs."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypedDict

from bench.stats import ratio
from builder.paths import ROOT
from builder.stamps import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.machine import Machine
    from bench.types import ByHand, Goal, Outcome, Startup, Summary

SCHEMA = 1
SUBJECT = "ours"
REFINED = "refined"
RESULTS = ROOT / "bench" / "results"


class Settings(TypedDict):
    """How the run was made."""

    quick: bool
    rounds: int
    frames_per_round: int
    width: int
    height: int


class Report(TypedDict):
    """One run.

    ``ratios`` and ``round_trip_ratios`` are ours over theirs, round by round; ``camera`` has the same measurements
    with I420 video frames, as a webcam delivers them, ``canvas`` with video frames of a canvas, ``film`` with those of
    a decoded VP9 film, ``fake_camera`` with those of Chromium's own camera, which shows nobody; ``growth_ms`` is the
    median frame by height of the picture; ``refined_ratios`` is a refined and smoothed frame over a raw one by effect;
    ``by_hand`` has the effects that the hand-written JavaScript paints as well.
    """

    schema: int
    date: str
    machine: Machine
    settings: Settings
    contenders: dict[str, Outcome]
    ratios: dict[str, Summary]
    round_trip_ratios: dict[str, Summary]
    camera: dict[str, Outcome]
    canvas: dict[str, Outcome]
    film: dict[str, Outcome]
    fake_camera: dict[str, Outcome]
    growth_ms: dict[str, dict[str, float]]
    effects_ms: dict[str, Summary]
    refined_ratios: dict[str, Summary]
    by_hand: dict[str, ByHand]
    startup: Startup | None
    goals: list[Goal]
    failures: dict[str, str]


def now() -> str:
    """Return the time of day in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def find_goals(report: Report) -> list[Goal]:
    """Compare with what was asked for; what was not measured is left out.

    Peers that work on the page's own thread are compared with our round trip, message passing included; the
    hand-written JavaScript, arranged as ours is, with the time in the worker.
    """
    contenders, startup = report["contenders"], report["startup"]
    round_trips, refined = report["round_trip_ratios"], report["refined_ratios"]
    figures = [
        ("whole frame / tasks-vision CPU (its mask alone)", _median(round_trips, "tasks-cpu"), 0.4),
        ("whole frame / @mediapipe/selfie_segmentation", _median(round_trips, "legacy"), 0.12),
        ("the legacy API by pyselfie / by MediaPipe", _legacy(contenders), 0.2),
        *(
            (f"whole frame / hand-written JavaScript, {name}", both["ratio"]["median"], 1.05)
            for name, both in report["by_hand"].items()
        ),
        *((f"refined and smoothed / raw, {name}", _median(refined, name), 1.15) for name in ("fill", "color", "blur")),
        ("main thread, ms per frame", _main_thread(contenders), 1.0),
        ("cold start, ms", max(startup["cold_ms"]) if startup else None, 4000.0),
        ("warm start, ms", max(startup["warm_ms"]) if startup else None, 2000.0),
    ]
    return [
        {"name": name, "figure": figure, "limit": limit, "met": figure <= limit}
        for name, figure, limit in figures
        if figure is not None
    ]


def _median(ratios: Mapping[str, Summary], key: str) -> float | None:
    return ratios[key]["median"] if key in ratios else None


def _legacy(contenders: Mapping[str, Outcome]) -> float | None:
    """Return our legacy API's frame over the original's, as the same program sees both."""
    if not {"legacy", "legacy-ours"} <= set(contenders):
        return None
    rounds = [contenders[key]["round_trips_ms"] for key in ("legacy-ours", "legacy")]
    return ratio(*rounds)["median"]


def _main_thread(contenders: Mapping[str, Outcome]) -> float | None:
    return contenders[SUBJECT]["main_task_ms"]["median"] if SUBJECT in contenders else None


def save(report: Report, output: Path | None) -> Path:
    """Write the report to `output`, or to ``bench/results`` under its date and as ``latest.json``."""
    text = json.dumps(report, indent=1) + "\n"
    if output is not None:
        write_atomically(output, text)
        return output
    path = RESULTS / f"{report['date'].replace(':', '').removesuffix('+0000')}.json"
    write_atomically(path, text)
    write_atomically(RESULTS / "latest.json", text)
    return path
