"""Which backend is chosen, and what the user is told."""

from pyselfie.runtimes.auto import Probe, candidates

HARDWARE = Probe(has_webgpu=True, adapter="nvidia hopper", is_software=False, threads=4)
SOFTWARE = Probe(has_webgpu=True, adapter="google swiftshader", is_software=True, threads=1)
NO_ADAPTER = Probe(has_webgpu=True, adapter="", is_software=False, threads=2)
NO_WEBGPU = Probe(has_webgpu=False, adapter="", is_software=False, threads=1)


def test_hardware_comes_first_and_wasm_is_the_way_out():
    """A hardware adapter is used, WebAssembly follows if it fails."""
    assert list(candidates(HARDWARE)) == [
        ("webgpu", "hardware adapter nvidia hopper"),
        ("wasm", "WebGPU failed; 4 threads"),
    ]


def test_a_software_adapter_is_never_chosen_by_itself():
    """SwiftShader is only taken when asked for."""
    assert list(candidates(SOFTWARE)) == [
        ("wasm", "the only WebGPU adapter, google swiftshader, is software; 1 thread")
    ]
    assert next(candidates(SOFTWARE, "webgpu")) == ("webgpu", "asked for; software adapter google swiftshader")


def test_asking_for_webgpu_without_an_adapter_gives_wasm_and_says_why():
    """A wish that cannot be had does not stop the page."""
    assert list(candidates(NO_ADAPTER, "webgpu")) == [("wasm", "WebGPU offers no adapter here; 2 threads")]
    assert list(candidates(NO_WEBGPU, "webgpu")) == [("wasm", "this browser has no WebGPU; 1 thread")]


def test_asking_for_wasm_gives_nothing_else():
    """With hardware at hand, too."""
    assert list(candidates(HARDWARE, "wasm")) == [("wasm", "asked for; 4 threads")]
