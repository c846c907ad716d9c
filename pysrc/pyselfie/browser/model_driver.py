"""Keeps a model running: loads it, exchanges it for another one, and replaces what fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyodide.ffi import JsException

from pyselfie.browser.runtime_keeper import EngineError
from pyselfie.core.manifest import ModelFileError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pyselfie.browser.output import AnyRuntime, Output
    from pyselfie.browser.reporter import Reporter
    from pyselfie.browser.runtime_keeper import RuntimeKeeper
    from pyselfie.core.timing import StageClock


class ModelDriver:
    """The model that an engine runs.

    Parameters
    ----------
    keeper : RuntimeKeeper
        Makes runtimes.
    output : Output
        Paints with them.
    reporter : Reporter
        Tells the page.
    clock : StageClock
        Forgets its times when the model changes.
    threads : int
        Threads that WebAssembly uses; for the page to show.

    Attributes
    ----------
    wanted : int
        ``model_selection`` that runs or is being loaded.
    """

    def __init__(
        self, keeper: RuntimeKeeper, output: Output, reporter: Reporter, clock: StageClock, *, threads: int
    ) -> None:
        self.wanted = output.options.model_selection
        self._keeper = keeper
        self._output = output
        self._reporter = reporter
        self._post = reporter.post
        self._clock = clock
        self._threads = threads
        self._runtime: AnyRuntime | None = None
        self._is_switching = False
        self._recovery = asyncio.Lock()

    async def guarded(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Run one frame's work, on the next backend if this one fails; returns whether it was painted."""
        runtime = self._runtime
        try:
            async with self._keeper.lock:
                return await work()
        except JsException as error:
            return await self._recover(runtime, f"{error.name}: {error.message}")
        except Exception as error:
            self._reporter.stumbled(error)
            return False

    async def _recover(self, failed: AnyRuntime | None, why: str, *, lost: bool = False) -> bool:
        """Put another runtime or painter in the place of the one that failed and show the frame with it."""
        async with self._recovery:
            if failed is self._runtime:  # else it has been replaced already
                try:
                    self._keeper.recover(why, lost=lost)
                    await self.install()
                except (ModelFileError, EngineError, JsException) as error:
                    self._reporter.stumbled(error)
                    return False
                self._post("backendchange", **self.status())
        return await self.guarded(self._output.refresh)

    async def replace(self, why: str, *, lost: bool) -> bool:
        """Put another runtime or painter in the place of the one that runs; returns whether the frame is painted."""
        return await self._recover(self._runtime, why, lost=lost)

    async def install(self) -> None:
        """Load the wanted model and let it paint; where the GPU refuses, by the next painter."""
        while True:
            runtime = await self._load(self.wanted)
            try:
                async with self._keeper.lock:
                    await self._adopt(runtime)
            except JsException as error:
                runtime.close()
                self._keeper.recover(f"{error.name}: {error.message}", lost=False)
            else:
                return

    def want(self, model_selection: int) -> bool:
        """Note which model shall run; returns whether `switch` is needed for it, because none is under way."""
        if model_selection == self.wanted:
            return False
        self.wanted = model_selection
        if model_selection == self._running:  # while another one is being loaded: that one is not waited for
            self._post("model", **self.status())
        return not self._is_switching

    @property
    def _running(self) -> int | None:
        return None if self._runtime is None else self._runtime.spec.model_selection

    async def switch(self) -> None:
        """Load the wanted model beside the running one, exchange them between two frames; the newest wish counts."""
        self._is_switching = True
        try:
            while self._runtime is not None and self.wanted != self._running:
                await self._exchange(self.wanted)
        finally:
            self._is_switching = False

    async def _exchange(self, wanted: int) -> None:
        try:
            runtime = await self._load(wanted)
        except Exception as error:
            self._keep_old_model(wanted, error)
            return
        if self.wanted != wanted or wanted == self._running:  # another wish, or a recovery, came meanwhile
            runtime.close()
            return
        try:
            async with self._keeper.lock:
                await self._adopt(runtime)
        except JsException as error:
            runtime.close()
            self._keep_old_model(wanted, error)
            return
        self._clock.clear()
        self._post("model", **self.status())
        await self.guarded(self._output.refresh)

    async def _load(self, model_selection: int) -> AnyRuntime:
        """Load a model; the page is told, as it must not take the worker's silence for its death."""
        self._post("loading", on=True)
        try:
            return await self._keeper.load(model_selection)
        finally:
            self._post("loading", on=False)

    def _keep_old_model(self, wanted: int, error: Exception) -> None:
        """Tell that `wanted` could not be had, and go on with what runs; not if something else is wanted by now."""
        if wanted != self.wanted:
            return
        self._reporter.error(error, "The model could not be loaded")
        if self._runtime is not None:
            self.wanted = self._runtime.spec.model_selection
            changes = {"model_selection": self.wanted}
            self._output.options = self._output.options.updated(changes)
            self._post("model", **self.status())

    async def _adopt(self, runtime: AnyRuntime) -> None:
        await self._output.use(runtime)
        self._runtime = runtime

    def status(self) -> dict[str, Any]:
        """Return what runs and why, for the page; only once a model runs."""
        runtime = self._runtime
        assert runtime is not None  # noqa: S101 - as the docstring says
        threads = self._threads if runtime.backend == "wasm" else 1
        return {
            "backend": runtime.backend,
            "reason": runtime.reason,
            "model": runtime.spec.name,
            "modelSelection": runtime.spec.model_selection,
            "threads": threads,
            "painter": self._output.painter,
            "painterReason": self._keeper.painter[1],
        }
