"""Which backend is chosen, and what the user is told."""

from pyselfie.core.gpu_check import Verdict
from pyselfie.runtimes.auto import Probe, candidates

HARDWARE = Probe(has_webgpu=True, adapter="nvidia hopper", is_software=False, threads=4)
SOFTWARE = Probe(has_webgpu=True, adapter="google swiftshader", is_software=True, threads=1)
NO_ADAPTER = Probe(has_webgpu=True, adapter="", is_software=False, threads=2)
NO_WEBGPU = Probe(has_webgpu=False, adapter="", is_software=False, threads=1)


def test_fit_hardware_comes_first_and_wasm_is_the_way_out():
    """A hardware adapter that was found fit is used, WebAssembly follows if it fails."""
    assert list(candidates(HARDWARE, verdict=Verdict("webgpu", "it is fast"))) == [
        ("webgpu", "hardware adapter nvidia hopper: it is fast"),
        ("wasm", "WebGPU failed; 4 threads"),
    ]


def test_hardware_without_a_good_verdict_is_left_alone():
    """WebAssembly runs before the check and after a bad one, and says which; whoever asks for WebGPU gets it."""
    assert list(candidates(HARDWARE)) == [("wasm", "hardware adapter nvidia hopper is being checked; 4 threads")]
    slow = Verdict("wasm", "a frame takes 30.0 ms on it, 25 ms are allowed")
    reason = "hardware adapter nvidia hopper is not used, as a frame takes 30.0 ms on it, 25 ms are allowed; 4 threads"
    assert list(candidates(HARDWARE, verdict=slow)) == [("wasm", reason)]
    assert next(candidates(HARDWARE, "webgpu", slow)) == ("webgpu", "asked for; hardware adapter nvidia hopper")


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
