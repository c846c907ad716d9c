"""``build.py bench --against DIST``: how this site starts beside another built one, taking turns."""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from bench.startup import measure_startup
from bench.stats import ratio
from bench.table import markdown_table
from builder.browsers.chromium import ensure_chromium
from builder.errors import BuildError
from builder.paths import DIST
from builder.report import step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.types import Startup

_HEAD = ["start", "this, ms", "the other, ms", "quickest / quickest", "median of ratios", "this, MB", "the other, MB"]


def main(argv: list[str], flags: list[str]) -> int:
    """Run the benchmark in Chromium with these flags.

    Raises
    ------
    BuildError
        If the other folder is no built site, or one of the two does not start.
    """
    parser = argparse.ArgumentParser(prog="build.py bench", description="Two built sites' starts, interleaved.")
    parser.add_argument("--against", type=Path, required=True, metavar="DIST", help="the other site's folder")
    parser.add_argument("--rounds", type=int, default=6, help="starts of each site, cold and warm")
    options = parser.parse_args(argv)
    if not (options.against / "assets.json").is_file():
        raise BuildError(f"{options.against} is no built site: name a folder that `build.py build` has written.")
    chromium = ensure_chromium()
    sites = (DIST, options.against)
    visits: dict[Path, list[Startup]] = {site: [] for site in sites}
    with sync_playwright() as playwright, step(f"{options.rounds} rounds"):
        for number in range(options.rounds):
            for site in sites[:: -1 if number % 2 else 1]:
                visits[site].append(measure_startup(playwright, chromium, flags, 1, site))
    print(f"\n{markdown_table(_HEAD, rows(visits[DIST], visits[options.against]))}\n")
    return 0


def rows(ours: Sequence[Startup], theirs: Sequence[Startup]) -> list[list[str]]:
    """Return the table's lines: medians, the ratio of the quickest starts, and the median of the rounds' ratios."""
    cold = _row("cold", [one["cold_ms"][0] for one in ours], [one["cold_ms"][0] for one in theirs])
    warm = _row("warm", [one["warm_ms"][0] for one in ours], [one["warm_ms"][0] for one in theirs])
    cold += [f"{side[-1]['cold_bytes'] / 1e6:.2f}" for side in (ours, theirs)]
    warm += [f"{side[-1]['warm_bytes'] / 1e6:.2f}" for side in (ours, theirs)]
    return [cold, warm]


def _row(name: str, ours: Sequence[float], theirs: Sequence[float]) -> list[str]:
    medians = [f"{statistics.median(side):.0f}" for side in (ours, theirs)]
    return [name, *medians, f"{min(ours) / min(theirs):.2f}", f"{ratio(ours, theirs)['median']:.2f}"]
