"""``python3 build.py bench --native``: the desktop Solution API beside the real MediaPipe, in turns, in one run."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from PIL import Image

from bench.frames import COUNT, write_frames
from bench.machine import describe_machine
from bench.report import RESULTS, now
from bench.stats import ratio, summary
from builder import bootstrap
from builder.errors import BuildError
from builder.paths import CACHE, PYSRC, ROOT
from builder.report import say, step
from builder.stamps import write_atomically

if TYPE_CHECKING:
    from types import TracebackType

    from bench.machine import Machine
    from bench.types import Goal, Summary

LIBRARIES = ("mediapipe", "pyselfie")
MODELS = {0: "general", 1: "landscape"}
TIME_LIMIT, MEMORY_LIMIT, DIFFERENCE_LIMIT = 0.85, 1.0, 2e-6
_REQUIREMENTS = ROOT / "requirements" / "bench-native.txt"
_VENV = CACHE / "bench-native"
_WARM_UP = 30


class Row(TypedDict):
    """One model: milliseconds and megabytes of both, ours over theirs, and how far the masks are apart (mean |d|)."""

    ms: dict[str, Summary]
    memory_mb: dict[str, float]
    time_ratio: Summary
    memory_ratio: float
    mask_difference: float


class NativeReport(TypedDict):
    """One run."""

    schema: int
    date: str
    machine: Machine
    versions: dict[str, str]
    settings: dict[str, int]
    models: dict[str, Row]
    goals: list[Goal]


class Side:
    """A library at work in a process of its own."""

    def __init__(self, library: str, model_selection: int, frames: Path) -> None:
        self._library = library
        python = str(bootstrap.venv_python(_VENV)) if library == "mediapipe" else sys.executable
        program = str(Path(__file__).with_name("native_side.py"))
        self._process = subprocess.Popen(
            [python, "-P", program, library, str(model_selection), str(frames)],
            env={**os.environ, "PYTHONPATH": str(PYSRC) if library == "pyselfie" else ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # MediaPipe logs at length
            text=True,
        )

    def ask(self, order: str) -> Any:
        """Send an order and wait for the answer.

        Raises
        ------
        BuildError
            When the process has died.
        """
        assert self._process.stdin is not None  # noqa: S101 - for mypy: both are pipes
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(f"{order}\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError) as error:
            raise BuildError(f"{self._library} failed at `{order}` (exit code {self._process.wait()}).") from error

    def __enter__(self) -> Side:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def main(argv: list[str]) -> int:
    """Run the comparison; return 0 if both libraries could be measured."""
    parser = argparse.ArgumentParser(
        prog="build.py bench --native", description="Compare with MediaPipe's Python Solution API, in turns."
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--output", type=Path, metavar="FILE", help="save here instead of in bench/results/")
    options = parser.parse_args(argv)
    rounds, frames = (10, 10) if options.quick else (40, 20)
    _ensure_mediapipe()
    report: NativeReport = {
        "schema": 1,
        "date": now(),
        "machine": describe_machine("none"),
        "versions": {},
        "settings": {"rounds": rounds, "frames_per_round": frames, "width": 1280, "height": 720},
        "models": {},
        "goals": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        pictures = _write_frames(Path(folder))
        for selection, name in MODELS.items():
            with step(f"{name}: {rounds} rounds of {frames} frames, 1280x720"):
                report["models"][name] = _compare(selection, pictures, rounds, frames, report["versions"])
    report["goals"] = _find_goals(report["models"])
    print(f"\n{render(report)}\n")
    say(f"saved: {_save(report, options.output)}")
    return 0


def _ensure_mediapipe() -> None:
    """Make the environment with MediaPipe in it, unless it is there."""
    if sys.version_info >= (3, 13):
        raise BuildError("mediapipe 0.10.21 exists for Python 3.11 and 3.12 only: run build.py with one of these.")
    bootstrap.ensure_venv(_VENV, _REQUIREMENTS)


def _write_frames(folder: Path) -> Path:
    """Write the pictures of the browser benchmark as one array, uint8 [N, 720, 1280, 3]."""
    write_frames(folder)
    pictures = []
    for index in range(COUNT):
        with Image.open(folder / f"{index}.jpg") as picture:
            pictures.append(np.asarray(picture.convert("RGB")))
    np.save(folder / "frames.npy", np.stack(pictures))
    return folder / "frames.npy"


def _compare(selection: int, pictures: Path, rounds: int, frames: int, versions: dict[str, str]) -> Row:
    """Let both take turns, the first place changing with each round, so that they meet the same noise."""
    medians: dict[str, list[float]] = {library: [] for library in LIBRARIES}
    every: dict[str, list[float]] = {library: [] for library in LIBRARIES}
    with ExitStack() as stack:
        sides = {library: stack.enter_context(Side(library, selection, pictures)) for library in LIBRARIES}
        for library, side in sides.items():
            versions[library] = side.ask("version")
            side.ask(f"run {_WARM_UP}")
        for number in range(rounds):
            for library in LIBRARIES if number % 2 else reversed(LIBRARIES):
                milliseconds = sides[library].ask(f"run {frames + 1}")[1:]  # the first one comes back to cold caches
                every[library] += milliseconds
                medians[library].append(float(np.median(milliseconds)))
        memory = {library: float(side.ask("memory")) for library, side in sides.items()}
        difference = _difference(sides, pictures.parent)
    return {
        "ms": {library: summary(every[library]) for library in LIBRARIES},
        "memory_mb": memory,
        "time_ratio": ratio(medians["pyselfie"], medians["mediapipe"]),
        "memory_ratio": round(memory["pyselfie"] / memory["mediapipe"], 3),
        "mask_difference": difference,
    }


def _difference(sides: dict[str, Side], folder: Path) -> float:
    masks = []
    for library, side in sides.items():
        side.ask(f"mask {folder / library}.npy")
        masks.append(np.load(folder / f"{library}.npy").astype(np.float64))
    return float(np.abs(masks[0] - masks[1]).mean())


def _find_goals(models: dict[str, Row]) -> list[Goal]:
    goals: list[Goal] = []
    for name, row in models.items():
        for what, figure, limit in (
            ("time", row["time_ratio"]["median"], TIME_LIMIT),
            ("peak memory", row["memory_ratio"], MEMORY_LIMIT),
            ("mean |d| of the masks", row["mask_difference"], DIFFERENCE_LIMIT),
        ):
            goals.append({"name": f"{name}, {what}", "figure": figure, "limit": limit, "met": figure <= limit})
    return goals


def render(report: NativeReport) -> str:
    """Return the table for people."""
    machine, versions = report["machine"], report["versions"]
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']}, Python {machine['python']}, "
        f"mediapipe {versions['mediapipe']}, pyselfie {versions['pyselfie']}, 1280x720",
        "",
        f"{'':12}{'mediapipe ms (p95)':>22}{'pyselfie ms (p95)':>22}{'time':>8}{'memory MB':>16}{'memory':>8}",
    ]
    for name, row in report["models"].items():
        cells = [f"{row['ms'][library]['median']:.2f} ({row['ms'][library]['p95']:.2f})" for library in LIBRARIES]
        memory = " / ".join(f"{row['memory_mb'][library]:.0f}" for library in LIBRARIES)
        lines.append(
            f"{name:12}{cells[0]:>22}{cells[1]:>22}{row['time_ratio']['median']:>7.2f}x{memory:>16}"
            f"{row['memory_ratio']:>7.2f}x"
        )
    lines.append("")
    for goal in report["goals"]:
        verdict = "met   " if goal["met"] else "MISSED"
        lines.append(f"{verdict} {goal['name']}: {goal['figure']:.3g}, at most {goal['limit']:g}")
    return "\n".join(lines)


def _save(report: NativeReport, output: Path | None) -> Path:
    path = output or RESULTS / f"native-{report['date'].replace(':', '').removesuffix('+0000')}.json"
    write_atomically(path, json.dumps(report, indent=1) + "\n")
    return path
