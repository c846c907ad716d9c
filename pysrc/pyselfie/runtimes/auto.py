"""Which backend runs the model in a browser, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyselfie.core.gpu_check import Verdict

BACKENDS = ("auto", "webgpu", "wasm")


@dataclass(frozen=True)
class Probe:
    """What the browser has to offer; gathered by ``web/js/worker/probe.js``.

    Attributes
    ----------
    has_webgpu : bool
        The browser knows WebGPU at all.
    adapter : str
        Name of the adapter that WebGPU offers, empty if it offers none.
    is_software : bool
        The adapter computes on the CPU (SwiftShader, llvmpipe): about 100 times slower than WebAssembly.
    threads : int
        Threads that WebAssembly may use: 1 where the page is not cross-origin isolated.
    """

    has_webgpu: bool
    adapter: str
    is_software: bool
    threads: int


def needs_verdict(probe: Probe, requested: str) -> bool:
    """Whether WebGPU runs only where a check has found its adapter fit: nobody has asked for it, and it is hardware."""
    return requested == "auto" and bool(probe.adapter) and not probe.is_software


def candidates(probe: Probe, requested: str = "auto", verdict: Verdict | None = None) -> Iterator[tuple[str, str]]:
    """Yield (backend, reason) pairs, best first; the next one is for when the one before fails.

    A software WebGPU adapter is only ever chosen by request, a hardware one after it was checked.

    Parameters
    ----------
    probe : Probe
        What the browser offers.
    requested : str
        ``"auto"``, ``"webgpu"`` or ``"wasm"``.
    verdict : Verdict or None
        On the adapter; None: it has not been checked yet.
    """
    if requested == "wasm":
        yield "wasm", f"asked for; {_threads(probe)}"
        return
    if requested == "webgpu" and probe.adapter:
        yield (
            "webgpu",
            f"asked for; {'software' if probe.is_software else 'hardware'} adapter {probe.adapter}",
        )
    elif needs_verdict(probe, requested):
        if verdict is None:
            yield "wasm", f"hardware adapter {probe.adapter} is being checked; {_threads(probe)}"
            return
        if verdict.backend == "wasm":
            yield "wasm", f"hardware adapter {probe.adapter} is not used, as {verdict.reason}; {_threads(probe)}"
            return
        yield "webgpu", f"hardware adapter {probe.adapter}: {verdict.reason}"
    yield "wasm", f"{_why_no_webgpu(probe)}; {_threads(probe)}"


def _why_no_webgpu(probe: Probe) -> str:
    if not probe.has_webgpu:
        return "this browser has no WebGPU"
    if not probe.adapter:
        return "WebGPU offers no adapter here"
    if probe.is_software:
        return f"the only WebGPU adapter, {probe.adapter}, is software"
    return "WebGPU failed"


def _threads(probe: Probe) -> str:
    if probe.threads == 1:
        return "1 thread"
    return f"{probe.threads} threads"
