"""What is made of each frame: one of the effects, or the user's own."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.arrays.custom import CustomPainter, read_effect
from pyselfie.arrays.painter import ArrayPainter
from pyselfie.arrays.part import part_of_result
from pyselfie.cli.arguments import options_that_matter
from pyselfie.cli.errors import FileError, UsageError, why
from pyselfie.cli.picture_file import read_picture
from pyselfie.core.effects import EFFECTS
from pyselfie.core.framing import Framing, mirrored
from pyselfie.core.manifest import load_spec
from pyselfie.core.option import OptionError
from pyselfie.core.timing import is_pause
from pyselfie.custom.errors import CustomEffectError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from pyselfie.cli.own_effect import OwnEffect
    from pyselfie.core.geometry import Rect
    from pyselfie.core.options import Options
    from pyselfie.custom.effect import CustomEffect
    from pyselfie.segmenter import Segmenter

    Picture = NDArray[np.uint8]
    Masked = Callable[[Picture, NDArray[np.float32], float, Rect | None], Picture]

_NO_MASK = np.zeros((1, 1), np.float32)


class Effect:
    """A function ``(frame, time) -> picture`` that segments what it needs a mask of.

    Parameters
    ----------
    paint
        Makes the picture of a frame, its mask, its time and the part of the result that is shown, as `ArrayPainter`
        takes it.
    segmenter
        Makes the masks; None where none is needed.
    options
        `smoothing` of the masks of a film, `framing`, `mirror`.
    """

    def __init__(self, paint: Masked, segmenter: Segmenter | None, options: Options) -> None:
        self._paint = paint
        self._segmenter = segmenter
        self._smoothing = options.smoothing if options.edges == "refined" else 0.0
        self._mirror = options.mirror
        self._framing = Framing() if options.framing != "off" else None
        self._seen_at = 0.0
        self._passed_s = 0.0
        self._is_film = False

    def begin(self, *, film: bool) -> None:
        """Forget the file before: another one begins; its pictures are those of a `film`, or have nothing in common."""
        self.cut()
        self._is_film = film
        if self._segmenter is not None:
            self._segmenter.smoothing = self._smoothing if film else 0.0

    def cut(self) -> None:
        """Let the next frame be the first of another scene, on whose mask and part no other has an influence."""
        self._resume()
        if self._framing is not None:
            self._framing.reset()

    def _resume(self) -> None:
        """Let the next frame be the first after a pause: who is about where they were is shown as before."""
        if self._segmenter is not None:
            self._segmenter.reset()
        if self._framing is not None:
            self._framing.cut()

    def __call__(self, frame: Picture, time: float) -> Picture:
        """Return the picture; `time` is in seconds since the first one. No mask before a gap counts after it."""
        if is_pause(self._seen_at, time):
            self._resume()
        self._passed_s, self._seen_at = max(0.0, time - self._seen_at), time
        return self._painted(frame, time)

    def _painted(self, frame: Picture, time: float) -> Picture:
        mask = _NO_MASK if self._segmenter is None else self._segmenter.segment(frame)
        return self._paint(frame, mask, time, self._view(mask))

    def _view(self, mask: NDArray[np.float32]) -> Rect | None:
        """Return which part of the result is shown; None: all of it."""
        if self._framing is None:
            return None
        if not self._is_film:
            self._framing.reset()
        if self._framing.wants_mask:
            self._framing.see(mask)
        view = self._framing.step(self._passed_s)
        if view.width >= 1:
            return None
        return mirrored(view) if self._mirror else view


class _OwnEffect(Effect):
    """The user's own function; `classes`: it gets those of the model."""

    def __init__(self, own: CustomPainter, segmenter: Segmenter, options: Options, *, classes: bool) -> None:
        super().__init__(lambda frame, mask, time, _view: own(frame, mask, time), segmenter, options)
        self._own = own
        self._classes = classes
        self._eyes = segmenter

    def _resume(self) -> None:
        super()._resume()
        self._own.reset()

    def _painted(self, frame: Picture, time: float) -> Picture:
        if self._classes:
            mask, classes = self._eyes.segment_with_classes(frame)
        else:
            mask, classes = self._eyes.segment(frame), None
        view = self._view(mask)
        if self._mirror:
            frame, mask = np.ascontiguousarray(frame[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])
            classes = classes and classes.mirrored()
        picture = self._own(frame, mask, time, classes)
        return picture if view is None else part_of_result(picture, view)


def choose_effect(options: argparse.Namespace, segmenter: Segmenter) -> Effect:
    """Return the effect that the options ask for.

    Raises
    ------
    UsageError
        When the user's effect cannot be loaded, or the background not be read.
    """
    chosen = options.effect_options
    if options.own is not None:
        own = _load(options.own)
        has_classes = options.model == "multiclass"
        if own.wants_classes and not has_classes:
            raise UsageError(
                f"the effect {options.effect} wants classes: add --model multiclass, which tells them apart"
            )
        with_classes = own.takes_classes and has_classes
        painter = CustomPainter(own, options.model_selection)
        return _OwnEffect(painter, segmenter, chosen, classes=with_classes)
    built_in = ArrayPainter(chosen, _background(options.background), options.model_selection)
    needs_mask = EFFECTS[options.effect].overlay is not None or chosen.framing != "off"

    def paint(frame: Picture, mask: NDArray[np.float32], _time: float, view: Rect | None) -> Picture:
        return built_in.paint(frame, mask, view)

    return Effect(paint, segmenter if needs_mask else None, chosen)


def fingerprint(options: argparse.Namespace, *, film: bool) -> str:
    """Return a number for everything that a result depends on besides its input.

    That is the effect with those options that make a difference to it, the contents of the files that they name, and
    the model's file.

    Parameters
    ----------
    options
        The command line.
    film
        Whether the input may be a film, in which masks are smoothed.

    Raises
    ------
    UsageError
        When the user's effect or the background cannot be read.
    """
    chosen = options.effect_options
    matters = set(options_that_matter(options.effect, chosen.framing))
    model = load_spec(options.model, chosen.edges).sha256 if "edges" in matters else ""
    if not film or chosen.edges == "raw":
        matters.discard("smoothing")
    values = {name: value for name, value in dataclasses.asdict(chosen).items() if name in matters}
    own = [] if options.own is None else [options.own.file]
    files = [*own, *([options.background] if options.background else [])]
    contents = [hashlib.sha256(_bytes(file)).hexdigest() for file in files]
    parameters = [] if options.own is None else [sorted(options.own.parameters.items())]
    settings = [options.effect, model, values, contents, *parameters]
    return hashlib.sha256(json.dumps(settings).encode()).hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {why(error)}") from error


def _load(own: OwnEffect) -> CustomEffect:
    try:
        effect = read_effect(own.file, own.function, _say)
    except OSError as error:
        raise UsageError(f"the effect {own.name} cannot be read: {why(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the effect {own.name} cannot be read: it is no text in UTF-8") from error
    except CustomEffectError as error:
        raise UsageError(str(error)) from error
    readers = {control.name: control.read for control in effect.controls}
    try:
        effect.set({name: readers.get(name, str)(text) for name, text in own.parameters.items()})
    except OptionError as error:
        raise UsageError(f"--param: {str(error).removesuffix('.')}") from error
    return effect


def _say(*values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False) -> None:
    """Print what an effect prints: standard output is the summary's."""
    print(*values, sep=sep, end=end, file=file or sys.stderr, flush=flush)


def _background(path: Path | None) -> Picture | None:
    if path is None:
        return None
    try:
        return read_picture(path).pixels
    except FileError as error:
        raise UsageError(str(error)) from error
