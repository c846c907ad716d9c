"""The model that runs: exchanged for another one, measured beside another one, replaced when it fails."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pyodide.ffi import JsException

from pyselfie.browser.models.loader import EngineError, ModelChoice
from pyselfie.browser.models.spare import Spare, choice_of
from pyselfie.core.options import AUTO
from pyselfie.core.tiers import TrialBrokenOffError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from pyselfie.browser.engine.reporter import Reporter
    from pyselfie.browser.models.loader import ModelLoader
    from pyselfie.browser.output import AnyRuntime, Output
    from pyselfie.browser.protocol.outgoing import Status
    from pyselfie.core.tiers import Trial


class RunningModel:
    """The model that an engine runs; only one runs, another may be on its way.

    Parameters
    ----------
    loader : ModelLoader
    output : Output
        Paints with what is loaded.
    reporter : Reporter
    refresh : callable
        Segments and paints the frame in hand once more; returns whether there was one.
    on_refused : callable
        Told which model could not be loaded beside the one that runs, and why; returns which one to take instead, if
        that is all there is to tell, else None.
    first : ModelChoice
        The first model.

    Attributes
    ----------
    wanted : ModelChoice
        What runs or is being loaded.
    auto_reason : str or None
        Why the model was chosen that is wanted; None: somebody has asked for it.
    """

    def __init__(
        self,
        loader: ModelLoader,
        output: Output,
        reporter: Reporter,
        *,
        refresh: Callable[[], Awaitable[bool]],
        on_refused: Callable[[ModelChoice, Exception], ModelChoice | None],
        first: ModelChoice,
    ) -> None:
        self.wanted = first
        self.auto_reason: str | None = None
        self._on_refused = on_refused
        self._loader = loader
        self._output = output
        self._reporter = reporter
        self._refresh = refresh
        self._runtime: AnyRuntime | None = None
        self._is_cold = False
        self._spare = Spare()  # loaded and measured, and not yet needed
        self._is_switching = False
        self._settled = asyncio.Event()  # not while another model is on its way to run
        self._settled.set()
        self._loads = 0  # under way: one to run, and one to be measured
        self._recovery = asyncio.Lock()

    async def guarded(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Run one frame's work, on the next backend if this one fails; returns whether it was painted."""
        runtime = self._runtime
        try:
            async with self._loader.lock:
                if not self._is_cold:
                    return await work()
                with self.loading():  # drivers compile shaders when they first run
                    painted = await work()
                self._is_cold = not painted
                return painted
        except JsException as error:
            return await self._recover(runtime, f"{error.name}: {error.message}")
        except Exception as error:
            self._reporter.frame_failed(error)
            return False

    @property
    def is_running(self) -> bool:
        """Whether a model runs."""
        return self._runtime is not None

    async def measure(self, number: int, trial: Trial) -> None:
        """Load a model beside the one that runs, with the same edges, and measure it between frames.

        It stays loaded for when it is wanted, see `drop_spare`.

        Raises
        ------
        Exception
            As `ModelLoader.load` does, or when the model fails, or what runs models is replaced meanwhile; a
            `TrialBrokenOffError` says nothing against the model.
        """
        loading = self._load(ModelChoice(number, self.wanted.edges), is_optional=True)
        await self._spare.measure(loading, self._loader, trial)
        self._spare.drop_unless(self.wanted.edges)

    def offer(self, runtime: AnyRuntime) -> None:
        """Take over what runs already, for the next loading; it is closed if another model or painter is wanted."""
        fits_painter = (runtime.device is not None) == (self._loader.painter[0] == "webgpu")
        if choice_of(runtime) == self.wanted and fits_painter:
            self._spare.keep(runtime)
        else:
            runtime.close()

    def drop_spare(self) -> None:
        """Free what was measured and is not needed."""
        self._spare.drop()

    async def replace(self, why: str, *, lost: bool) -> bool:
        """Put another runtime or painter in the place of the one that runs; returns whether the frame is painted."""
        return await self._recover(self._runtime, why, lost=lost)

    async def _recover(self, failed: AnyRuntime | None, why: str, *, lost: bool = False) -> bool:
        """Put another runtime or painter in the place of the one that failed and show the frame with it."""
        async with self._recovery:
            if failed is self._runtime:  # else it has been replaced already
                try:
                    self._give_up(why, lost=lost)
                    await self.install()
                except Exception as error:
                    self._reporter.frame_failed(error)
                    return False
                self._reporter.post({"type": "backendchange", **self.status()})
        return await self.guarded(self._refresh)

    async def follow_loader(self) -> bool:
        """Run the wanted model where the loader says by now, and tell why; returns whether it painted the frame."""
        async with self._recovery:
            runtime = self._runtime
            if runtime is None or not self._loader.is_open:
                return False
            moves = (runtime.backend, self._output.painter) != (self._loader.backend, self._loader.painter[0])
            try:
                if moves:
                    await self.install()
            except Exception as error:
                self._reporter.frame_failed(error)
            (self._runtime or runtime).reason = self._loader.reason
            self._reporter.post({"type": "backendchange", **self.status()})
        return moves and await self.guarded(self._refresh)

    async def install(self) -> None:
        """Load the wanted model and let it paint; where the GPU refuses, by the next painter."""
        while True:
            runtime = await self._load(self.wanted)
            try:
                await self._adopt(runtime)
                return
            except JsException as error:
                self._give_up(f"{error.name}: {error.message}", lost=False)

    def _give_up(self, why: str, *, lost: bool) -> None:
        """Move on to the next device, painter or backend; what was measured may be on the one that has failed."""
        self._spare.outdate(EngineError("The GPU failed or the painter changed meanwhile."))
        self._loader.recover(why, lost=lost)

    def painter_changes(self) -> None:
        """Free what was measured, and what is being measured: it would paint where nothing will any more."""
        self._spare.outdate(TrialBrokenOffError("The painter changed meanwhile."))

    def want(self, choice: ModelChoice) -> bool:
        """Note which model shall run; returns whether `switch` is needed for it, because none is under way."""
        if choice == self.wanted:
            return False
        self.wanted = choice
        self._spare.drop_unless(self.wanted.edges)
        if choice == self.running:  # while another one is being loaded: that one is not waited for
            self._reporter.post({"type": "model", **self.status()})
        if self._is_switching:
            return False
        self._settled.clear()
        return True

    @property
    def running(self) -> ModelChoice | None:
        """What runs; None: nothing yet."""
        return None if self._runtime is None else choice_of(self._runtime)

    async def settled(self) -> None:
        """Wait until the wanted model runs, or could not be had."""
        await self._settled.wait()

    async def switch(self) -> None:
        """Load the wanted model beside the running one, exchange them between two frames; the newest wish counts."""
        if self._is_switching:
            return
        self._is_switching = True
        try:
            while self._runtime is not None and self.wanted != self.running:
                await self._exchange(self.wanted)
        finally:
            self._is_switching = False
            self._settled.set()

    async def _exchange(self, wanted: ModelChoice) -> None:
        try:
            runtime = await self._load(wanted, is_optional=self.auto_reason is not None)
            if self.wanted != wanted or wanted == self.running:  # another wish, or a recovery, came meanwhile
                runtime.close()
                self.tell()
                return
            await self._adopt(runtime)
        except Exception as error:
            self._keep_old_model(wanted, error)
            return
        self._reporter.clock.clear()
        self._reporter.post({"type": "model", **self.status()})
        await self.guarded(self._refresh)

    def tell(self) -> None:
        """Tell the page what runs and why, also after a download that came to nothing."""
        if self._runtime is not None:
            self._reporter.post({"type": "model", **self.status()})

    async def _load(self, choice: ModelChoice, *, is_optional: bool = False) -> AnyRuntime:
        """Load a model; the page is told, as it must not take the worker's silence for its death.

        An optional one, which nobody has asked for, is not worth another backend.
        """
        spare = self._spare.take(choice)
        if spare is not None:
            return spare
        with self.loading():
            return await self._loader.load(choice, is_optional=is_optional)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Tell the page for as long as sessions are made."""
        self._loads += 1
        if self._loads == 1:
            self._reporter.post({"type": "loading", "on": True})
        try:
            yield
        finally:
            self._loads -= 1
            if self._loads == 0:
                self._reporter.post({"type": "loading", "on": False})

    async def _adopt(self, runtime: AnyRuntime) -> None:
        """Let `runtime` paint from now on; where the GPU refuses, close it."""
        with self.loading():  # compiling shaders can take as long as making a session
            async with self._loader.lock:
                try:
                    await self._output.use(runtime)
                except BaseException:
                    runtime.close()
                    raise
        self._runtime, self._is_cold = runtime, self._output.painter == "webgpu"

    def _keep_old_model(self, wanted: ModelChoice, error: Exception) -> None:
        """Tell that `wanted` could not be had, and go on with what runs; not if something else is wanted by now."""
        if wanted != self.wanted:
            return
        running = self.running
        instead = None if running is None else self._on_refused(wanted, error)
        if instead is None:
            self._reporter.error(error, "The model could not be loaded")
        if running is not None:
            self.wanted = instead or running
            self.tell()

    def status(self) -> Status:
        """Return what runs and why, for the page; only once a model runs."""
        runtime = self._runtime
        assert runtime is not None  # noqa: S101 - as the docstring says
        return {
            "backend": runtime.backend,
            "reason": runtime.reason,
            "model": runtime.spec.name,
            "modelSelection": runtime.spec.model_selection,
            "modelAsked": runtime.spec.model_selection if self.auto_reason is None else AUTO,
            "modelReason": self.auto_reason or "asked for",
            "edges": runtime.spec.edges,
            "threads": self._loader.threads if runtime.backend == "wasm" else 1,
            "painter": self._output.painter,
            "painterReason": self._loader.painter[1],
        }
