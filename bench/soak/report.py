"""What a run has found, as JSON for programs and as a table for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypedDict

from bench.report import RESULTS
from bench.soak.metrics import METRICS, why_missing
from bench.soak.slopes import FEWEST, Slope, slope
from bench.table import markdown_table
from builder.paths import ROOT
from builder.stamps import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.machine import Machine

SCHEMA = 2
KEPT = ROOT / "bench" / "reliability"
"""Where docs/reliability.md has its figures from."""


class Settings(TypedDict):
    """How the run was made; `warm_up_s` is how much of its beginning no slope has seen."""

    engine: str
    version: str
    minutes: float
    seed: int
    webgpu: bool
    warm_up_s: float


class Found(TypedDict):
    """One metric: its slope, and the first and last value that it was found from."""

    label: str
    unit: str
    first: float
    last: float
    slope: Slope


class Report(TypedDict):
    """One run.

    ``ended`` is "as planned" or says what came between; ``done`` counts the steps by name; ``times_s`` and ``samples``
    have the warm-up as well; ``faults`` are sentences, each of which is a failure, and ``more_faults`` counts those
    that came after them.
    """

    schema: int
    date: str
    machine: Machine
    settings: Settings
    ended: str
    seconds: float
    frames: int
    done: dict[str, int]
    times_s: list[float]
    samples: list[dict[str, float]]
    found: dict[str, Found]
    not_measured: dict[str, str]
    faults: list[str]
    more_faults: int


def conclude(report: Report) -> None:
    """Find the slopes from the samples after the warm-up, and what could not be measured."""
    since = report["settings"]["warm_up_s"]
    kept = [(time, one) for time, one in zip(report["times_s"], report["samples"], strict=True) if time >= since]
    report["found"], report["not_measured"] = {}, {}
    series = {name: [(time, one[name]) for time, one in kept if name in one] for name in METRICS}
    judged = sum(len(one) >= FEWEST for one in series.values())
    for name, metric in METRICS.items():
        times, values = ([pair[index] for pair in series[name]] for index in (0, 1))
        slopes = slope(times, values, judged)
        if slopes is None:
            few = f"{len(values)} samples after the warm-up, and {FEWEST} are needed"
            was_sampled = any(name in one for one in report["samples"])
            report["not_measured"][name] = few if was_sampled else why_missing(name)
        else:
            report["found"][name] = {
                "label": metric.label,
                "unit": metric.unit,
                "first": values[0],
                "last": values[-1],
                "slope": slopes,
            }


def failures(report: Report) -> list[str]:
    """Return what speaks against the product: metrics that grow, faults, an end that was not planned."""
    growing = [
        f"{one['label']} grows: {_interval(one['slope'], one['unit'])} an hour"
        for one in report["found"].values()
        if one["slope"]["verdict"] == "grows"
    ]
    ended = [] if report["ended"] in {"as planned", "interrupted"} else [report["ended"]]
    more = [f"and {report['more_faults']} more faults"] if report["more_faults"] else []
    return growing + report["faults"] + more + ended


def render(report: Report) -> str:
    """Return the report as Markdown."""
    settings, machine = report["settings"], report["machine"]
    done = ", ".join(f"{count} {name}" for name, count in report["done"].items())
    head = (
        f"{settings['engine']} {settings['version']}, {machine['cpu']}, {machine['cores']} cores, commit "
        f"{machine['commit']}, load before {machine['load']}; {report['seconds'] / 60:.1f} minutes, seed "
        f"{settings['seed']}, {report['frames']} frames, {len(report['times_s'])} samples; steps: {done}."
    )
    rows = [_row(one) for one in report["found"].values()]
    titles = ["what", "first", "last", "slope an hour", "interval (95 % for all together)", ""]
    missing = [f"- not measured: {METRICS[name].label}: {why}." for name, why in report["not_measured"].items()]
    bad = [f"- {sentence}" for sentence in failures(report)]
    parts = [head, markdown_table(titles, rows) if rows else "", "\n".join(missing + bad)]
    return "\n\n".join(part for part in parts if part)


def _row(one: Found) -> Sequence[str]:
    slopes, unit = one["slope"], one["unit"]
    ends = f"{slopes['low']:.4g} to {slopes['high']:.4g}"
    cells = [f"{value:.6g} {unit}".strip() for value in (one["first"], one["last"])]
    return [one["label"], *cells, f"{slopes['per_hour']:.4g} {unit}".strip(), ends, slopes["verdict"]]


def _interval(slopes: Slope, unit: str) -> str:
    return f"{slopes['per_hour']:.4g} ({slopes['low']:.4g} to {slopes['high']:.4g}) {unit}".strip()


def path_for(report: Report, output: Path | None) -> Path:
    """Return where a run is saved: `output`, or ``bench/results`` under its engine and date."""
    date = report["date"].replace(":", "").removesuffix("+0000")
    return output or RESULTS / f"soak-{report['settings']['engine']}-{date}.json"


def save(report: Report, path: Path) -> None:
    """Write the report."""
    write_atomically(path, json.dumps(report, indent=1) + "\n")


def keep(report: Report, folder: Path) -> Path:
    """Write the report without its samples, in the place of the engine's last one; return where."""
    settings = report["settings"]
    path = folder / f"soak-{settings['engine']}{'-webgpu' if settings['webgpu'] else ''}.json"
    save(report | {"samples": []}, path)
    return path
