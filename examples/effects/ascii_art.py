"""The picture in letters: bright ones for the person, dim ones for all else."""

from typing import Annotated

import numpy as np

from pyselfie import Color, Range

# From dark to bright: five columns and seven rows of dots to a sign, a row to two hexadecimal digits.
SIGNS = (
    "00000000000000 00000000000400 00000400000400 0000000E000000 0000001F001F00 0004041F040400 000A1F0A1F0A00 "
    "0E11010604000E 0E13151519110E 111B151B11151B 0E111717171E0F 1F151F151F151F 1F1F1B1F1B1F1F"
).split()
GLYPHS = np.stack([np.frombuffer(bytes.fromhex(sign), np.uint8) for sign in SIGNS])
GLYPHS = np.unpackbits(GLYPHS[..., None], axis=2)[:, :, 3:]
GLYPHS = GLYPHS[np.argsort(GLYPHS.sum(axis=(1, 2)))]
GLYPHS = np.pad(GLYPHS, ((0, 0), (0, 1), (0, 1)))  # eight rows, six columns


def ascii_art(
    frame,
    mask,
    time,
    columns: Annotated[int, Range(30, 200)] = 110,
    colored: bool = True,
    color: Color = Color("#5CFF8A"),
    paper: Color = Color("#0A0F14"),
):
    """Choose a sign for each cell by its brightness, and write it in the cell's colour."""
    height, width = mask.shape
    zoom = max(1, round(width / columns / 6))
    rows, columns = -(-height // (8 * zoom)), -(-width // (6 * zoom))
    row = np.minimum(np.arange(rows) * 8 * zoom + 4 * zoom, height - 1)
    column = np.minimum(np.arange(columns) * 6 * zoom + 3 * zoom, width - 1)
    near = [np.minimum(row[:, None] + down, height - 1) for down in (-2 * zoom, 2 * zoom)]
    cell = sum(frame[y, column].astype(np.float32) for y in near) / 2
    person = mask[row[:, None], column][..., None]

    light = cell.mean(axis=2, keepdims=True) / 255
    dark, bright = np.percentile(light, [3, 97])
    contrast = 0.04 + 0.16 * person + 0.8 * (light - dark) / (bright - dark + 0.05)
    sign = np.clip(contrast * (0.5 + 0.5 * person) * len(SIGNS), 0, len(SIGNS) - 1).astype(int)
    ink = (0.75 * cell / np.maximum(light, 0.15) if colored else color) * (0.4 + 0.6 * person) * (0.7 + 0.3 * light)
    ink = np.clip(ink, 0, 255).astype(np.uint8)

    dots = GLYPHS[sign[..., 0]].transpose(0, 2, 1, 3).reshape(rows * 8, columns * 6)
    big = dots.repeat(zoom, axis=0).repeat(zoom, axis=1)[:height, :width, None]
    inks = ink.repeat(8 * zoom, axis=0).repeat(6 * zoom, axis=1)[:height, :width]
    return np.where(big, inks, np.asarray(paper, np.uint8))
