"""ONNX Runtime Web on GPU buffers: the picture and the mask never leave the GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.runtimes.base import check_extra, check_open, check_setting

if TYPE_CHECKING:
    from pyselfie.browser.js_types import GpuBuffer, GpuDevice, GpuSession
    from pyselfie.core.manifest import ModelSpec


class OrtGpuRuntime:
    """A model whose input and output are GPU buffers.

    Parameters
    ----------
    session : GpuSession
        The bridge's session; owned from here on.
    spec : ModelSpec
        The model in it.
    backend, reason : str
        ``"webgpu"``, and why.
    """

    def __init__(self, session: GpuSession, spec: ModelSpec, backend: str, reason: str) -> None:
        self.spec = spec
        self.backend = backend
        self.reason = reason
        self._session: GpuSession | None = session

    @property
    def device(self) -> GpuDevice:
        """The device that the buffers are on; lent by the bridge."""
        return self._open().device

    @property
    def input(self) -> GpuBuffer:
        """The buffer that `run` reads: float32 [1, H, W, 3], RGB in 0..1."""
        return self._open().input

    @property
    def output(self) -> GpuBuffer:
        """The buffer that `run` writes: float32 [H, W], 1 where the person is."""
        return self._open().output

    def buffer(self, name: str) -> GpuBuffer:
        """Return the buffer that `run` writes an output to: the mask, or one of `spec.extras`; always the same object.

        Raises
        ------
        ValueError
            When the model has no such output.
        RuntimeError
            When the runtime is closed.
        """
        if name == self.spec.output.name:
            return self.output
        check_extra(name, self.spec)
        return self._open().buffer(name)

    def set(self, name: str, value: float) -> None:
        """Set one of the model's settings; see `base.Runtime.set`."""
        check_setting(name, self.spec)
        self._open().set(name, value)

    def _open(self) -> GpuSession:
        check_open(self._session is not None)
        assert self._session is not None  # noqa: S101 - for mypy; check_open has raised
        return self._session

    def setting(self, name: str) -> GpuBuffer:
        """Return the buffer that holds one of the model's settings.

        Raises
        ------
        ValueError
            When the model has no such setting.
        RuntimeError
            When the runtime is closed.
        """
        check_setting(name, self.spec)
        return self._open().buffer(name)

    def aside(self, name: str) -> GpuBuffer:
        """Return the buffer of a glance's picture, or of one of its outputs: only those asked for here come.

        Raises
        ------
        RuntimeError
            When the runtime is closed.
        """
        return self._open().aside(name)

    async def glance(self) -> None:
        """Run on another picture than the film's, as `run` does; the film's state is left alone.

        It is what the model is fed, though: the setting ``smoothing`` has to be 0.

        Raises
        ------
        RuntimeError
            When the runtime is closed.
        JsException
            When the device is lost or the model fails.
        """
        await self._open().glance()

    async def run(self) -> None:
        """Hand the work to the GPU; what is submitted afterwards sees the mask.

        Raises
        ------
        RuntimeError
            When the runtime is closed.
        JsException
            When the device is lost or the model fails.
        """
        await self._open().run()

    async def run_alone(self) -> None:
        """Run on what is in the buffers, and wait until the GPU has done it."""
        await self.run()
        await self.device.queue.onSubmittedWorkDone()

    async def warm_up(self) -> None:
        """Run once, as that compiles shaders: a bad one fails here."""
        await self.run()
        self.reset()

    def reset(self) -> None:
        """Forget what the model carries from one frame to the next; see `base.Runtime.reset`."""
        if self._session is not None and self.spec.state:
            self._session.reset()

    def close(self) -> None:
        """Free the session and its buffers; more calls do nothing."""
        if self._session is not None:
            self._session.dispose()
            self._session = None
