"""A window with the camera's picture and the effect."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.cli.effect_choice import choose_effect
from pyselfie.cli.errors import UsageError
from pyselfie.cli.segmenter_choice import make_segmenter
from pyselfie.extras import require

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pyselfie.cli.effect_choice import Effect

_TITLE = "pyselfie (q ends)"
_ATTEMPT = "import sys, cv2; cv2.namedWindow(sys.argv[1], cv2.WINDOW_NORMAL)"
_END_KEYS = {ord("q"), 27}


def run_webcam(options: argparse.Namespace) -> int:
    """Show the camera until q, Escape, or the window's closing; return the exit code.

    Parameters
    ----------
    options
        The command line, with `webcam`, and `size` and `rate` for the camera.

    Raises
    ------
    UsageError
        When there is no such camera or no display, or this OpenCV has no windows.
    """
    cv2 = require("cv2", "native", "the webcam window")
    _check_display()
    try:
        cv2.namedWindow(_TITLE, cv2.WINDOW_NORMAL)
    except cv2.error as error:
        raise UsageError(
            "this OpenCV has no windows: pip uninstall opencv-python-headless, then pip install opencv-python"
        ) from error
    try:
        with (
            opened_camera(cv2, options) as capture,
            make_segmenter(options) as segmenter,
        ):
            _show(cv2, capture, choose_effect(options, segmenter))
    finally:
        cv2.destroyAllWindows()
    return 0


@contextmanager
def opened_camera(cv2: Any, options: argparse.Namespace) -> Iterator[Any]:
    """Open OpenCV's camera, which is asked for the size and the rate.

    Raises
    ------
    UsageError
        When there is no such camera.
    """
    name = options.webcam
    capture = cv2.VideoCapture(int(name) if name.isdecimal() else name)
    try:
        if not capture.isOpened():
            raise UsageError(f"the camera {name} cannot be opened: is it plugged in, and free?")
        if options.size is not None:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.size.width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.size.height)
        if options.rate is not None:
            capture.set(cv2.CAP_PROP_FPS, options.rate)
        yield capture
    finally:
        capture.release()


def _check_display() -> None:
    """Let another process try to open a window: without a display, Qt ends the process that asks (Linux)."""
    if sys.platform != "linux":
        return
    attempt = subprocess.run([sys.executable, "-c", _ATTEMPT, _TITLE], capture_output=True, check=False)
    if attempt.returncode < 0:
        display = os.environ.get("DISPLAY")
        which = f"DISPLAY is {display}, which does not answer" if display else "DISPLAY is not set"
        raise UsageError(f"--webcam needs a display for its window, and there is none: {which}")


def pictures(cv2: Any, capture: Any, effect: Effect) -> Iterator[NDArray[np.uint8]]:
    """Yield what the effect makes of the camera's pictures, RGB or RGBA, until the camera has no more."""
    begin = time.monotonic()
    effect.begin(film=True)
    while True:
        there, bgr = capture.read()
        if not there:
            return
        yield effect(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), time.monotonic() - begin)


def _show(cv2: Any, capture: Any, effect: Effect) -> None:
    for picture in pictures(cv2, capture, effect):
        cv2.imshow(_TITLE, np.ascontiguousarray(picture[..., 2::-1]))
        closed = cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) < 1
        if closed or cv2.waitKey(1) & 0xFF in _END_KEYS:
            return
