"""The part of the browser's global scope that pyselfie uses, typed (no such module exists under CPython)."""

from typing import Any

from pyselfie.browser.js_types import ImageData as _ImageData
from pyselfie.browser.js_types import OffscreenCanvas as _OffscreenCanvas
from pyselfie.browser.js_types import Path2D as _Path2D

class _OffscreenCanvasClass:
    def new(self, width: int, height: int) -> _OffscreenCanvas: ...

class _ImageDataClass:
    def new(self, width: int, height: int) -> _ImageData: ...

class _Path2DClass:
    def new(self, path: str) -> _Path2D: ...

OffscreenCanvas: _OffscreenCanvasClass
ImageData: _ImageDataClass
Path2D: _Path2DClass

class Object:
    @staticmethod
    def fromEntries(entries: Any) -> Any: ...  # noqa: N802

def createImageBitmap(source: Any, settings: Any = None) -> Any: ...  # noqa: N802

Array: Any
navigator: Any

URL: Any
location: Any
Blob: Any
VideoFrame: Any
Error: Any

def reportError(error: Any) -> None: ...  # noqa: N802
