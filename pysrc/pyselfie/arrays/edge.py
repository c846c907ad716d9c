"""The layer ``edge`` on arrays: small colours and shares, scaled up to the frame's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.arrays.operators import Painted
from pyselfie.core.edge import quarter, wrap_share
from pyselfie.core.effects import wrap_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from numpy.typing import NDArray

    from pyselfie.core.options import Options
    from pyselfie.core.overlay import Scene

    Bytes = NDArray[np.uint8]


class EdgeMaker:
    """Makes what the layer ``edge`` is made of.

    Parameters
    ----------
    options
        `decontaminate`, `light_wrap`.
    sampling, blending
        Of `pyselfie.extras`.
    """

    def __init__(self, options: Options, sampling: ModuleType, blending: ModuleType) -> None:
        self._decontaminates = options.decontaminate
        self._wrap = wrap_for(options)
        self._sampling, self._blending = sampling, blending

    def layers(self, scene: Scene, levels: Bytes, light: Callable[[Scene], Bytes]) -> list[Painted]:
        """Return the layers that are drawn one over the other.

        Parameters
        ----------
        scene
            The frame and its mask at the model's size.
        levels
            The mask at the frame's size, uint8 [H, W].
        light
            Returns W of `core.edge.backdrop_light`, at a quarter of the scene's size.
        """
        layers = []
        if self._decontaminates:
            small = np.rint(np.moveaxis(scene.edge_color, 0, -1)).astype(np.uint8)
            layers.append(Painted(self._stretched(small, levels), 255 - levels))
        if self._wrap:
            falling = np.rint(wrap_share(quarter(scene.mask)) * np.float32(255)).astype(np.uint8)
            alpha = self._blending.product(levels, self._stretched(falling, levels), self._wrap)
            layers.append(Painted(self._stretched(light(scene), levels), alpha))
        return layers

    def _stretched(self, small: Bytes, levels: Bytes) -> Bytes:
        stretched: Bytes = self._sampling.resize_half_pixel(np.ascontiguousarray(small), *levels.shape[::-1])
        return stretched
