"""The page's effects as functions on arrays: a frame and its mask in, a composite out.

Each is the effect of `core.effects` that the page has, with the same parameters and the same look:

>>> from pyselfie import Segmenter, effects
>>> with Segmenter() as segmenter:  # doctest: +SKIP
...     composite = effects.blur(rgb, segmenter.segment(rgb), strength=0.8)

Frames are uint8 [H, W, 3], RGB. Masks are floating point [h, w] in 0..1, 1 where the person is: of the frame's size, as
`Segmenter.segment` returns them, or smaller, when they are scaled up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyselfie.arrays.custom import CustomPainter, read_effect
from pyselfie.arrays.painter import ArrayPainter
from pyselfie.core.options import Options
from pyselfie.core.pictures import check_frame, check_mask

if TYPE_CHECKING:
    from os import PathLike

    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]


def blur(
    frame: Picture,
    mask: NDArray[Any],
    strength: float = Options.strength,
    *,
    decontaminate: bool = Options.decontaminate,
) -> Picture:
    """Blur the background; the person's colours do not bleed into it.

    Parameters
    ----------
    frame
        uint8 [H, W, 3], RGB.
    mask
        float [h, w] in 0..1.
    strength
        0..1, in proportion to the frame's height.
    decontaminate
        Takes the old background's colours out of the person's edge.

    Returns
    -------
    NDArray[np.uint8]
        RGB [H, W, 3].

    Raises
    ------
    TypeError, ValueError
        In one sentence, when the frame or the mask is not as described.
    OptionError
        A ValueError: when the strength is not in 0..1.
    """
    return _paint(frame, mask, Options(effect="blur", strength=strength, decontaminate=decontaminate))


def replace_background(
    frame: Picture,
    mask: NDArray[Any],
    background: str | Picture | None = None,
    *,
    decontaminate: bool = Options.decontaminate,
    light_wrap: float = Options.light_wrap,
    colour_cast: float = Options.colour_cast,
) -> Picture:
    """Put a colour or a picture behind the person.

    Parameters
    ----------
    frame
        uint8 [H, W, 3], RGB.
    mask
        float [h, w] in 0..1.
    background
        A colour, ``"#RRGGBB"``; or a picture of any size, uint8 [*, *, 3], RGB, cropped to cover the frame; neutral
        grey without one.
    decontaminate
        Takes the old background's colours out of the person's edge.
    light_wrap
        0..1, how much light of the picture behind, or of the grey, falls on the person's edge; a colour gives none.
    colour_cast
        0..0.1, how far the person's colours follow the picture behind, or the grey; a colour changes nothing.

    Returns
    -------
    NDArray[np.uint8]
        RGB [H, W, 3].

    Raises
    ------
    TypeError, ValueError
        In one sentence, when an array is not as described, or an option's value is none (OptionError).
    """
    options = Options(effect="picture", decontaminate=decontaminate, light_wrap=light_wrap, colour_cast=colour_cast)
    if isinstance(background, str):
        return _paint(frame, mask, options.updated({"effect": "color", "color": background}))
    if background is not None:
        background = check_frame(background, "background")
    return _paint(frame, mask, options, background)


def fill(frame: Picture, mask: NDArray[Any], color: str = Options.color) -> Picture:
    """Paint the person in one colour and leave the background.

    Parameters
    ----------
    frame
        uint8 [H, W, 3], RGB.
    mask
        float [h, w] in 0..1.
    color
        ``"#RRGGBB"``.

    Returns
    -------
    NDArray[np.uint8]
        RGB [H, W, 3].

    Raises
    ------
    TypeError, ValueError
        In one sentence, when an array is not as described, or the colour is none (OptionError).
    """
    return _paint(frame, mask, Options(effect="fill", color=color))


def cut_out(frame: Picture, mask: NDArray[Any], *, decontaminate: bool = Options.decontaminate) -> Picture:
    """Make the background transparent.

    Parameters
    ----------
    frame
        uint8 [H, W, 3], RGB.
    mask
        float [h, w] in 0..1.
    decontaminate
        Takes the old background's colours out of the person's edge, so that none shows on any other background.

    Returns
    -------
    NDArray[np.uint8]
        Straight RGBA [H, W, 4]; where alpha is 0, the colours are 0 too.

    Raises
    ------
    TypeError, ValueError
        In one sentence, when an array is not as described.
    """
    return _paint(frame, mask, Options(effect="transparent", decontaminate=decontaminate))


def mask_overlay(frame: Picture, mask: NDArray[Any]) -> Picture:
    """Show the mask over the frame: white where the person is, black elsewhere.

    Parameters
    ----------
    frame
        uint8 [H, W, 3], RGB; its size is the result's.
    mask
        float [h, w] in 0..1.

    Returns
    -------
    NDArray[np.uint8]
        Grey as RGB [H, W, 3].

    Raises
    ------
    TypeError, ValueError
        In one sentence, when an array is not as described.
    """
    return _paint(frame, mask, Options(effect="mask"))


def load(path: str | PathLike[str], function: str | None = None, **parameters: Any) -> CustomPainter:
    """Return the effect of a user's file, which is called with a frame and its mask.

    It is the file that the command line takes as ``--effect-file``: docs/write-an-effect.md says how it is written.

    Parameters
    ----------
    path
        The file.
    function
        Which of its functions; not needed if only one is an effect.
    **parameters
        What the effect's controls are set to.

    Returns
    -------
    CustomPainter
        A function ``(frame, mask, time=0.0, classes=None) -> picture``; for a film it is called with each frame in
        turn, and `reset` begins another one.

    Raises
    ------
    OSError
        When the file cannot be read.
    CustomEffectError
        When it does not run, or is no effect: one sentence.
    OptionError
        A ValueError: when there is no such parameter, or its value is wrong.
    """
    effect = read_effect(path, function)
    effect.set(parameters)
    return CustomPainter(effect)


def _paint(frame: Any, mask: Any, options: Options, backdrop: Picture | None = None) -> Picture:
    rgb = check_frame(frame)
    return ArrayPainter(options, backdrop).paint(rgb, check_mask(mask))
