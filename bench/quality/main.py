"""``build.py bench --quality``: every model, raw and refined, beside what others make of the same masks."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import cv2

from bench.machine import describe_machine
from bench.quality.composites import find_composites, measure_composites
from bench.quality.data import PEOPLE, SHARED, find_sources
from bench.quality.measure import available_models, measure
from bench.quality.table import render
from bench.report import RESULTS, now
from builder.documents.generate import filled
from builder.paths import DOCS
from builder.report import say, step
from builder.stamps import write_atomically

if TYPE_CHECKING:
    from bench.machine import Machine
    from bench.quality.measure import Row

_PAGE = DOCS / "performance.md"


class QualityReport(TypedDict):
    """One run."""

    schema: int
    date: str
    machine: Machine
    data: str
    quick: bool
    rows: list[Row]


def main(argv: list[str]) -> int:
    """Measure, print the tables and save them; return 0."""
    options = parse(argv)
    cv2.setNumThreads(1)
    rows: list[Row] = []
    sources = find_sources(options.data, quick=options.quick)
    composites = find_composites(options.data, quick=options.quick)
    if not composites:
        say(f"left out: composites, {options.data} has no people/ with true colours and alpha")
    for model in available_models():
        for source in sources:
            with step(f"{model}: {source.name}"):
                rows += measure(model, source)
        if composites:
            with step(f"{model}: {len(composites)} composites"):
                rows += measure_composites(model, composites)
    report: QualityReport = {
        "schema": 1,
        "date": now(),
        "machine": describe_machine("none"),
        "data": options.data.name,
        "quick": options.quick,
        "rows": rows,
    }
    print(f"\n{render(rows)}\n")
    path = options.output or RESULTS / f"quality-{report['date'].replace(':', '').removesuffix('+0000')}.json"
    write_atomically(path, json.dumps(report, indent=1) + "\n")
    say(f"saved: {path}")
    if options.write:
        write_page(_PAGE, rows)
        say(f"written: {_PAGE}")
    return 0


def write_page(page: Path, rows: list[Row]) -> None:
    """Put the tables between the page's lines “begin quality” and “end quality”."""
    page.write_text(filled(page, {"quality": f"\n{render(rows)}\n\n"}), encoding="utf-8")


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="build.py bench --quality", description="Measure masks against their truth.")
    parser.add_argument("--quick", action="store_true", help="every fourth picture, few clips")
    parser.add_argument(
        "--data",
        type=Path,
        default=SHARED if SHARED.is_dir() else PEOPLE,
        metavar="FOLDER",
        help="with fixtures/, portraits/, matte_clip/, clips/ or people/ (default: %(default)s)",
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="save here instead of in bench/results/")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md, too")
    return parser.parse_args(argv)
