"""Raw frames from standard input, with the effect to standard output: one stage between two of FFmpeg's."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.cli.effect_choice import choose_effect
from pyselfie.cli.errors import FileError
from pyselfie.cli.live.streams import input_bytes, output_bytes, read_whole, write_now
from pyselfie.cli.segmenter_choice import make_segmenter

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from numpy.typing import NDArray

    from pyselfie.cli.batch.results import Result
    from pyselfie.cli.effect_choice import Effect

    Picture = NDArray[np.uint8]

_DEFAULT_RATE = 25.0


def run_pipe(options: argparse.Namespace, check: Callable[[], None], result: Result) -> None:
    """Process frames until their end.

    Parameters
    ----------
    options
        The command line, with `pipe`, `size` and `rate`.
    check
        Called after each frame: the place where work may be stopped.
    result
        Is filled in, frame by frame.

    Raises
    ------
    UsageError
        When standard input or output is closed, or a terminal.
    ReaderGoneError
        When nobody reads the results any more.
    CustomEffectError
        When the user's own effect fails.
    """
    source, target = input_bytes(), output_bytes()
    with make_segmenter(options) as segmenter:
        effect = choose_effect(options, segmenter)
        effect.begin(film=True)
        try:
            for picture in _results(_frames(source, options), effect, options):
                write_now(target, picture.data.cast("B"))
                result.pictures += 1
                check()
            result.status = "done"
        except FileError as error:
            result.status, result.error = "incomplete" if result.pictures else "failed", str(error)


def _results(frames: Iterator[Picture], effect: Effect, options: argparse.Namespace) -> Iterator[Picture]:
    """Yield what the effect makes of them, as it goes out."""
    rate = options.rate or _DEFAULT_RATE
    turned = _swapped if options.pipe == "bgr24" else np.ascontiguousarray
    channels = 0
    for index, frame in enumerate(frames):
        picture = turned(effect(turned(frame), index / rate))
        channels = channels or picture.shape[2]
        if picture.shape[2] != channels:
            raise FileError(_not_alike(index + 1, picture.shape[2], channels))
        yield picture


def _frames(source: BinaryIO, options: argparse.Namespace) -> Iterator[Picture]:
    """Yield the frames as they lie there."""
    for before in itertools.count():
        frame = np.empty((options.size.height, options.size.width, 3), np.uint8)
        count = read_whole(source, frame.data.cast("B"))
        if count == 0 and before:
            return
        if count < frame.nbytes:
            raise FileError(_too_short(count, frame.nbytes, before, options))
        yield frame


def _swapped(picture: Picture) -> Picture:
    """Return RGB as BGR, or the other way round; alpha stays."""
    order = [2, 1, 0, 3][: picture.shape[2]]
    return np.ascontiguousarray(picture[..., order])


def _not_alike(number: int, channels: int, before: int) -> str:
    return (
        f"frame {number} came out of the effect with {channels} channels, those before with {before}: "
        "in a pipe all frames have to be alike"
    )


def _too_short(count: int, expected: int, before: int, options: argparse.Namespace) -> str:
    size = f"{options.size.width}x{options.size.height}"
    if count == 0:
        return "standard input is empty: not one frame came"
    return (
        f"standard input ended within frame {before + 1}, after {count} of its {expected} bytes: "
        f"are its frames {size} and {options.pipe}?"
    )
