"""Which painter is chosen, and the reason that the page shows."""

import pytest

from pyselfie.runtimes.painters import PainterChoice

CASES = {
    "hardware": (("auto", False, "webgpu"), ("webgpu", "hardware adapter")),
    "software": (("auto", True, "webgpu"), ("canvas2d", "the WebGPU adapter is software")),
    "forced on software": (("webgpu", True, "webgpu"), ("webgpu", "asked for")),
    "forced without WebGPU": (("webgpu", False, "wasm"), ("canvas2d", "the model runs on wasm")),
    "not wanted": (("canvas2d", False, "webgpu"), ("canvas2d", "asked for")),
    "wasm": (("auto", False, "wasm"), ("canvas2d", "the model runs on wasm")),
}


@pytest.mark.parametrize("name", CASES)
def test_painter_fits_the_backend(name):
    """Frames stay on the GPU where the model runs on a hardware adapter, or where that is asked for."""
    (requested, is_software, backend), expected = CASES[name]
    assert PainterChoice(requested, is_software=is_software).for_backend(backend) == expected


def test_a_failed_painter_is_not_chosen_again():
    """After `give_up` Canvas 2D paints, even where WebGPU was asked for, and the reason says why."""
    choice = PainterChoice("webgpu", is_software=False)
    choice.give_up("out of memory")
    assert choice.for_backend("webgpu") == ("canvas2d", "webgpu failed (out of memory)")
