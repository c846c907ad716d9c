"""A model on the frames of a film: of which part each mask is, and what is looked at besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.core.close_up import CloseUp
from pyselfie.core.manifest import RAW

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect, Size
    from pyselfie.runtimes.base import Runtime

    Tensor = NDArray[np.float32]


class Looks:
    """Shows a model each frame of a film, or the part of it that shows a small person well.

    Attributes
    ----------
    part
        What the last mask is of, in pixels of its frame; None: all of it.
    counts
        Where in `part` it is to be believed.
    """

    def __init__(self) -> None:
        self.part: Rect | None = None
        self.counts: Rect | None = None
        self._close_up = CloseUp()
        self._size: Size | None = None  # of the frame before; None: the next one is the first
        self._is_elsewhere = False  # the last run's state is of another part than the next one is of
        self._kept: dict[str, Tensor] = {}  # what the mask came with, where a glance has been the last run

    def cut(self) -> None:
        """Let the next frame be the first of another film."""
        self._size = None

    @property
    def took_glance(self) -> bool:
        """Whether the last mask is that of a second look at its frame."""
        return self._is_elsewhere

    async def run(
        self, runtime: Runtime, show: Callable[[Rect | None], Tensor], size: Size, extras: Collection[str] = ()
    ) -> Tensor:
        """Return the mask of `part` of the next frame, float32 [h, w] in 0..1; valid until the next call.

        Parameters
        ----------
        runtime
            Its settings are the caller's.
        show
            Returns the model's input for a part of the frame, or for all of it.
        size
            The frame's, in pixels.
        extras
            What `extra` will be asked for.
        """
        if not any(extra.name == RAW for extra in runtime.spec.extras):  # raw edges: what the network says, no more
            return await runtime.run(show(None), extras)
        close_up = self._close_up
        if size != self._size:
            self._size = size
            close_up.reset()
        if self._is_elsewhere or close_up.part != self.part:
            runtime.reset()
        self._is_elsewhere = False
        part, counts, wants_raw = close_up.part, close_up.counts, close_up.wants_raw
        mask = await runtime.run(show(part), [*extras, RAW] if wants_raw else extras)
        self.part, self.counts, self._kept = part, counts, {}  # until then they belong to the mask before
        glance = close_up.saw(runtime.extra(RAW)[0, 0] if wants_raw else mask, size)
        if glance is None or self._size is None:  # cut meanwhile
            return mask
        return await self._glance(runtime, show, glance, mask, extras)

    async def _glance(
        self, runtime: Runtime, show: Callable[[Rect | None], Tensor], at: Rect, mask: Tensor, extras: Collection[str]
    ) -> Tensor:
        """Look at something else of the same frame; returns the better mask."""
        size = self._size
        mask = mask.copy()
        self._kept = {name: runtime.extra(name).copy() for name in extras}
        glance = await runtime.glance(show(at if self.part is None else None), [*extras, RAW])
        if size is None or self._size != size:  # cut meanwhile
            return mask
        if not self._close_up.glanced(runtime.extra(RAW)[0, 0], size, is_seen=bool((mask >= 0.5).any())):
            return mask
        self.part, self.counts = self._close_up.part, self._close_up.counts
        self._kept, self._is_elsewhere = {}, True
        return glance

    def extra(self, runtime: Runtime, name: str) -> Tensor:
        """Return what else the model gave with the last mask, of the same part; valid until the next run."""
        return self._kept[name] if name in self._kept else runtime.extra(name)
