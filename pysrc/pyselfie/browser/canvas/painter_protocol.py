"""What a painter is: it puts a veil and the frame on the output canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Bitmap, Drawable
    from pyselfie.core.effects import Draw
    from pyselfie.core.geometry import Size


class Painter(Protocol):
    """Paints composites; owns the output canvas and the backdrop for as long as it lives."""

    flush: bool
    """Whether `paint` waits until the pixels are really there (benchmarks only)."""

    def paint(
        self, frame: Drawable, size: Size, veil: NDArray[np.uint8], draws: tuple[Draw, ...], *, mirror: bool
    ) -> None:
        """Paint one composite of `size` pixels by `draws`; the veil is uint8 [h, w, 4], straight RGBA."""

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""

    def snapshot(self) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included."""

    def clear(self) -> None:
        """Paint nothing: the page's neutral placeholder shows through."""

    def close(self) -> None:
        """Free everything."""
