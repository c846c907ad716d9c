"""``python3 build.py bench``: everybody in one browser, interleaved, and what came out as a table and as JSON."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.against import main as against
from bench.by_hand import compare
from bench.contenders import CONTENDERS
from bench.edges import main as edges
from bench.entrants import open_pages, serve_pages
from bench.frames import SIZE
from bench.gpu import main as gpu
from bench.machine import describe_machine
from bench.many import main as many
from bench.measure import Field, medians, ratios, totals
from bench.native import main as native
from bench.quality.main import main as quality
from bench.report import REFINED, SCHEMA, SUBJECT, Report, find_goals, now, save
from bench.startup import measure_startup
from bench.stats import ratio, summary
from bench.table import render
from builder.browsers.chromium import QUIET_FLAGS, ensure_chromium
from builder.documents.option_table import EFFECT_NAMES
from builder.errors import BuildError
from builder.report import say, step
from pyselfie.core.quickest import MOST_TURNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Playwright

    from bench.contenders import Contender
    from bench.types import Order, Outcome, Startup

# Headless Chromium gives WebGL in software and 2D canvases on the CPU, which is what a machine without a GPU has. With
# --use-angle=swiftshader canvases would be drawn through the software GPU, twenty times slower, and flatter nobody.
FLAGS = [
    *QUIET_FLAGS,
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--enable-unsafe-swiftshader",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
STAGED = ("ours", "handjs")  # arranged alike, so compared stage by stage, with camera frames, and by size
GROWTH = ((640, 360), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
WARM_UP_FRAMES = 16
WAYS_FRAMES = MOST_TURNS * 3 + 1  # by then ours has chosen among its three ways in, however busy the machine is

_OTHERS = {"--gpu": gpu, "--quality": quality, "--edges": edges, "--many": many, "--native": native}


def main(argv: list[str]) -> int:
    """Run the benchmark; return 0 unless nothing at all could be measured."""
    for flag, other in _OTHERS.items():
        if flag in argv:
            return other([word for word in argv if word != flag])
    if "--against" in argv:
        return against(argv, FLAGS)
    options = parse(argv)
    chosen = [contender for contender in CONTENDERS if contender.key in options.only]
    chromium = ensure_chromium()
    with sync_playwright() as playwright:
        report = _measure(playwright, chromium, options, chosen)
    path = save(report, options.output)
    print(f"\n{render(report)}\n")
    say(f"saved: {path}")
    return 0 if report["contenders"] else 1


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="build.py bench", description="Compare with the peers, interleaved in one run."
    )
    parser.add_argument("--quick", action="store_true", help="about a minute: fewer rounds, one start-up, three sizes")
    parser.add_argument("--against", metavar="DIST", help="how this site starts beside another built one instead")
    parser.add_argument("--native", action="store_true", help="MediaPipe's Python Solution API instead of browsers")
    parser.add_argument("--many", action="store_true", help="many photos with one worker and with two instead")
    parser.add_argument("--quality", action="store_true", help="how good the masks are instead of how fast")
    parser.add_argument("--edges", action="store_true", help="what refined edges cost in one run of the model instead")
    parser.add_argument("--gpu", action="store_true", help="the WebGPU painter and the peers' GPU sides instead")
    parser.add_argument("--rounds", type=_count, metavar="N", help="rounds in which each contender takes its turn")
    parser.add_argument("--output", type=Path, metavar="FILE", help="save here instead of in bench/results/")
    parser.add_argument(
        "--only",
        type=_keys,
        default=[contender.key for contender in CONTENDERS],
        metavar="A,B",
        help="these contenders alone: " + ", ".join(contender.key for contender in CONTENDERS),
    )
    options = parser.parse_args(argv)
    options.rounds = options.rounds or (4 if options.quick else 16)
    options.frames = 6 if options.quick else 10
    return options


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rounds: give a whole number from 1 up")
    return int(text)


def _keys(text: str) -> list[str]:
    known = [contender.key for contender in CONTENDERS]
    unknown = [key for key in text.split(",") if key not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is no contender: choose from {', '.join(known)}")
    return text.split(",")


def _measure(
    playwright: Playwright, chromium: Path, options: argparse.Namespace, chosen: Sequence[Contender]
) -> Report:
    report = _empty_report(options)
    with _browser(playwright, chromium) as browser, serve_pages(chosen, report["failures"]) as site:
        report["machine"] = describe_machine(browser.version)
        field = Field(open_pages(browser, site.url, chosen, report["failures"]), report["failures"])
        _race(field, options, report)
        report["camera"] = _video_frames(field, options, "i420")
        report["canvas"] = _video_frames(field, options, "canvas")
        report["film"] = _video_frames(field, options, "vp9")
        report["fake_camera"] = _video_frames(field, options, "camera")
        _growth(field, options, report)
        _effects(field, options, report)
        _by_hand(field, options, report)
    report["startup"] = _startup(playwright, chromium, options, report["failures"])
    report["goals"] = find_goals(report)
    return report


def _empty_report(options: argparse.Namespace) -> Report:
    return {
        "schema": SCHEMA,
        "date": now(),
        "machine": describe_machine("unknown"),
        "settings": {
            "quick": options.quick,
            "rounds": options.rounds,
            "frames_per_round": options.frames,
            "width": SIZE[0],
            "height": SIZE[1],
        },
        "contenders": {},
        "ratios": {},
        "round_trip_ratios": {},
        "camera": {},
        "canvas": {},
        "film": {},
        "fake_camera": {},
        "growth_ms": {},
        "effects_ms": {},
        "refined_ratios": {},
        "by_hand": {},
        "startup": None,
        "goals": [],
        "failures": {},
    }


@contextmanager
def _browser(playwright: Playwright, chromium: Path) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def _order(options: argparse.Namespace, size: tuple[int, int] = SIZE, kind: str = "bitmap") -> Order:
    return {"count": options.frames + 1, "width": size[0], "height": size[1], "kind": kind}


def _race(field: Field, options: argparse.Namespace, report: Report) -> None:
    with step("warming up"):
        field.rounds(1, {**_order(options), "count": WARM_UP_FRAMES})
    with step(f"{options.rounds} rounds of {options.frames} frames"):
        visits = field.rounds(options.rounds, _order(options))
    report["contenders"] = field.outcomes(visits, field.agreement())
    report["ratios"] = ratios(visits, SUBJECT, "totalMs")
    report["round_trip_ratios"] = ratios(visits, SUBJECT, "roundTripMs")


def _video_frames(field: Field, options: argparse.Namespace, kind: str) -> dict[str, Outcome]:
    order = _order(options, kind=kind)
    with step(f"video frames, {kind}"):
        field.rounds(1, {**order, "count": WAYS_FRAMES}, only=STAGED)
        return field.outcomes(field.rounds(max(1, options.rounds // 2), order, only=STAGED), {})


def _growth(field: Field, options: argparse.Namespace, report: Report) -> None:
    growth: dict[str, dict[str, float]] = {}
    with step("growth with the size of the picture"):
        for size in GROWTH[: 3 if options.quick else None]:
            visits = field.rounds(max(1, options.rounds // 4), _order(options, size), only=STAGED)
            for key, theirs in visits.items():
                growth.setdefault(key, {})[f"{size[1]}p"] = summary(medians(theirs, "totalMs"))["median"]
    report["growth_ms"] = growth


def _effects(field: Field, options: argparse.Namespace, report: Report) -> None:
    if SUBJECT not in field.keys:
        return
    with step("the effects"):
        visits = field.effects((SUBJECT, REFINED), EFFECT_NAMES, max(1, options.rounds // 2), _order(options))
    ours, refined = visits.get(SUBJECT, {}), visits.get(REFINED, {})
    report["effects_ms"] = {name: totals(theirs) for name, theirs in ours.items()}
    both = [name for name in ours if name in refined]
    report["refined_ratios"] = {
        name: ratio(medians(refined[name], "totalMs"), medians(ours[name], "totalMs")) for name in both
    }


def _by_hand(field: Field, options: argparse.Namespace, report: Report) -> None:
    if set(STAGED) <= set(field.keys):
        with step("the effects that are written by hand as well"):
            report["by_hand"] = compare(field, SUBJECT, options.rounds, _order(options))


def _startup(
    playwright: Playwright, chromium: Path, options: argparse.Namespace, failures: dict[str, str]
) -> Startup | None:
    if SUBJECT not in options.only:
        return None
    try:
        with step("start-up, cold and warm"):
            return measure_startup(playwright, chromium, FLAGS, 1 if options.quick else 3)
    except BuildError as error:
        say(str(error))
        failures["startup"] = str(error)
        return None
