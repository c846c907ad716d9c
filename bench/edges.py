"""``build.py bench --edges``: what refined edges cost, a network against the same with the refinement behind it."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from playwright.sync_api import sync_playwright

from bench.site import bench_server
from bench.stats import ratio
from bench.table import markdown_table
from builder.browsers.chromium import QUIET_FLAGS, ensure_chromium
from builder.model_files import read_manifest
from builder.paths import DIST, ROOT
from builder.report import step
from pyselfie.core.manifest import spec_from_manifest
from pyselfie.runtimes.native import NativeRuntime

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("landscape", "general")
_WARM_UP = 5


class Times(NamedTuple):
    """Milliseconds of runs that took turns: of the network alone, and of the one with the refinement."""

    raw: Sequence[float]
    refined: Sequence[float]


def main(argv: list[str]) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="build.py bench --edges", description="What the refined edges cost.")
    parser.add_argument("--rounds", type=int, default=200, help="runs of each network")
    rounds = parser.parse_args(argv).rounds
    web = [entry for entry in read_manifest() if "wasm" in entry.get("backends", ())]
    pairs = {name: [entry for entry in web if entry["name"] == name] for name in NAMES}
    rows = []
    with step("in Chromium, WebAssembly, one thread"):
        for name, times in _in_chromium(pairs, rounds).items():
            rows.append(row(f"{name}, WebAssembly", times))
    with step("natively, one thread"):
        rows += [row(f"{name}, native", _natively(name, rounds)) for name in NAMES]
    head = ["one run, one thread", "network alone, ms", "refined, ms", "refined / alone, quickest", "median of ratios"]
    print(f"\n{markdown_table(head, rows)}\n")
    return 0


def row(label: str, times: Times) -> list[str]:
    """Return a line of the table: the quickest runs, which other work disturbs least, and the ratio of neighbours."""
    raw, refined = min(times.raw), min(times.refined)
    median = ratio(times.refined, times.raw)["median"]
    return [label, f"{raw:.2f}", f"{refined:.2f}", f"{refined / raw:.2f}", f"{median:.2f}"]


def _in_chromium(pairs: dict[str, list[dict[str, Any]]], rounds: int) -> dict[str, Times]:
    mounts = {"pages": ROOT / "bench" / "pages", "dist": DIST}
    with sync_playwright() as playwright, bench_server(mounts) as site:
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=QUIET_FLAGS)
        page = browser.new_page()
        page.goto(f"{site.url}pages/sessions.html")
        measure = "([entries, rounds]) => takeTurns(entries, rounds)"
        found = {name: Times(*page.evaluate(measure, [entries, rounds + _WARM_UP])) for name, entries in pairs.items()}
        browser.close()
    return {name: Times(times.raw[_WARM_UP:], times.refined[_WARM_UP:]) for name, times in found.items()}


def _natively(name: str, rounds: int) -> Times:
    """Time the thread, not the clock: what else the machine does counts less."""
    manifest = {"models": read_manifest()}
    runtimes = [NativeRuntime(spec_from_manifest(manifest, name, edges)) for edges in ("raw", "refined")]
    picture = np.random.default_rng(1).random(runtimes[0].spec.input_shape, dtype=np.float32)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + _WARM_UP):
        for runtime, taken in zip(runtimes, times, strict=True):
            start = time.thread_time()
            runtime.run_sync(picture)
            taken.append((time.thread_time() - start) * 1e3)
    return Times(times[0][_WARM_UP:], times[1][_WARM_UP:])
