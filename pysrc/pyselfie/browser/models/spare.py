"""A model that is loaded, and not needed yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.browser.models.loader import ModelChoice

if TYPE_CHECKING:
    from pyselfie.browser.output import AnyRuntime


def choice_of(runtime: AnyRuntime) -> ModelChoice:
    """Return what the runtime runs."""
    return ModelChoice(runtime.spec.model_selection, runtime.spec.edges)


class Spare:
    """Holds one runtime at most, which is its own until it is taken."""

    def __init__(self) -> None:
        self._runtime: AnyRuntime | None = None

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
