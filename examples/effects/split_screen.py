"""One half a comic, the other a picture of the night: two effects, and a line that moves between them."""

from typing import Annotated

import numpy as np

from pyselfie import Range

LUMA = np.array([0.3, 0.59, 0.11], np.float32)
LEVELS = np.array([0.16, 0.5, 0.78, 1.0], np.float32)
DOT, PAPER = np.array([[255, 214, 64], [255, 246, 214]], np.float32)


def _comic(frame, mask, rows, columns):
    """Return few, strong colours with dark lines where brightness changes; dots stand behind the person."""
    grey = frame.mean(axis=2, dtype=np.float32)
    step = max(1, len(frame) // 400)
    here, above, left = grey[step:, step:], grey[:-step, step:], grey[step:, :-step]
    slope = np.pad(np.abs(here - above) + np.abs(here - left), ((step, 0), (step, 0)))
    vivid = 1.5 * frame - 0.5 * grey[..., None]
    flat = vivid * (235 * LEVELS[np.clip(grey / 52, 0, 3).astype(int)] / (grey + 12))[..., None]
    cell = 2 * np.pi / (len(frame) / 60)
    dots = np.sin(rows * cell) * np.sin(columns * cell) > grey / 128 - 0.9
    ink = np.clip(1.8 - slope * mask / 24, 0, 1)[..., None]
    person = mask[..., None]
    return (flat.clip(0, 255) * person + np.where(dots[..., None], DOT, PAPER) * (1 - person)) * ink


def _night(frame, mask, rows):
    """Return what a night scope shows: green lines, and the person brighter."""
    light = np.sqrt(frame @ LUMA / 255) * (0.35 + 0.65 * mask)
    light *= 0.86 + 0.14 * np.sign(np.sin(rows * (np.pi * 150 / len(frame))))
    return np.stack([230 * light * light, 265 * light, 200 * light * light], axis=2).clip(0, 255)


def split_screen(
    frame, mask, time, place: float = 0.5, swing: Annotated[float, Range(0, 0.5)] = 0.06, slant: float = 0.15
):
    """Draw each effect on its side of a slanted line, and no farther."""
    height, width = mask.shape
    rows, columns = np.ogrid[:height, :width]
    rows, columns = rows.astype(np.float32), columns.astype(np.float32)
    side = columns - width * (place + swing * np.sin(time)) - (rows - height / 2) * slant
    first, last = np.searchsorted(side[0], 0), np.searchsorted(side[-1], 0)
    first, last = min(first, last, width - 1), max(first, last, width // 4 + 1)
    picture = np.empty(frame.shape, np.float32)
    picture[:, :last] = _comic(frame[:, :last], mask[:, :last], rows, columns[:, :last])
    night = _night(frame[:, first:], mask[:, first:], rows)
    np.copyto(picture[:, first:], night, where=side[:, first:, None] > 0)
    picture[np.abs(side) < width / 160] = 255
    return picture.astype(np.uint8)
