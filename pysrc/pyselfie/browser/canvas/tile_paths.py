"""An overlay's tiles as paths on the output's canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from js import Path2D

from pyselfie.core.effects import wrap_for
from pyselfie.core.overlay import flat_color
from pyselfie.core.tiles import path_of, tiles_for, widened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options


class TilePaths(NamedTuple):
    """How an overlay of one colour is painted: three canvas calls for each of two paths, whatever the person's shape.

    Attributes
    ----------
    color : str
        The overlay's, for ``fillStyle``.
    opaque, mixed : Path2D
        Where `color` can be filled in, and where the overlay has to be drawn.
    edge : Path2D
        Where the layer ``edge`` can be seen.
    """

    color: str
    opaque: js_types.Path2D
    mixed: js_types.Path2D
    edge: js_types.Path2D

    @classmethod
    def of(cls, overlay: NDArray[np.uint8], options: Options, size: Size) -> TilePaths | None:
        """Return the paths of an overlay, uint8 [H, W, 4], on `size` pixels; None if they would not make it quicker."""
        color = flat_color(options)
        tiles = None if color is None else tiles_for(overlay[..., 3], size)
        if color is None or tiles is None:
            return None
        red, green, blue = color
        opaque, mixed = (Path2D.new(path_of(which, size)) for which in tiles)
        edge = mixed
        if wrap_for(options):  # light falls on the person as far as a window reaches, which is less than a tile
            edge = Path2D.new(path_of(widened(tiles.mixed) & ~tiles.opaque, size))
        return cls(f"rgb({red} {green} {blue})", opaque, mixed, edge)
