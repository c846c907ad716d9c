"""Another colour for the hair: its light and shade stay."""

import numpy as np

COLOUR = np.array([150, 40, 160], np.float32)  # RGB
STRENGTH = 0.7


def hair_colour(frame, mask, time, classes):
    """Return the frame with the hair in `COLOUR`, as bright as it was."""
    sure = np.clip((classes["hair"] - 0.2) / 0.6, 0, 1)  # the model is never quite sure of anything
    hair = (STRENGTH * sure)[..., None]
    light = frame.mean(axis=2, keepdims=True)
    dyed = np.minimum(COLOUR * (0.3 + light / COLOUR.mean()), 255)
    return (frame * (1 - hair) + dyed * hair).astype(np.uint8)
