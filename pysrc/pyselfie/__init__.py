"""Selfie segmentation: tell the person in a picture from the background, on the desktop and in the browser.

Importing the package loads NumPy at most; the names below load what they need when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyselfie import effects, metrics
    from pyselfie.core.manifest import ModelFileError, ModelSpec, load_spec
    from pyselfie.custom.controls import Color, Range
    from pyselfie.segmenter import Segmenter
    from pyselfie.shared_model import use_site
    from pyselfie.solution import SelfieSegmentation, SolutionOutputs

__version__ = "0.1.0"

__all__ = [
    "Color",
    "ModelFileError",
    "ModelSpec",
    "Range",
    "Segmenter",
    "SelfieSegmentation",
    "SolutionOutputs",
    "effects",
    "load_spec",
    "metrics",
    "use_site",
]

_HOMES = {
    "Color": "pyselfie.custom.controls",
    "Range": "pyselfie.custom.controls",
    "ModelSpec": "pyselfie.core.manifest",
    "ModelFileError": "pyselfie.core.manifest",
    "Segmenter": "pyselfie.segmenter",
    "SolutionOutputs": "pyselfie.solution",
    "SelfieSegmentation": "pyselfie.solution",
    "load_spec": "pyselfie.core.manifest",
    "use_site": "pyselfie.shared_model",
}
_SUBMODULES = {"effects", "metrics"}


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"pyselfie.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, *_SUBMODULES])
