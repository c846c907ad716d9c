"""What is sampled, in which unit, and what a browser cannot tell."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from bench.soak.processes import Held

_MB = 1e6


class Metric(NamedTuple):
    """One thing that must not grow."""

    label: str
    unit: str


METRICS = {
    "page_heap": Metric("JavaScript heap, page", "MB"),
    "worker_heap": Metric("JavaScript heap, worker", "MB"),
    "pyodide_memory": Metric("wasm memory, Pyodide", "MB"),
    "ort_memory": Metric("wasm memory, ONNX Runtime", "MB"),
    "py_proxies": Metric("live proxies of Python objects", ""),
    "js_proxies": Metric("live proxies of JavaScript objects", ""),
    "page_frames": Metric("open frames, page", ""),
    "worker_frames": Metric("open frames, worker", ""),
    "gpu_objects": Metric("GPU buffers and textures", ""),
    "python_objects": Metric("Python objects", ""),
    "files": Metric("file handles of the browser", ""),
    "processes": Metric("processes of the browser", ""),
    "resident": Metric("memory of the browser's processes", "MB"),
    "frame_ms": Metric("frame time", "ms"),
}


def sample(
    frame_ms: Sequence[float],
    counts: Mapping[str, Any],
    heaps: Mapping[str, int],
    held: Held | None,
    *,
    webgpu: bool,
) -> dict[str, float]:
    """Return one value for each metric that could be had.

    Parameters
    ----------
    frame_ms
        Of some frames of the same state.
    counts
        What the page says (``SoakCounts`` in bench/pages/soak.d.ts).
    heaps
        Bytes, by "page" and "worker".
    held
        Of the browser's processes; None where the system does not tell.
    webgpu
        The run has WebGPU: its objects are counted, even if there are none.
    """
    page, worker = counts["page"], counts["worker"]
    values: dict[str, float] = {
        **{f"{name}_heap": heaps[name] / _MB for name in ("page", "worker") if heaps.get(name)},
        "pyodide_memory": worker["pyodideBytes"] / _MB,
        "ort_memory": worker["ortBytes"] / _MB,
        "py_proxies": worker["proxies"],
        "js_proxies": worker["jsProxies"],
        "page_frames": page["frames"],
        "worker_frames": worker["frames"],
        "python_objects": worker["pythonObjects"],
        "frame_ms": statistics.median(frame_ms),
    }
    if webgpu:
        values["gpu_objects"] = worker["gpuObjects"]
    if held:
        values |= {"files": held.files, "processes": held.processes, "resident": held.resident_bytes / _MB}
    return {name: round(value, 3) for name, value in values.items()}


def why_missing(name: str) -> str:
    """Return why a metric was not measured, in a few words."""
    return {
        "gpu_objects": "nothing ran on WebGPU",
        "files": "this system has no /proc",
        "processes": "this system has no /proc",
        "resident": "this system has no /proc",
    }.get(name, "the browser does not tell")
