"""Optional dependencies: which are there, and the one sentence for one that is not."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pyselfie.arrays import blending
from pyselfie.core import sampling

if TYPE_CHECKING:
    from types import ModuleType


class MissingExtraError(ImportError):
    """An optional dependency is not installed; the message names the extra that brings it."""


def require(module: str, extra: str, purpose: str) -> Any:
    """Return the imported `module`.

    Raises
    ------
    MissingExtraError
        When it is not installed: one sentence with `purpose` and what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f'{purpose} needs {module}, which is not installed: pip install "pyselfie[{extra}]"'
        ) from error


def best_sampling() -> ModuleType:
    """Return `sampling_cv2` where OpenCV is installed, else `core.sampling`."""
    try:
        from pyselfie.arrays import sampling_cv2  # noqa: PLC0415, it is an optional extra
    except ImportError:
        return sampling
    return sampling_cv2


def best_blending() -> ModuleType:
    """Return `blending_cv2` where OpenCV is installed, else `blending`."""
    try:
        from pyselfie.arrays import blending_cv2  # noqa: PLC0415, it is an optional extra
    except ImportError:
        return blending
    return blending_cv2
