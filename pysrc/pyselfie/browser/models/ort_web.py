"""ONNX Runtime Web, reached through the bridge ``web/js/worker/ort_bridge.js``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyodide.ffi import create_proxy, to_js

from pyselfie.browser.calls import Calls
from pyselfie.browser.interop import js_object
from pyselfie.core.manifest import verify_model
from pyselfie.runtimes.base import check_extra, check_given, check_open, check_setting, check_tensor, names_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Host, OrtSession, TypedArray
    from pyselfie.core.manifest import ModelSpec


def bridge_spec(spec: ModelSpec) -> Any:
    """Return what the bridge calls a Spec: what the model takes and gives."""
    lists = {name: [one._asdict() for one in getattr(spec, name)] for name in ("state", "settings", "extras")}
    return js_object(input=spec.input._asdict(), output=spec.output._asdict(), optimised=bool(spec.backends), **lists)


async def fetch_model(host: Host, spec: ModelSpec) -> Any:
    """Return a model's file, an ``ArrayBuffer``, whose hash either JavaScript or Python has computed: it takes time.

    Raises
    ------
    ModelFileError
        If it is not the manifest's, where Python computes the hash; JavaScript compares with the site's list of files.
    JsException
        If the download fails.
    """
    buffer = await host.loadModel(spec.file, spec.name)
    if not host.hashesFiles:
        verify_model(buffer.to_bytes(), spec)
    return buffer


class OrtWebRuntime:
    """A model in ONNX Runtime Web, on WebGPU or WebAssembly.

    Parameters
    ----------
    session : OrtSession
        The bridge's session; owned from here on.
    spec : ModelSpec
        The model in it.
    backend, reason : str
        ``"webgpu"`` or ``"wasm"``, and why.

    Notes
    -----
    The input is shared, not copied: the bridge sees it through a view of Python's memory, bound once per array. (An
    output tensor made beforehand stays empty: ONNX Runtime Web writes back into GPU buffers only.) What the model
    carries from one frame to the next never comes here: the bridge keeps it.
    """

    device = None  # arrays go in and out

    def __init__(self, session: OrtSession, spec: ModelSpec, backend: str, reason: str) -> None:
        self.spec = spec
        self.backend = backend
        self.reason = reason
        self._session: OrtSession | None = session
        self._mask = np.empty((spec.height, spec.width), np.float32)
        self._extras: dict[str, NDArray[np.float32]] = {}
        self._given: tuple[str, ...] | None = None
        self._asked: dict[tuple[str, ...], Any] = {}  # names of outputs as JavaScript's
        self._bound: NDArray[np.float32] | None = None
        self._proxy: Any = None
        self._calls: Calls[TypedArray] = Calls()

    async def run(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the mask, float32 [H, W] in 0..1; see `base.Runtime.run`."""
        return await self._run(tensor, extras, alone=False)

    async def glance(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the mask of a picture that is not of the film; see `base.Runtime.glance`."""
        return await self._run(tensor, extras, alone=True)

    async def _run(
        self, tensor: NDArray[np.float32], extras: Collection[str] | None, *, alone: bool
    ) -> NDArray[np.float32]:
        session = self._open()
        if tensor is not self._bound:
            check_tensor(tensor, self.spec)
            self._release()
            self._proxy, self._bound = create_proxy(tensor), tensor
            session.bind(self._proxy)
        names = names_of(extras, self.spec)
        if names not in self._asked:
            self._asked[names] = to_js(names)
        asked = self._asked[names]
        output = await self._calls.wait(lambda done, failed: session.runFor(asked, alone, done, failed))
        self._given = names
        output.assign_to(self._mask)
        return self._mask

    def set(self, name: str, value: float) -> None:
        """Set one of the model's settings; see `base.Runtime.set`."""
        check_setting(name, self.spec)
        self._open().set(name, value)

    def extra(self, name: str) -> NDArray[np.float32]:
        """Return what the last run gave besides the mask; see `base.Runtime.extra`."""
        session = self._open()
        check_extra(name, self.spec)
        check_given(name, self._given)
        if name not in self._extras:
            [shape] = (extra.shape for extra in self.spec.extras if extra.name == name)
            self._extras[name] = np.empty(shape, np.float32)
        session.extra(name).assign_to(self._extras[name])
        return self._extras[name]

    def _open(self) -> OrtSession:
        check_open(self._session is not None)
        assert self._session is not None  # noqa: S101 - for mypy; check_open has raised
        return self._session

    async def run_alone(self) -> None:
        """Run on the picture before, or on a black one."""
        await self.run(np.zeros(self.spec.input_shape, np.float32) if self._bound is None else self._bound)

    async def warm_up(self) -> None:
        """Run once, as that compiles shaders: a bad one fails here."""
        await self.run_alone()
        self.reset()

    def reset(self) -> None:
        """Forget what the model carries from one frame to the next; see `base.Runtime.reset`."""
        self._given = None
        if self._session is not None and self.spec.state:
            self._session.reset()

    def close(self) -> None:
        """Free the session and the view of the input."""
        if self._session is not None:
            self._session.dispose()
            self._session = None
            self._calls.close()
        self._release()

    def _release(self) -> None:
        if self._proxy is not None:
            self._proxy.destroy()
        self._proxy = self._bound = None
