"""What Chromium's heap fills with by itself: there is an end to it, but an hour doesn't reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_MACHINE_CODE = {
    "system / InstructionStream",
    "system / Code",
    "system / CodeWrapper",
    "system / ProtectedFixedArray",  # what it takes to go back to bytecode
    "system / TrustedByteArray",
    "system / TrustedWeakFixedArray",
    "system / WeakArrayList",  # the code that depends on a shape
}
_LONG_TASKS = {  # the first 200, for whoever asks the page's `performance`
    "PerformanceLongAnimationFrameTiming",
    "PerformanceLongTaskTiming",
    "PerformanceScriptTiming",
    "TaskAttributionTiming",
    "blink::ScriptTimingInfo",
}
_BOUNDED = _MACHINE_CODE | _LONG_TASKS


def bounded_bytes(snapshot: Mapping[str, Any]) -> int:
    """Return the bytes of compiled functions and of long tasks' records in a heap snapshot as Chromium gives it.

    A function is compiled when it has run often enough, so each of a program's functions is at some time. Bytecode,
    scripts and closures count as held by the page: one that keeps loading those has a leak.
    """
    fields = snapshot["snapshot"]["meta"]["node_fields"]
    nodes, strings = snapshot["nodes"], snapshot["strings"]
    bounded = {index for index, name in enumerate(strings) if name in _BOUNDED}
    names = nodes[fields.index("name") :: len(fields)]
    sizes = nodes[fields.index("self_size") :: len(fields)]
    return sum(size for name, size in zip(names, sizes, strict=True) if name in bounded)
