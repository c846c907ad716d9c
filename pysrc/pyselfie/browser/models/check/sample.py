"""The picture that a GPU is checked with: the astronaut (NASA, public domain), as frames of a camera's size."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import js
from js import Blob, createImageBitmap
from pyodide.ffi import to_js

from pyselfie.browser.interop import js_object

if TYPE_CHECKING:
    from pyselfie.browser.js_types import Bitmap, Frame

WIDTH, HEIGHT = 1280, 720


class Sample:
    """Makes frames of the sample, as cameras bring them; make it with `open`."""

    def __init__(self, bitmap: Bitmap) -> None:
        self._bitmap = bitmap

    @classmethod
    async def open(cls) -> Sample:
        """Decode the picture."""
        data = resources.files("pyselfie.browser.models.check").joinpath("sample.jpg").read_bytes()
        settings = js_object(resizeWidth=WIDTH, resizeHeight=HEIGHT)
        return cls(await createImageBitmap(Blob.new(to_js([to_js(data)])), settings))

    async def frame(self) -> Frame:
        """Return another frame, which is the caller's; a ``VideoFrame`` where there are any."""
        frame: Frame
        if hasattr(js, "VideoFrame"):
            frame = js.VideoFrame.new(self._bitmap, js_object(timestamp=0))
        else:
            frame = await createImageBitmap(self._bitmap)
        return frame

    def close(self) -> None:
        """Free the picture."""
        self._bitmap.close()
