"""``python3 build.py bench --many``: a folder of photos to masks by one process and by two, in turns, in one run."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from bench.frames import COUNT, SIZE, write_frames
from bench.machine import describe_machine
from bench.report import RESULTS, now
from bench.stats import ratio, summary
from builder.errors import BuildError
from builder.paths import PYSRC
from builder.report import say, step
from builder.stamps import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.machine import Machine
    from bench.types import Summary

WORKERS = (1, 2)


class ManyReport(TypedDict):
    """One run; ``pictures_per_second`` is by the number of workers, ``ratio`` that of two over that of one."""

    schema: int
    date: str
    machine: Machine
    settings: dict[str, int]
    pictures_per_second: dict[str, Summary]
    ratio: Summary


def main(argv: list[str]) -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(
        prog="build.py bench --many", description="Masks of many photos with one worker and with two, in turns."
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, fewer photos")
    parser.add_argument("--output", type=Path, metavar="FILE", help="save here instead of in bench/results/")
    options = parser.parse_args(argv)
    rounds, photos = (3, 48) if options.quick else (9, 192)
    machine = describe_machine("none")
    with tempfile.TemporaryDirectory() as name, step(f"{rounds} rounds of {photos} photos, 1 and 2 workers"):
        folder = Path(name)
        _write_photos(folder / "photos", photos)
        rates = take_turns(lambda workers: photos / seconds(folder / "photos", photos, workers), rounds)
    report = ManyReport(
        schema=1,
        date=now(),
        machine=machine,
        settings={"rounds": rounds, "photos": photos, "width": SIZE[0], "height": SIZE[1]},
        pictures_per_second={str(workers): summary(theirs) for workers, theirs in rates.items()},
        ratio=ratio(rates[2], rates[1]),
    )
    print(f"\n{render(report)}\n")
    path = options.output or RESULTS / f"many-{report['date'].replace(':', '').removesuffix('+0000')}.json"
    write_atomically(path, json.dumps(report, indent=1) + "\n")
    say(f"saved: {path}")
    return 0


def _write_photos(folder: Path, count: int) -> None:
    """Write the pictures of the browser benchmark, 1280x720, as many times as it takes."""
    write_frames(folder)
    for index in range(COUNT, count):
        (folder / f"{index}.jpg").write_bytes((folder / f"{index % COUNT}.jpg").read_bytes())


def take_turns(rate: Callable[[int], float], rounds: int) -> dict[int, list[float]]:
    """Return what `rate` says of one worker and of two, round by round; the first place changes with each round."""
    rates: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    for number in range(rounds):
        for workers in WORKERS if number % 2 else reversed(WORKERS):
            rates[workers].append(rate(workers))
    return rates


def seconds(photos: Path, count: int, workers: int) -> float:
    """Return how long the whole command takes, from its start to its end.

    Raises
    ------
    BuildError
        When it fails, or has not made all masks.
    """
    with tempfile.TemporaryDirectory(dir=photos.parent) as masks:
        words = [str(photos), "-o", f"{masks}/", "--mask", "--workers", str(workers)]
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "pyselfie", *words],
            env={**os.environ, "PYTHONPATH": str(PYSRC)},
            capture_output=True,
            check=False,
        )
        taken = time.perf_counter() - began
        made = len(list(Path(masks).glob("*.png")))
    if done.returncode or made != count:
        said = done.stderr.decode(errors="replace").strip()
        raise BuildError(f"pyselfie --workers {workers} made {made} of {count} masks (code {done.returncode}): {said}")
    return taken


def render(report: ManyReport) -> str:
    """Return the table for people."""
    machine, settings = report["machine"], report["settings"]
    rates = report["pictures_per_second"]
    return "\n".join(
        [
            f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']}, Python {machine['python']}, "
            f"{settings['rounds']} rounds of {settings['photos']} photos, {settings['width']}x{settings['height']}, "
            "to masks, the start of the processes included",
            "",
            f"{'--workers':12}{'pictures a second':>20}",
            *(f"{workers:12}{rate['median']:>20.1f}" for workers, rate in rates.items()),
            "",
            f"two over one: {report['ratio']['median']:.2f}",
        ]
    )
