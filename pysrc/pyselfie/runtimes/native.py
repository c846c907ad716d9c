"""Run a model with ONNX Runtime on this computer: on its processor, or on a GPU."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.manifest import read_model
from pyselfie.runtimes.base import check_extra, check_given, check_open, check_setting, check_tensor, names_of
from pyselfie.runtimes.providers import SETTINGS, open_session, sample

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec


class NativeRuntime:
    """ONNX Runtime, by one of its providers.

    Parameters
    ----------
    spec
        The model to run; its file came with the package.
    threads
        How many threads one inference uses. One is as fast as two on models this small; 0 leaves it to ONNX Runtime.
    providers
        Names of `providers.parse_providers`, best first; none means the processor.

    Raises
    ------
    ProviderError
        When this ONNX Runtime lacks a provider that was asked for.
    ImportError
        When ONNX Runtime is not installed.
    ModelFileError
        When the model file is missing or damaged.
    """

    def __init__(self, spec: ModelSpec, threads: int = 1, providers: tuple[str, ...] = ()) -> None:
        self.spec = spec
        self._settings = {
            setting.name: np.full(setting.shape, setting.initial, np.float32) for setting in spec.settings
        }
        self._state: dict[str, NDArray[np.float32]] = {}
        self._outputs: dict[str, NDArray[np.float32]] = {}
        self._given: tuple[str, ...] | None = None
        feeds = self._sample_feeds() if providers else {}
        self._session, self.backend, self.reason = _open(read_model(spec), threads, providers, feeds)
        self.reset()

    async def run(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the mask; see `base.Runtime.run`."""
        return self.run_sync(tensor, extras)

    async def glance(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the mask of a picture that is not of the film; see `base.Runtime.glance`."""
        film, self._state = self._state, self._first_state()
        try:
            return self.run_sync(tensor, extras)
        finally:
            self._state = film

    def run_sync(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the mask, as `run` does, outside an event loop."""
        session = self._session
        check_open(session is not None)
        check_tensor(tensor, self.spec)
        feeds = {self.spec.input.name: tensor, **self._state, **self._settings}
        self._given = names_of(extras, self.spec)
        # No output twice: what is carried on may be the mask, or one of the extras.
        carried = (state.output for state in self.spec.state)
        names = list(dict.fromkeys((self.spec.output.name, *carried, *self._given)))
        self._outputs = dict(zip(names, session.run(names, feeds), strict=True))
        self._state = {state.input: self._outputs[state.output] for state in self.spec.state}
        return self._outputs[self.spec.output.name].reshape(self.spec.height, self.spec.width)

    def set(self, name: str, value: float) -> None:
        """Set one of the model's settings; see `base.Runtime.set`."""
        check_open(self._session is not None)
        check_setting(name, self.spec)
        self._settings[name] = np.full_like(self._settings[name], value)

    def extra(self, name: str) -> NDArray[np.float32]:
        """Return what the last run gave besides the mask; see `base.Runtime.extra`."""
        check_open(self._session is not None)
        check_extra(name, self.spec)
        check_given(name, self._given)
        return self._outputs[name]

    def reset(self) -> None:
        """Forget what the model carries from one frame to the next; see `base.Runtime.reset`."""
        self._state = self._first_state()
        self._outputs, self._given = {}, None

    def _sample_feeds(self) -> dict[str, NDArray[np.float32]]:
        picture = sample(self.spec.width, self.spec.height)[None]
        return {self.spec.input.name: picture, **self._first_state(), **self._settings}

    def _first_state(self) -> dict[str, NDArray[np.float32]]:
        return {state.input: np.full(state.shape, state.initial, np.float32) for state in self.spec.state}

    def close(self) -> None:
        """Release the session; more calls do nothing."""
        self._session = None
        self._outputs = {}


def _open(
    model: bytes, threads: int, providers: tuple[str, ...], feeds: dict[str, NDArray[np.float32]]
) -> tuple[Any, str, str]:
    """Return the session, what it runs on, and why."""
    # Read once, by the import: newer builds keep a device id and a database of events to send without it.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        import onnxruntime  # noqa: PLC0415, it is an optional extra
    except ImportError as error:
        raise ImportError('onnxruntime is not installed; pip install "pyselfie[native]" brings it') from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads

    def make(provider: str) -> Any:
        chosen = [(provider, SETTINGS.get(provider, {}))]
        # with its own fallback it would print that it falls back
        return onnxruntime.InferenceSession(model, options, providers=chosen, enable_fallback=0)

    return open_session(make, providers, feeds, available=onnxruntime.get_available_providers())
