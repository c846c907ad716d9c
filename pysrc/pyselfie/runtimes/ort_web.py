"""ONNX Runtime Web, reached through the bridge ``web/js/ort_bridge.js``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyodide.ffi import create_proxy

from pyselfie.runtimes.base import check_open, check_tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import OrtSession
    from pyselfie.core.facts import ModelFacts


class OrtWebRuntime:
    """A model in ONNX Runtime Web, on WebGPU or WebAssembly.

    Parameters
    ----------
    session : OrtSession
        The bridge's session; owned from here on.
    facts : ModelFacts
        The model in it.
    backend, reason : str
        ``"webgpu"`` or ``"wasm"``, and why.

    Notes
    -----
    Input and mask are shared, not copied: the bridge sees them through views of Python's memory, bound once per array.
    """

    def __init__(self, session: OrtSession, facts: ModelFacts, backend: str, reason: str) -> None:
        self.facts = facts
        self.backend = backend
        self.reason = reason
        self._session: OrtSession | None = session
        self._mask = np.empty((facts.height, facts.width), np.float32)
        self._bound: NDArray[np.float32] | None = None
        self._proxies: tuple[Any, ...] = ()

    async def run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mask, float32 [H, W] in 0..1; see `base.Runtime.run`."""
        session = self._session
        check_open(session is not None)
        assert session is not None  # noqa: S101 - for mypy; check_open has raised
        if tensor is not self._bound:
            check_tensor(tensor, self.facts)
            self._release()
            self._proxies, self._bound = (create_proxy(tensor), create_proxy(self._mask)), tensor
            session.bind(*self._proxies)
        await session.run()
        return self._mask

    def close(self) -> None:
        """Free the session and the view of the input."""
        if self._session is not None:
            self._session.dispose()
            self._session = None
        self._release()

    def _release(self) -> None:
        for proxy in self._proxies:
            proxy.destroy()
        self._proxies, self._bound = (), None
