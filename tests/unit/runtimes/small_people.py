"""People who are small in a frame, drawn as the masks that a network would give."""

import numpy as np

from pyselfie.core.geometry import Rect, Size

SIZE = Size(640, 480)
PERSON = Rect(0.4, 0.5, 0.1, 0.25)


def draw(people, part=None, level=1.0):
    """Return the mask of `part` of a frame with people, which are boxes in fractions of it."""
    part = part or Rect(0, 0, *SIZE)
    mask = np.zeros((256, 256), np.float32)
    x, y = (part.x + (np.arange(256) + 0.5) / 256 * part.width), (part.y + (np.arange(256) + 0.5) / 256 * part.height)
    for box in people:
        columns = (x >= box.x * SIZE.width) & (x < (box.x + box.width) * SIZE.width)
        rows = (y >= box.y * SIZE.height) & (y < (box.y + box.height) * SIZE.height)
        mask[np.ix_(rows, columns)] = level
    return mask
