"""Whether a GPU is trusted with the frames: what it has to be like, the verdict, and how long that is kept.

Nothing here runs a model or waits; `browser/check` does.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RUNS, WARM_UPS = 10, 3
"""On each side; Canvas 2D needs some more to warm up."""

MOST_BEGUN = 3
"""A check begun so often without an end has taken the browser with it; fewer may be pages that were left."""

_KNOWN_MASK = """
00003FFFF5000000
00002FFFF6000000
00001FFFF4000000
00000AFFD1000000
000005FF70000000
00007EFF30000000
0005FFFF40000000
001EFFFFD0000000
001FFFFFF7000000
007FFFFFFF400000
02FFFFFFFFC00000
0BFFFFFFFFF30000
0AFFFFFFFFF80000
0DFFFFFFFFF80000
0FFFFFFFFFF70000
0FFFFFFFFFF60000
"""  # of browser/models/check/sample.jpg, in fifteenths: each digit is the mean of one cell


class Limits(NamedTuple):
    """What a GPU must keep to.

    Attributes
    ----------
    frame_ms
        From capture to composite, the 75th percentile.
    mask_error
        Mean difference from the known mask; see `mask_error`.
    step_s
        Seconds that one step may take: the session with its shaders, one frame.
    """

    frame_ms: float = 25.0
    mask_error: float = 0.02
    step_s: float = 5.0


class Verdict(NamedTuple):
    """Which backend runs where there is this adapter, and why, for people to read."""

    backend: Literal["webgpu", "wasm"]
    reason: str

    def as_entry(self) -> str:
        """Return what is kept of it."""
        return json.dumps(self._asdict())


def known_mask() -> NDArray[np.float64]:
    """Return the sample's mask by the general model with refined edges, float64 [16, 16] in 0..1: means of cells."""
    return np.array([[int(digit, 16) for digit in row] for row in _KNOWN_MASK.split()]) / 15


def mask_error(mask: NDArray[np.float32]) -> float:
    """Return the mean difference, 0..1, of the sample's `mask`, float32 [h, w], from the known one; not a number: inf.

    `h` and `w` are multiples of 16.
    """
    known = known_mask()
    (rows, columns), (height, width) = known.shape, mask.shape
    cells = mask.reshape(rows, height // rows, columns, width // columns).mean(axis=(1, 3))
    error = float(np.abs(cells - known).mean())
    return math.inf if math.isnan(error) else error


def judge(error: float, gpu_ms: float, wasm_ms: float, limits: Limits) -> Verdict:
    """Return the verdict on a GPU.

    Parameters
    ----------
    error
        Of its mask, see `mask_error`.
    gpu_ms, wasm_ms
        From capture to composite, the 75th percentile, with the model on WebGPU and on WebAssembly.
    limits
        What is allowed.
    """
    if error > limits.mask_error:
        return Verdict("wasm", f"its mask of a sample is wrong: {error:.2f} off, {limits.mask_error:g} is allowed")
    if gpu_ms > limits.frame_ms:
        return Verdict("wasm", f"a frame takes {gpu_ms:.1f} ms on it, {limits.frame_ms:g} ms are allowed")
    if gpu_ms > wasm_ms:
        return Verdict("wasm", f"a frame takes {gpu_ms:.1f} ms on it and {wasm_ms:.1f} ms without it")
    return Verdict("webgpu", f"a frame takes {gpu_ms:.1f} ms on it and {wasm_ms:.1f} ms without it")


def key_of(adapter: str, painter: str, version: str, runtime: str) -> str:
    """Return what a verdict is kept under: it holds for this adapter and painter, and for these versions alone.

    Parameters
    ----------
    adapter
        Its name.
    painter
        Which one paints with it.
    version, runtime
        Of this package, and of ONNX Runtime Web.
    """
    return f"{adapter}, painter {painter}, pyselfie {version}, ONNX Runtime {runtime}"


class Note(NamedTuple):
    """What is to be kept while a check is under way.

    Attributes
    ----------
    entry
        Kept at once.
    if_it_dies
        Kept instead if the engine's worker ends before the check does.
    """

    entry: str
    if_it_dies: str


class Trust:
    """The verdicts on the adapters here, for all engines of a worker.

    Parameters
    ----------
    kept
        JSON: an object of entries by their keys. What makes no sense counts as not there.
    """

    def __init__(self, kept: str = "{}") -> None:
        found = _parsed(kept)
        entries = found.items() if isinstance(found, dict) else ()
        self._entries: dict[str, str] = {key: entry for key, entry in entries if isinstance(entry, str)}
        self._under_way: set[str] = set()
        self._listeners: list[tuple[str, Callable[[Verdict], None]]] = []

    def verdict(self, key: str) -> Verdict | None:
        """Return the verdict; None: the adapter has to be checked."""
        entry = self._entry(key)
        backend, reason = entry.get("backend"), entry.get("reason")
        if backend == "webgpu" and isinstance(reason, str):
            return Verdict("webgpu", reason)
        if backend == "wasm" and isinstance(reason, str):
            return Verdict("wasm", reason)
        if self._begun(key) >= MOST_BEGUN:
            return Verdict("wasm", "it was checked several times, and no check has come to an end")
        return None

    def _entry(self, key: str) -> dict[str, Any]:
        found = _parsed(self._entries.get(key, ""))
        return found if isinstance(found, dict) else {}

    def _begun(self, key: str) -> int:
        count = self._entry(key).get("begun")
        return count if isinstance(count, int) else 0

    def begin(self, key: str) -> Note | None:
        """Return what to keep while the caller checks; None: there is nothing to check, or somebody else does."""
        if key in self._under_way or self.verdict(key) is not None:
            return None
        self._under_way.add(key)
        died = Verdict("wasm", "the engine stopped while it was checked")
        return Note(json.dumps({"begun": self._begun(key) + 1}), died.as_entry())

    def leave(self, key: str) -> str:
        """Take it that the check was left without a verdict; returns what to keep."""
        self._under_way.discard(key)
        return self._entries.get(key, "")

    def learn(self, key: str, verdict: Verdict) -> None:
        """Take a verdict and tell it to all who wait for it."""
        self._under_way.discard(key)
        self._entries[key] = verdict.as_entry()
        listeners, self._listeners = self._listeners, []
        for one, listener in listeners:
            if one == key:
                listener(verdict)
            else:
                self._listeners.append((one, listener))

    def when_known(self, key: str, listener: Callable[[Verdict], None]) -> None:
        """Call `listener` with the verdict that is still to come."""
        self._listeners.append((key, listener))


def _parsed(text: str) -> Any:
    """Return what the JSON says; None where there is none: others may have written it."""
    with suppress(ValueError, RecursionError):
        return json.loads(text)
    return None
