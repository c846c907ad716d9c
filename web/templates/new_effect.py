"""The person in colour, all else in grey: change it, and see what happens."""

import numpy as np


def effect(frame, mask, time, strength: float = 0.9):
    grey = frame.mean(axis=2, keepdims=True)
    weight = strength * (1 - mask[..., None])
    return (frame * (1 - weight) + grey * weight).astype(np.uint8)
