"""The contract of `base.Runtime` in runnable form: no engine, and a mask that can be told in advance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.runtimes.base import check_open, check_tensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec


class StubRuntime:
    """A runtime whose mask is the picture's brightness: the mean of red, green and blue.

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

    async def run(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the brightness, float32 [height, width] in 0..1; see `base.Runtime.run`."""
        check_open(self._is_open)
        check_tensor(tensor, self.spec)
        mask: NDArray[np.float32] = tensor[0].mean(axis=-1)
        return mask

    def reset(self) -> None:
        """Do nothing: the brightness of one frame says nothing of the next."""

    def close(self) -> None:
        """Refuse to run from now on."""
        self._is_open = False
