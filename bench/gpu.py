"""``build.py bench --gpu``: frames that stay on the GPU, and the peers' GPU sides, on the adapter at hand."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from bench.contenders import CONTENDERS, Contender
from bench.entrants import open_pages, serve_pages
from bench.frames import SIZE
from bench.machine import describe_machine
from bench.measure import Field
from bench.stats import summary
from bench.table import markdown_table
from builder.browsers.chromium import ensure_chromium
from builder.documents.option_table import EFFECT_NAMES
from builder.paths import ROOT
from builder.report import say, step
from builder.stamps import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Playwright

    from bench.types import Order, Sample, Summary, Visit

COMMON_FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--ignore-gpu-blocklist", "--enable-unsafe-webgpu"]
HARDWARE_FLAGS = [*COMMON_FLAGS, "--enable-features=Vulkan", "--use-angle=vulkan", "--enable-gpu"]
SOFTWARE_FLAGS = [
    *COMMON_FLAGS,
    "--enable-features=Vulkan",
    "--use-webgpu-adapter=swiftshader",
    "--use-vulkan=swiftshader",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
OURS = (
    Contender("webgpu", "pyselfie, WebGPU painter", "ours.html?backend=webgpu&painter=webgpu", "composite"),
    Contender("canvas2d", "pyselfie, Canvas 2D painter", "ours.html?backend=webgpu&painter=canvas2d", "composite"),
)
PEERS = tuple(contender for contender in CONTENDERS if contender.key in {"legacy", "tasks-gpu"})
PYTHON_STAGES = ("capture", "preprocess", "paint")  # what Python encodes; "infer" is ONNX Runtime, "gpu" is waiting
RESULT = ROOT / "bench" / "results" / "gpu.json"

_ADAPTER = """
async () => {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { name: "", software: true };
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(" ");
  return { name, software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(name) };
}
"""


def main(argv: list[str]) -> int:
    """Run the benchmark; return 0 unless the WebGPU painter could not be measured."""
    options = parse(argv)
    failures: dict[str, str] = {}
    chromium = Path(options.chromium) if options.chromium else ensure_chromium()
    chosen = (*OURS, *PEERS) if options.peers else OURS
    with sync_playwright() as playwright, serve_pages(chosen, failures) as site:
        browser, adapter = _launch(playwright, chromium, site.url)
        field = Field(open_pages(browser, site.url, chosen, failures), failures)
        report = {"adapter": adapter, "machine": describe_machine(browser.version)}
        report |= _measure(field, options) | {"failures": failures}
        browser.close()
    write_atomically(options.output, json.dumps(report, indent=1) + "\n")
    print(f"\n{render(report)}\n")
    say(f"saved: {options.output}")
    return 0 if OURS[0].key in report["contenders"] else 1


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="build.py bench --gpu", description="Frames that stay on the GPU.")
    parser.add_argument("--rounds", type=int, default=6, help="rounds in which each contender takes its turn")
    parser.add_argument("--frames", type=int, default=20, help="frames in each round")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="this project's painters alone")
    parser.add_argument("--chromium", help="another browser than the one that is found")
    parser.add_argument("--output", type=Path, default=RESULT, help="where the JSON goes")
    return parser.parse_args(argv)


def _launch(playwright: Playwright, chromium: Path, url: str) -> tuple[Browser, dict[str, Any]]:
    """Return a browser on the hardware adapter, or on the software one where there is none, and that adapter."""
    for flags in (HARDWARE_FLAGS, SOFTWARE_FLAGS):
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        page.goto(f"{url}pages/ours.html")
        adapter: dict[str, Any] = page.evaluate(_ADAPTER)
        page.close()
        if flags is SOFTWARE_FLAGS or not adapter["software"]:
            break
        browser.close()
    say(f"adapter: {adapter['name'] or 'none'}{' (software)' if adapter['software'] else ''}")
    return browser, adapter


def _measure(field: Field, options: argparse.Namespace) -> dict[str, Any]:
    order: Order = {"count": options.frames + 1, "width": SIZE[0], "height": SIZE[1], "kind": "i420"}
    with step("warming up"):
        field.rounds(1, {**order, "count": 4})
    with step(f"{options.rounds} rounds of {options.frames} camera-like frames"):
        visits = field.rounds(options.rounds, order)
    outcomes = field.outcomes(visits, {})
    python = {key: python_ms(visits[key]) for key in (OURS[0].key,) if key in visits}
    with step("the effects"):
        effects = field.effects((OURS[0].key,), EFFECT_NAMES, max(1, options.rounds // 3), order)
    return {"contenders": outcomes, "python_ms": python, "effects_ms": effects}


def python_ms(visits: Sequence[Visit]) -> Summary:
    """Return the milliseconds per frame in which Python made and encoded the GPU's work."""
    return summary([_python_ms(sample) for visit in visits for sample in visit["samples"]])


def _python_ms(sample: Sample) -> float:
    return sum(sample["stages"].get(stage, 0.0) for stage in PYTHON_STAGES)


def render(report: dict[str, Any]) -> str:
    """Return the report as Markdown."""
    adapter, machine = report["adapter"], report["machine"]
    head = (
        f"Adapter {adapter['name'] or 'none'}, {machine['cpu']}, {machine['cores']} cores, "
        f"Chromium {machine['chromium']}, {SIZE[0]}x{SIZE[1]} I420 frames, landscape model; "
        "each frame is waited for until the GPU has finished it."
    )
    if adapter["software"]:
        head += "\n\nThis adapter is software: these figures prove that it works, and say nothing about speed."
    return f"{head}\n\n{_contender_table(report)}\n\n{_effect_table(report)}"


def _contender_table(report: dict[str, Any]) -> str:
    rows = []
    for key, outcome in report["contenders"].items():
        total, python = outcome["total_ms"], report["python_ms"].get(key)
        encode = f"{python['median']:.2f} ({python['p95']:.2f})" if python else ""
        share = f"{python['median'] / total['median']:.0%}" if python else ""
        frame = f"{total['median']:.2f} ({total['p95']:.2f})"
        rows.append(
            [outcome["label"], outcome["does"], frame, encode, share, f"{outcome['round_trip_ms']['median']:.2f}"]
        )
    head = ["contender", "does", "frame ms (p95)", "of it Python ms (p95)", "share", "round trip ms"]
    return markdown_table(head, rows)


def _effect_table(report: dict[str, Any]) -> str:
    effects = report["effects_ms"]
    cells = [f"{figure['median']:.2f} ({figure['p95']:.2f})" for figure in effects.values()]
    return markdown_table(["WebGPU painter, ms (p95)", *effects], [["whole frame", *cells]])
