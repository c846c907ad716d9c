"""What every runtime keeps to, tried on the stub and on the native one."""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.base import Runtime
from pyselfie.runtimes.native import NativeRuntime
from pyselfie.runtimes.stub import StubRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@pytest.fixture(params=[StubRuntime, NativeRuntime], ids=["stub", "native"])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    made: Runtime = request.param(load_spec(1))
    yield made
    made.close()


def run(runtime: Runtime, tensor: NDArray[Any]) -> NDArray[np.float32]:
    return asyncio.run(runtime.run(tensor))


def picture() -> NDArray[np.float32]:
    return np.random.default_rng(1).random((1, 144, 256, 3), dtype=np.float32)


def test_runtime_has_the_contract(runtime: Runtime) -> None:
    """A runtime has the protocol's attributes and methods, with the same parameters."""
    assert isinstance(runtime, Runtime)
    assert inspect.iscoroutinefunction(runtime.run)
    assert list(inspect.signature(runtime.run).parameters) == ["tensor", "extras"]
    assert runtime.spec == load_spec(1)
    assert runtime.backend in {"cpu", "stub"}
    assert runtime.reason


def test_mask_has_the_model_size_and_range(runtime: Runtime) -> None:
    """A mask is float32 [height, width] in 0..1."""
    mask = run(runtime, picture())
    assert (mask.shape, mask.dtype) == ((144, 256), np.float32)
    assert mask.min() >= 0
    assert mask.max() <= 1


def test_same_picture_gives_the_same_mask(runtime: Runtime) -> None:
    """Running again, also with the identical array, repeats the result."""
    tensor = picture()
    first = run(runtime, tensor).copy()
    np.testing.assert_array_equal(run(runtime, tensor), first)
    np.testing.assert_array_equal(run(runtime, picture()), first)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((1, 256, 256, 3), np.float32),
        np.zeros((144, 256, 3), np.float32),
        np.zeros((1, 144, 256, 3), np.float64),
        np.zeros((1, 144, 256, 3), np.uint8),
        np.zeros((1, 144, 256, 6), np.float32)[..., ::2],
    ],
    ids=["size", "rank", "float64", "uint8", "strided"],
)
def test_wrong_tensor_is_refused(runtime: Runtime, wrong: NDArray[Any]) -> None:
    """A tensor that the model cannot take is refused with what came and what was expected."""
    with pytest.raises(ValueError, match=r"takes a C-contiguous float32 array of shape \(1, 144, 256, 3\), got "):
        run(runtime, wrong)


@pytest.mark.parametrize("make", [StubRuntime, NativeRuntime])
def test_extras_are_there_after_a_run(make: Any) -> None:
    """Every extra output has the manifest's shape and is float32; before a run, or after `reset`, there is none."""
    runtime: Runtime = make(load_spec(1, "refined"))
    for _ in range(2):
        with pytest.raises(RuntimeError, match="this runtime has not run since it was made or reset; run it first"):
            runtime.extra("edge")
        run(runtime, picture())
        for name, shape in runtime.spec.extras:
            assert (runtime.extra(name).shape, runtime.extra(name).dtype) == (shape, np.float32)
        runtime.reset()
    runtime.close()
    with pytest.raises(RuntimeError, match="this runtime is closed"):
        runtime.extra("edge")


@pytest.mark.parametrize("make", [StubRuntime, NativeRuntime])
def test_only_what_a_run_was_asked_for_is_there(make: Any) -> None:
    """Others are not copied, and asking for one of them is an error that says so; the mask is always there."""
    runtime: Runtime = make(load_spec(1, "refined"))
    mask = asyncio.run(runtime.run(picture(), ("edge",)))
    assert mask.shape == (144, 256)
    assert runtime.extra("edge").shape == (1, 3, 36, 64)
    with pytest.raises(RuntimeError, match="the last run was not asked for 'person'; name it in the `extras`"):
        runtime.extra("person")
    asyncio.run(runtime.run(picture(), ()))
    with pytest.raises(RuntimeError, match="the last run was not asked for 'edge'"):
        runtime.extra("edge")
    run(runtime, picture())
    assert runtime.extra("person").shape == (1, 3, 36, 64)


@pytest.mark.parametrize("make", [StubRuntime, NativeRuntime])
def test_unknown_names_say_what_there_is(make: Any) -> None:
    """A setting or an extra output that the model lacks is refused with those it has."""
    refined, raw = make(load_spec(1, "refined")), make(load_spec(1))
    refined.set("smoothing", 0.5)
    with pytest.raises(ValueError, match="landscape model with refined edges has no setting 'x', expected 'smoothing'"):
        refined.set("x", 0.5)
    with pytest.raises(ValueError, match="has no extra output 'mask', expected 'raw' or 'coefficients' or 'still'"):
        refined.extra("mask")
    with pytest.raises(ValueError, match="with raw edges has no setting 'smoothing', expected none at all"):
        raw.set("smoothing", 0.5)


def test_closed_runtime_refuses_to_run(runtime: Runtime) -> None:
    """After close, which may be called again, running is an error that says so."""
    runtime.close()
    runtime.close()
    with pytest.raises(RuntimeError, match="this runtime is closed"):
        run(runtime, picture())


def test_stub_mask_is_the_brightness() -> None:
    """The stub's mask can be told in advance: the mean of the three colours of each pixel."""
    np.testing.assert_array_equal(run(StubRuntime(load_spec(1)), picture()), picture()[0].mean(axis=-1))


def test_missing_onnxruntime_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ONNX Runtime one sentence says what to install."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ImportError, match=r'onnxruntime is not installed; pip install "pyselfie\[native\]" brings it'):
        NativeRuntime(load_spec(0))
