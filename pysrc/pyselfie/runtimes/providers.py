"""Which of ONNX Runtime's providers runs a model on this computer, and why: the processor, or a GPU."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.show import show_repr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Feeds = dict[str, NDArray[np.float32]]

AUTO = "auto"
_CPU = "CPUExecutionProvider"
_PROVIDERS = {
    "cpu": _CPU,
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
}
_REMEDIES = {
    "cuda": ": pip install onnxruntime-gpu",
    "directml": ": pip install onnxruntime-directml",
    "coreml": ": onnxruntime for macOS has it",
}
SETTINGS: dict[str, dict[str, str]] = {"CUDAExecutionProvider": {"use_tf32": "0"}}  # ten bits would show in the masks
_TOLERANCE = 0.005  # of the mean difference of two masks; edges in half precision are a pixel's fraction elsewhere
_SKETCH = (  # colour, centre, half the width and the height, and where it ends below
    ((0.2, 0.2, 0.35), (0.5, 1.05), (0.33, 0.5), 1.0),  # clothes
    ((0.8, 0.6, 0.5), (0.5, 0.33), (0.13, 0.2), 1.0),  # head
    ((0.15, 0.1, 0.08), (0.5, 0.27), (0.14, 0.18), 0.24),  # hair
    ((0.1, 0.1, 0.1), (0.45, 0.32), (0.025, 0.018), 1.0),
    ((0.1, 0.1, 0.1), (0.55, 0.32), (0.025, 0.018), 1.0),
    ((0.6, 0.2, 0.2), (0.5, 0.43), (0.05, 0.012), 1.0),
)
_RUNS = 5


class ProviderError(ValueError):
    """There is no such provider, or this ONNX Runtime lacks it; the message says what there is."""


def parse_providers(given: str | Iterable[str] | None, shown: str = "providers") -> tuple[str, ...]:
    """Return the names in `given`; none at all for None, which means the processor.

    Parameters
    ----------
    given
        ``"cpu"``, ``"cuda"``, ``"coreml"``, ``"directml"``, ``"auto"`` or one of ONNX Runtime's own names, which end in
        ``ExecutionProvider``; or several of them, best first.
    shown
        What the caller calls it, for messages.

    Raises
    ------
    ProviderError
        A ValueError: when there is no such provider, or none is named.
    TypeError
        When it is neither a name nor several.
    """
    if given is None:
        return ()
    try:
        names = (given,) if isinstance(given, str) else tuple(given)
    except TypeError:
        names = (None,)  # type: ignore[assignment]
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"{shown} is {show_repr(given)}, expected a name or a sequence of names")
    for name in names:
        if name != AUTO and name not in _PROVIDERS and not name.endswith("ExecutionProvider"):
            known = ", ".join(_PROVIDERS)
            raise ProviderError(f"{shown} has {show_repr(name)}, expected {known}, {AUTO} or ONNX Runtime's own name")
    if not names:
        raise ProviderError(f"{shown} is empty: name at least one, or leave it out for the processor")
    return names


def sample(width: int, height: int) -> NDArray[np.float32]:
    """Return a sketch of a person before a wall, float32 [height, width, 3] in 0..1: what masks are compared by."""
    y, x = np.mgrid[:height, :width] / np.array([height, width])[:, None, None]
    picture = np.full((height, width, 3), (0.6, 0.65, 0.7), np.float32)
    for color, (centre_x, centre_y), (half_width, half_height), end in _SKETCH:
        picture[(((x - centre_x) / half_width) ** 2 + ((y - centre_y) / half_height) ** 2 < 1) & (y < end)] = color
    return picture


def open_session(
    make: Callable[[str], Any],
    requested: tuple[str, ...],
    feeds: Feeds,
    *,
    available: Iterable[str],
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[Any, str, str]:
    """Return a session, the name of what it runs on, and why.

    A GPU is taken where it starts and its mask is the processor's; of ``"auto"``, where it is quicker as well.

    Parameters
    ----------
    make
        ``make(provider)`` returns a session, given ONNX Runtime's name.
    requested
        Of `parse_providers`.
    feeds
        An input to compare by; the first output is the mask.
    available
        ONNX Runtime's names of what it has.
    clock
        Seconds.

    Raises
    ------
    ProviderError
        When one that was asked for is not there.
    """
    processor = make(_CPU)
    if not requested:
        return processor, "cpu", "native ONNX Runtime on this computer"
    there = set(available)
    _check_there(requested, there)
    found = ""
    for name in _expanded(requested, there):
        if name in {"cpu", _CPU}:
            return processor, "cpu", found or "asked for"
        session, said = _tried(make, _PROVIDERS.get(name, name), processor, feeds, clock if AUTO in requested else None)
        if session is not None:
            return session, name, "; ".join(filter(None, [found, said]))
        found = "; ".join(filter(None, [found, f"{name} is not used, as {said}"]))
    return processor, "cpu", found or "this ONNX Runtime has no provider for a GPU"


def _expanded(requested: tuple[str, ...], there: set[str]) -> list[str]:
    gpus = [name for name, provider in _PROVIDERS.items() if provider in there and provider != _CPU]
    return [name for asked in requested for name in (gpus if asked == AUTO else [asked])]


def _check_there(requested: tuple[str, ...], there: set[str]) -> None:
    for name in requested:
        if name != AUTO and _PROVIDERS.get(name, name) not in there:
            short = {provider: short for short, provider in _PROVIDERS.items()}
            has = ", ".join(sorted(short.get(provider, provider) for provider in there))
            raise ProviderError(f"this ONNX Runtime has no provider {name}, it has {has}{_REMEDIES.get(name, '')}")


def _tried(
    make: Callable[[str], Any], provider: str, processor: Any, feeds: Feeds, clock: Callable[[], float] | None
) -> tuple[Any, str]:
    """Return the session and why it is good, or None and why it is not."""
    try:
        session = make(provider)
        if session.get_providers()[0] != provider:
            return None, "it does not start on this computer"
        off = float(np.abs(session.run(None, feeds)[0] - processor.run(None, feeds)[0]).mean())
    except Exception as error:  # drivers fail in ways of their own
        said = " ".join(str(error).split()) or type(error).__name__
        return None, f"it failed ({said})"
    if not off <= _TOLERANCE:
        return None, f"its mask differs from the processor's by {off:.2g} on average"
    if clock is None:
        return session, "asked for; its mask is the processor's"
    quick, usual = (_milliseconds(each, feeds, clock) for each in (session, processor))
    if quick >= usual:
        return None, f"it takes {quick:.1f} ms, and the processor {usual:.1f} ms"
    return session, f"it takes {quick:.1f} ms, and the processor {usual:.1f} ms"


def _milliseconds(session: Any, feeds: Feeds, clock: Callable[[], float]) -> float:
    times = []
    for _ in range(_RUNS):
        begin = clock()
        session.run(None, feeds)
        times.append(1000 * (clock() - begin))
    return float(np.median(times))
