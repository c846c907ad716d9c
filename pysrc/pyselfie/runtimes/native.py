"""Run a model with ONNX Runtime on this computer's processor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.manifest import read_model
from pyselfie.runtimes.base import check_open, check_tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec


class NativeRuntime:
    """ONNX Runtime's CPU provider.

    Parameters
    ----------
    spec
        The model to run; its file came with the package.
    threads
        How many threads one inference uses. One is as fast as two on models this small; 0 leaves it to ONNX Runtime.

    Raises
    ------
    ImportError
        When ONNX Runtime is not installed.
    ModelFileError
        When the model file is missing or damaged.
    """

    backend = "cpu"
    reason = "native ONNX Runtime on this computer"

    def __init__(self, spec: ModelSpec, threads: int = 1) -> None:
        self.spec = spec
        self._session = _make_session(read_model(spec), threads)
        self._outputs = [spec.output.name, *(state.output for state in spec.state)]
        self._state: dict[str, NDArray[np.float32]] = {}
        self.reset()

    async def run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mask; see `base.Runtime.run`."""
        return self.run_sync(tensor)

    def run_sync(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mask, as `run` does, outside an event loop."""
        session = self._session
        check_open(session is not None)
        check_tensor(tensor, self.spec)
        mask, *carried = session.run(self._outputs, {**self._state, self.spec.input.name: tensor})
        self._state = dict(zip(self._state, carried, strict=True))
        result: NDArray[np.float32] = mask[0, ..., 0]
        return result

    def reset(self) -> None:
        """Forget what the model carries from one frame to the next; see `base.Runtime.reset`."""
        self._state = {state.input: np.zeros(state.shape, np.float32) for state in self.spec.state}

    def close(self) -> None:
        """Release the session; more calls do nothing."""
        self._session = None


def _make_session(model: bytes, threads: int) -> Any:
    # Read once, by the import: newer builds keep a device id and a database of events to send without it.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        import onnxruntime  # noqa: PLC0415, it is an optional extra
    except ImportError as error:
        raise ImportError('onnxruntime is not installed; pip install "pyselfie[native]" brings it') from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
