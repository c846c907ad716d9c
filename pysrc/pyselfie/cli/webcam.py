"""A window with the camera's picture and the effect."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.cli.errors import UsageError
from pyselfie.extras import require

if TYPE_CHECKING:
    from pyselfie.cli.effect_choice import Effect

_TITLE = "pyselfie (q ends)"
_ATTEMPT = "import sys, cv2; cv2.namedWindow(sys.argv[1], cv2.WINDOW_NORMAL)"
_END_KEYS = {ord("q"), 27}


def show_webcam(camera: str, effect: Effect) -> int:
    """Show the camera until q, Escape, or the window's closing; return the exit code.

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
    capture = cv2.VideoCapture(int(camera) if camera.isdigit() else camera)
    try:
        if not capture.isOpened():
            raise UsageError(f"the camera {camera} cannot be opened: is it plugged in, and free?")
        _show(cv2, capture, effect)
    finally:
        capture.release()
        cv2.destroyAllWindows()
    return 0


def _check_display() -> None:
    """Let another process try to open a window: without a display, Qt ends the process that asks (Linux)."""
    if sys.platform != "linux":
        return
    attempt = subprocess.run([sys.executable, "-c", _ATTEMPT, _TITLE], capture_output=True, check=False)
    if attempt.returncode < 0:
        display = os.environ.get("DISPLAY")
        which = f"DISPLAY is {display}, which does not answer" if display else "DISPLAY is not set"
        raise UsageError(f"--webcam needs a display for its window, and there is none: {which}")


def _show(cv2: Any, capture: Any, effect: Effect) -> None:
    begin = time.monotonic()
    effect.begin(film=True)
    while True:
        there, bgr = capture.read()
        if not there:
            return
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
        picture = effect(rgb, time.monotonic() - begin)
        cv2.imshow(_TITLE, np.ascontiguousarray(picture[..., 2::-1]))
        closed = cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) < 1
        if closed or cv2.waitKey(1) & 0xFF in _END_KEYS:
            return
