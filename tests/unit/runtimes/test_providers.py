"""ONNX Runtime's providers: those asked for, in their order, with a reason; the processor where none will do."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest

from pyselfie import Segmenter, SelfieSegmentation, shared_model
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.native import NativeRuntime
from pyselfie.runtimes.providers import ProviderError, open_session, parse_providers, sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

CPU, CUDA, COREML = "CPUExecutionProvider", "CUDAExecutionProvider", "CoreMLExecutionProvider"
OTHER = "AzureExecutionProvider"  # which every build has, and which gives all of a model to the processor
AVAILABLE = onnxruntime.get_available_providers()


@pytest.mark.parametrize("model", ["general", "landscape"])
@pytest.mark.parametrize("edges", ["raw", "refined"])
def test_sketch_is_a_person(model: str, edges: str) -> None:
    """Each model finds a person in a part of it: masks that are empty everywhere would prove nothing."""
    spec = load_spec(model, edges)
    mask = NativeRuntime(spec).run_sync(sample(spec.width, spec.height)[None])
    assert 0.2 < mask.mean() < 0.5
    assert mask[spec.height // 3, spec.width // 2] > 0.9
    assert mask[spec.height // 8, spec.width // 8] < 0.1


@pytest.mark.skipif(OTHER not in AVAILABLE, reason=f"this ONNX Runtime has no {OTHER}")
@pytest.mark.parametrize("kind", [SelfieSegmentation, Segmenter])
def test_provider_that_is_asked_for_runs(kind: Any, astronaut: NDArray[np.uint8]) -> None:
    """A real provider besides the processor's is taken, is told, and goes along when pickled; the mask is the same."""
    with kind(providers=OTHER) as made, kind() as usual:
        assert (made.backend, made.reason) == (OTHER, "asked for; its mask is the processor's")
        assert (usual.backend, usual.reason) == ("cpu", "native ONNX Runtime on this computer")
        if kind is Segmenter:
            np.testing.assert_array_equal(made.segment(astronaut), usual.segment(astronaut))
        else:
            masks = [each.process(astronaut).segmentation_mask for each in (made, usual)]
            np.testing.assert_array_equal(*masks)
        with pickle.loads(pickle.dumps(made)) as other:
            assert other.backend == OTHER


def test_processor_is_asked_for() -> None:
    """By its name, or by ONNX Runtime's."""
    for name in ("cpu", CPU, ["cpu"]):
        with Segmenter(providers=name) as segmenter:
            assert (segmenter.backend, segmenter.reason) == ("cpu", "asked for")


@pytest.mark.skipif(CUDA in AVAILABLE, reason="this ONNX Runtime has CUDA")
def test_provider_that_onnx_runtime_lacks_is_one_sentence() -> None:
    """What it has is named, and what to install; `auto` needs nothing and says why it is the processor."""
    sentence = r"^this ONNX Runtime has no provider cuda, it has .*\bcpu\b.*: pip install onnxruntime-gpu$"
    with pytest.raises(ProviderError, match=sentence):
        SelfieSegmentation(providers="cuda")
    with pytest.raises(ProviderError, match="no provider cuda"):
        Segmenter(providers=["cpu", "cuda"])


@pytest.mark.skipif(bool({CUDA, COREML, "DmlExecutionProvider"} & {*AVAILABLE}), reason="this ONNX Runtime knows a GPU")
def test_auto_without_a_gpu_is_the_processor() -> None:
    """And says why."""
    with Segmenter(providers="auto") as segmenter:
        assert (segmenter.backend, segmenter.reason) == ("cpu", "this ONNX Runtime has no provider for a GPU")


@pytest.mark.skipif(CUDA in AVAILABLE, reason="this ONNX Runtime has CUDA")
def test_provider_that_does_not_start_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """ONNX Runtime leaves one out whose driver is missing: the processor does it, and nothing is printed."""
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it knows better what it has
        with Segmenter(providers="cuda") as segmenter:
            assert segmenter.backend == "cpu"
            assert segmenter.reason == "cuda is not used, as it does not start on this computer"
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("given", "kind", "sentence"),
    [
        ("gpu", ProviderError, "providers has 'gpu', expected cpu, cuda, coreml, directml, auto or ONNX Runtime's own"),
        ([], ProviderError, "providers is empty: name at least one, or leave it out for the processor"),
        (3, TypeError, "providers is 3, expected a name or a sequence of names"),
        (["cpu", 3], TypeError, r"providers is \['cpu', 3\], expected a name or a sequence of names"),
    ],
)
def test_wrong_providers_are_one_sentence(given: Any, kind: type[Exception], sentence: str) -> None:
    """Of both classes, and before a model is loaded."""
    for maker in (SelfieSegmentation, Segmenter):
        with pytest.raises(kind, match=sentence):
            maker(providers=given)


def test_browser_has_no_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    """There ONNX Runtime Web is the engine, and the sentence says so."""
    monkeypatch.setattr(shared_model, "IN_BROWSER", True)
    with pytest.raises(ProviderError, match="providers are ONNX Runtime's on the desktop; in a browser leave them out"):
        Segmenter(providers="cuda")


class Session:
    """Stands in for one on a GPU: what it answers, and how long it takes by the test's clock."""

    now = 0.0

    def __init__(self, provider: str, mask: float = 0.5, seconds: float = 0.004, starts: bool = True) -> None:
        self.provider, self.mask, self.seconds, self.starts = provider, mask, seconds, starts

    def get_providers(self) -> list[str]:
        return [self.provider, CPU] if self.starts else [CPU]

    def run(self, _names: None, _feeds: Any) -> list[NDArray[np.float32]]:
        Session.now += self.seconds
        return [np.full((4, 4), self.mask, np.float32)]


def chosen(asked: Any, *sessions: Session) -> tuple[str, str]:
    made = {CPU: Session(CPU), **{session.provider: session for session in sessions}}
    session, backend, reason = open_session(
        made.__getitem__, parse_providers(asked), {}, available=list(made), clock=lambda: Session.now
    )
    assert session is made[{"cpu": CPU, "cuda": CUDA, "coreml": COREML}[backend]]
    return backend, reason


@pytest.mark.parametrize(
    ("asked", "sessions", "backend", "reason"),
    [
        ("cuda", [Session(CUDA, seconds=9)], "cuda", "asked for; its mask is the processor's"),
        ("auto", [Session(CUDA, seconds=0.001)], "cuda", "it takes 1.0 ms, and the processor 4.0 ms"),
        (
            "auto",
            [Session(CUDA, seconds=0.009)],
            "cpu",
            "cuda is not used, as it takes 9.0 ms, and the processor 4.0 ms",
        ),
        (
            "cuda",
            [Session(CUDA, mask=0.6)],
            "cpu",
            "cuda is not used, as its mask differs from the processor's by 0.1 on average",
        ),
        (
            "cuda",
            [Session(CUDA, mask=np.nan)],
            "cpu",
            "cuda is not used, as its mask differs from the processor's by nan on average",
        ),
        (
            ["cuda", "coreml"],
            [Session(CUDA, starts=False), Session(COREML)],
            "coreml",
            "cuda is not used, as it does not start on this computer; asked for; its mask is the processor's",
        ),
    ],
)
def test_gpu_is_taken_where_it_is_right(asked: Any, sessions: list[Session], backend: str, reason: str) -> None:
    """Masks like the processor's are the condition; speed counts where the choice is left to us."""
    assert chosen(asked, *sessions) == (backend, reason)


def test_driver_that_fails_is_passed_over() -> None:
    """Whatever it raises, in one line."""

    class Broken(Session):
        def run(self, _names: None, _feeds: Any) -> list[NDArray[np.float32]]:
            raise RuntimeError("CUDA error\n  no device")

    assert chosen("cuda", Broken(CUDA)) == ("cpu", "cuda is not used, as it failed (CUDA error no device)")
