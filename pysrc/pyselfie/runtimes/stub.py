"""The contract of `base.Runtime` in runnable form: no engine, and a mask that can be told in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.runtimes.base import check_extra, check_given, check_open, check_setting, check_tensor, names_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec


class StubRuntime:
    """A runtime whose mask is the picture's brightness: the mean of red, green and blue. Its extra outputs are zeros.

    Parameters
    ----------
    spec
        The model to stand in for; its size is what counts.
    """

    backend = "stub"
    reason = "asked for: brightness instead of a model"

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        self._is_open = True
        self._given: tuple[str, ...] | None = None

    async def run(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the brightness, float32 [height, width] in 0..1; see `base.Runtime.run`."""
        check_open(self._is_open)
        check_tensor(tensor, self.spec)
        self._given = names_of(extras, self.spec)
        mask: NDArray[np.float32] = tensor[0].mean(axis=-1)
        return mask

    async def glance(self, tensor: NDArray[np.float32], extras: Collection[str] | None = None) -> NDArray[np.float32]:
        """Return the brightness; see `base.Runtime.glance`."""
        return await self.run(tensor, extras)

    def set(self, name: str, value: float) -> None:  # noqa: ARG002, the contract's name
        """Do nothing with the value: brightness has no settings; see `base.Runtime.set`."""
        check_open(self._is_open)
        check_setting(name, self.spec)

    def extra(self, name: str) -> NDArray[np.float32]:
        """Return zeros of the output's shape; see `base.Runtime.extra`."""
        check_open(self._is_open)
        check_extra(name, self.spec)
        check_given(name, self._given)
        return np.zeros({extra.name: extra.shape for extra in self.spec.extras}[name], np.float32)

    def reset(self) -> None:
        """Forget the last run; the brightness of one frame says nothing of the next."""
        self._given = None

    def close(self) -> None:
        """Refuse to run from now on."""
        self._is_open = False
