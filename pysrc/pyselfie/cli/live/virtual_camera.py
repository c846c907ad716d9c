"""The webcam with the effect as a camera of its own, which other programs can choose."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from pyselfie.cli.console import complain
from pyselfie.cli.effect_choice import choose_effect
from pyselfie.cli.errors import UsageError
from pyselfie.cli.live.webcam import opened_camera, pictures
from pyselfie.cli.segmenter_choice import make_segmenter
from pyselfie.extras import require

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

_USUAL_RATE = 30.0
_WHERE_FROM = (
    "on Linux v4l2loopback makes one (sudo modprobe v4l2loopback), on Windows and macOS OBS does, "
    "once its virtual camera has been started"
)


def run_virtual_camera(options: argparse.Namespace) -> int:
    """Send the camera's pictures with the effect until Ctrl-C, or until the camera has no more.

    Parameters
    ----------
    options
        The command line, with `webcam` and `virtual_camera`.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    UsageError
        When there is no such camera or no such virtual camera, or a picture is transparent.
    """
    cv2 = require("cv2", "native", "the webcam")
    pyvirtualcam = require("pyvirtualcam", "camera", "--virtual-camera")
    with (
        opened_camera(cv2, options) as capture,
        make_segmenter(options) as segmenter,
    ):
        seen = pictures(cv2, capture, choose_effect(options, segmenter))
        first = next(seen, None)
        if first is None:
            raise UsageError(f"the camera {options.webcam} sends no picture")
        rate = options.rate or max(0.0, capture.get(cv2.CAP_PROP_FPS)) or _USUAL_RATE  # -1 is unknown, too
        height, width = first.shape[:2]
        with _opened(pyvirtualcam, options.virtual_camera or None, width, height, rate) as camera:
            if not options.quiet:
                complain(f"the virtual camera is {camera.device}, {width}x{height}: Ctrl-C ends it")
            _send(camera, itertools.chain([first], seen))
    return 0


def _opened(pyvirtualcam: Any, device: str | None, width: int, height: int, rate: float) -> Any:
    try:
        return pyvirtualcam.Camera(width, height, rate, device=device, fmt=pyvirtualcam.PixelFormat.RGB)
    except RuntimeError as error:  # one line for each kind of virtual camera
        reasons = "; ".join(line.strip().rstrip(".") for line in str(error).splitlines()) or "no reason given"
        which = f"the virtual camera {device}" if device else "a virtual camera"
        raise UsageError(f"{which} cannot be opened ({reasons}): {_WHERE_FROM}") from error


def _send(camera: Any, seen: Iterator[NDArray[np.uint8]]) -> None:
    for picture in seen:
        if picture.shape[2] == 4:
            raise UsageError("--virtual-camera has no transparency, but the effect returns four channels")
        camera.send(picture)
        camera.sleep_until_next_frame()
