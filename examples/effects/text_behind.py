"""Big letters that stand behind the person."""

import numpy as np

from pyselfie import Color

# Five columns and seven rows of dots for each letter, a row to two hexadecimal digits.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!"
DOTS = (
    "0E11111F111111 1E11111E11111E 0E11101010110E 1E11111111111E 1F10101E10101F 1F10101E101010 0E11101713110E "
    "1111111F111111 0E04040404040E 0702020202120C 11121418141211 1010101010101F 111B1515111111 11191513111111 "
    "0E11111111110E 1E11111E101010 0E11111115120D 1E11111E141211 0F10100E01011E 1F040404040404 1111111111110E "
    "11111111110A04 1111111515150A 11110A040A1111 11110A04040404 1F01020408101F 04040404040004"
).split()
ROWS = np.stack([np.frombuffer(bytes.fromhex(dots), np.uint8) for dots in DOTS])
FONT = dict(zip(LETTERS, np.unpackbits(ROWS[..., None], axis=2)[..., 3:], strict=True))
SPACE = np.zeros((7, 3), np.uint8)


def text_behind(
    sample, mask, time, aspect, title: str = "HELLO!", color: Color = Color("#FFD23F"), height: float = 0.1
):
    """Fill the width with the title; its lower rows are the darker ones, and the person hides it."""
    letters = [np.pad(FONT.get(letter, SPACE), ((0, 0), (0, 1))) for letter in title.upper() or " "]
    dots = np.hstack(letters)[:, :-1]
    rows, columns = mask.shape
    size = min(0.92 * columns / dots.shape[1], 0.7 * rows / 7 / aspect)  # of a dot, in the sample's columns
    x = (np.arange(columns) - columns / 2) / size + dots.shape[1] / 2
    y = (np.arange(rows) - rows * height) / (size * aspect)

    def shown(shift):
        inside = ((y - shift >= 0) & (y - shift < 7))[:, None] & ((x - shift >= 0) & (x - shift < dots.shape[1]))
        row = np.clip(y - shift, 0, 6).astype(int)
        return inside * dots[row][:, np.clip(x - shift, 0, dots.shape[1] - 1).astype(int)]

    letter, shadow = shown(0.0), shown(0.35)
    shade = np.clip(1.1 - 0.06 * y, 0.5, 1)[:, None, None]
    paint = np.clip(letter[..., None] * color * shade, 0, 255)
    alpha = np.maximum(letter, 0.55 * shadow) * (1 - mask)
    return np.dstack([paint, 255 * alpha]).astype(np.uint8)
