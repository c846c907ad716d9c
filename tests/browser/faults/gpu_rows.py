"""When a GPU's device can be lost: at each stage of a start, and while a picture is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.faults.fault import Fault, nothing
from tests.browser.faults.gpu_bench import MODEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.faults.gpu_bench import GpuBench

_ANEW = r"^The GPU failed and is set up anew: the GPU device was lost: "


def _starts(bench: GpuBench) -> None:
    bench.start()


def _lost(
    stage: str,
    call: str,
    then: Callable[[GpuBench], None],
    *,
    begin: Callable[[GpuBench], None] = _starts,
    mend: Callable[[GpuBench], None] = nothing,
) -> Fault:
    def provoke(bench: GpuBench) -> None:
        bench.lose_at(call)
        then(bench)

    goes_on = "another engine of the page paints; on a new device the picture follows the next effect"
    return Fault("GPU", f"lost {stage}", provoke, _ANEW, goes_on, mend, begin=begin)


GPU = [
    _lost("before the session is made", "requestDevice", _starts, begin=nothing),
    _lost("while the model loads", "createBuffer", _starts, begin=nothing),
    _lost("in the middle of a frame", "submit", lambda bench: bench.show()),
    _lost(
        "while an effect changes",
        "submit",
        lambda bench: bench.change(effect="mask"),
        mend=lambda bench: bench.change(effect="fill"),
    ),
    _lost(
        "while another model loads",
        "createBuffer",
        lambda bench: bench.take_model(1 - MODEL),
        mend=lambda bench: bench.take_model(MODEL),
    ),
]
