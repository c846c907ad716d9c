"""What happens to an engine's GPU: it is checked, it fails, it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyodide.ffi import create_proxy

from pyselfie.browser.models.check.gpu_check import GpuCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pyselfie.browser.js_types import Host
    from pyselfie.browser.models.loader import ModelLoader
    from pyselfie.browser.models.running import RunningModel
    from pyselfie.browser.protocol.outgoing import GpuChecked
    from pyselfie.core.gpu_check import Verdict


class GpuEvents:
    """Puts what runs the model, or what paints, in another one's place when the GPU gives reason to.

    Parameters
    ----------
    host : Host
        Tells of a lost device.
    loader : ModelLoader
    model : RunningModel
    post : callable
        Sends the page a message.
    spawn : callable
        Runs a coroutine in the background.
    on_painted : callable
        Called when the frame in hand has been painted once more.
    """

    def __init__(
        self,
        host: Host,
        loader: ModelLoader,
        model: RunningModel,
        *,
        post: Callable[[GpuChecked], None],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        on_painted: Callable[[], None],
    ) -> None:
        self._loader, self._model = loader, model
        self._spawn = spawn
        self._on_painted = on_painted
        self._check = GpuCheck(
            loader,
            post=post,
            loading=model.loading,
            on_verdict=self._judged,
            spawn=spawn,
            drop_device=host.bridge.dropDevice,
        )
        self.painted = self._check.painted
        self._lost_proxy = create_proxy(self._lost)
        host.bridge.onDeviceLost(self._lost_proxy)

    def _lost(self, reason: str) -> None:
        why = f"the GPU device was lost: {reason}"
        if self._check.is_under_way:
            self._check.fail(why)
        else:
            self._spawn(self._replace(why, lost=True))

    def fault(self, why: str) -> None:
        """Take it that the GPU has failed in a way that no call raises; `why` is a sentence."""
        self._spawn(self._replace(why, lost=False))

    async def _replace(self, why: str, *, lost: bool) -> None:
        if await self._model.replace(why, lost=lost):
            self._on_painted()

    def _judged(self, verdict: Verdict) -> None:
        """Let models run where the verdict says."""
        self._loader.heed(verdict)
        runtime = self._check.take_runtime()
        if runtime is not None:
            self._model.offer(runtime)
        self._spawn(self._move())

    async def _move(self) -> None:
        if await self._model.follow_loader():
            self._on_painted()

    def close(self) -> None:
        """Listen no more."""
        self._lost_proxy.destroy()
