"""What a runtime is: one loaded model that turns an input tensor into a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec


@runtime_checkable
class Runtime(Protocol):
    """One model, loaded and ready.

    Whoever makes a runtime owns it and closes it. Passing the identical array again lets a runtime keep
    its own view of that memory; the caller may change the values between calls, not during one.

    Attributes
    ----------
    spec
        The model that this runtime runs.
    backend
        What computes: ``"webgpu"``, ``"wasm"``, ``"cpu"`` or ``"stub"``.
    reason
        Why that backend was chosen, for people to read.
    """

    spec: ModelSpec
    backend: str
    reason: str

    async def run(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the mask of one picture.

        Parameters
        ----------
        tensor
            float32 [1, height, width, 3], C-contiguous, RGB in 0..1, of the model's size.
        extras
            The outputs besides the mask that `extra` may be asked for until the next run: others need not be copied.
            None: all of them.

        Returns
        -------
        NDArray[np.float32]
            float32 [height, width] in 0..1, 1 where the person is; valid until the next call.

        Raises
        ------
        ValueError
            When the tensor is another shape or dtype, or not C-contiguous.
        RuntimeError
            When the runtime is closed.
        """
        ...

    async def glance(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the mask of a picture that is not of the film: a first one, and the film goes on as if nothing was.

        It takes, returns and raises what `run` does; `extra` is of it until the next run.
        """
        ...

    def set(self, name: str, value: float) -> None:
        """Set one of the model's settings, from the next run until it is set again.

        Raises
        ------
        ValueError
            When the model has no such setting.
        RuntimeError
            When the runtime is closed.
        """
        ...

    def extra(self, name: str) -> NDArray[np.float32]:
        """Return what the last run gave besides the mask, of the shape in `spec.extras`; valid until the next run.

        Raises
        ------
        ValueError
            When the model has no such output.
        RuntimeError
            When there was no run since the runtime was made or reset, or it was not asked for that output, or the
            runtime is closed.
        """
        ...

    def reset(self) -> None:
        """Forget what the model carries from one frame to the next: the next one is the first of another source.

        Settings stay.
        """
        ...

    def close(self) -> None:
        """Release the model; more calls do nothing."""
        ...


def check_tensor(tensor: NDArray[np.float32], spec: ModelSpec) -> None:
    """Refuse a tensor that the model cannot take.

    Raises
    ------
    ValueError
        Quoting what came and what was expected.
    """
    if tensor.dtype != np.float32 or tensor.shape != spec.input_shape or not tensor.flags.c_contiguous:
        layout = "C-contiguous" if tensor.flags.c_contiguous else "not C-contiguous"
        raise ValueError(
            f"the {spec.name} model takes a C-contiguous float32 array of shape {spec.input_shape}, "
            f"got {tensor.dtype} {tensor.shape}, {layout}"
        )


def check_open(is_open: bool) -> None:
    """Refuse to run a closed runtime.

    Raises
    ------
    RuntimeError
        When `is_open` is false.
    """
    if not is_open:
        raise RuntimeError("this runtime is closed; make a new one to go on")


def check_setting(name: str, spec: ModelSpec) -> None:
    """Refuse a setting that the model lacks.

    Raises
    ------
    ValueError
        Quoting what came and what there is.
    """
    _check_name("setting", name, [setting.name for setting in spec.settings], spec)


def check_extra(name: str, spec: ModelSpec) -> None:
    """Refuse the name of an output that the model lacks.

    Raises
    ------
    ValueError
        Quoting what came and what there is.
    """
    _check_name("extra output", name, [extra.name for extra in spec.extras], spec)


def _check_name(kind: str, name: str, known: list[str], spec: ModelSpec) -> None:
    if name not in known:
        there = " or ".join(map(repr, known)) or "none at all"
        raise ValueError(f"the {spec.name} model with {spec.edges} edges has no {kind} {name!r}, expected {there}")


def names_of(extras: Collection[str] | None, spec: ModelSpec) -> tuple[str, ...]:
    """Return the names of the outputs that a run is asked for besides the mask; see `Runtime.run`."""
    return tuple(extra.name for extra in spec.extras if extras is None or extra.name in extras)


def check_given(name: str, given: Collection[str] | None) -> None:
    """Refuse to give an output that is not there.

    Raises
    ------
    RuntimeError
        When the last run was not asked for it, or there was none (`given` is None).
    """
    if given is None:
        raise RuntimeError("this runtime has not run since it was made or reset; run it first")
    if name not in given:
        raise RuntimeError(f"the last run was not asked for {name!r}; name it in the `extras` of the run")
