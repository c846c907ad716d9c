"""Everything is grey but the clothes."""

import numpy as np


def colourful_clothes(frame, mask, time, classes):
    """Return the frame in grey, with the clothes in their colours."""
    clothes = np.clip((classes["clothes"] - 0.2) / 0.6, 0, 1)[..., None]  # the model is never quite sure of anything
    grey = frame.mean(axis=2, keepdims=True)
    return (frame * clothes + grey * (1 - clothes)).astype(np.uint8)
