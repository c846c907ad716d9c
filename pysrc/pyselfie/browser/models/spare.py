"""A model that is loaded, and measured beside the one that runs, and not needed yet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pyselfie.browser.models.loader import ModelChoice
from pyselfie.core.tiers import TrialBrokenOffError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pyselfie.browser.models.loader import ModelLoader
    from pyselfie.browser.output import AnyRuntime
    from pyselfie.core.tiers import Trial


def choice_of(runtime: AnyRuntime) -> ModelChoice:
    """Return what the runtime runs."""
    return ModelChoice(runtime.spec.model_selection, runtime.spec.edges)


class Spare:
    """Holds one runtime at most, which is its own until it is taken."""

    def __init__(self) -> None:
        self._runtime: AnyRuntime | None = None
        self._outdated: Exception | None = None  # why what is being measured is of no use

    async def measure(self, loading: Awaitable[AnyRuntime], loader: ModelLoader, trial: Trial) -> None:
        """Measure what is being loaded, between frames, and keep it; see `RunningModel.measure`."""
        self.drop()
        self._outdated = None
        runtime = await loading
        try:
            while not trial.is_done:
                async with loader.lock:  # frames have their turn between two runs
                    loader.check_open()
                    begin = time.perf_counter()
                    await runtime.run_alone()
                    trial.add((time.perf_counter() - begin) * 1000)
                if self._outdated is not None:
                    raise self._outdated
        except BaseException:
            runtime.close()
            raise
        runtime.reset()
        self.keep(runtime)

    def outdate(self, why: Exception) -> None:
        """Free what is here, and end what is being measured; a failure counts more than another painter."""
        if self._outdated is None or isinstance(self._outdated, TrialBrokenOffError):
            self._outdated = why
        self.drop()

    def keep(self, runtime: AnyRuntime) -> None:
        """Take over a runtime; the one before is closed."""
        self.drop()
        self._runtime = runtime

    def take(self, choice: ModelChoice) -> AnyRuntime | None:
        """Return the runtime if it runs just this; it is the caller's then."""
        if self._runtime is None or choice_of(self._runtime) != choice:
            return None
        runtime, self._runtime = self._runtime, None
        return runtime

    def drop(self) -> None:
        """Free what is here."""
        if self._runtime is not None:
            self._runtime.close()
            self._runtime = None

    def drop_unless(self, edges: str) -> None:
        """Free what has other edges than these."""
        if self._runtime is not None and choice_of(self._runtime).edges != edges:
            self.drop()
