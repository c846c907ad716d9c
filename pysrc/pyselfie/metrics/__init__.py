"""How good masks and composites are, in numbers: against truth, and where there is none, by their flicker.

Masks and truths are arrays [h, w], 1 (or 255) where the person is: floating point in 0..1, booleans, or uint8. They
may have different sizes: a truth larger than 640 pixels is shrunk to 640 first, and the mask is then drawn bilinearly
at the truth's size, as a browser draws it. So 2 px mean the same for a webcam and for a large photo.

>>> import numpy as np
>>> from pyselfie import metrics
>>> truth = np.zeros((4, 8), np.float32)
>>> truth[:, :4] = 1
>>> metrics.iou(np.roll(truth, 1, axis=1), truth)
0.6

Each result is a plain number in its natural unit; the tables of `pyselfie evaluate` show some of them times 100 or 1000
and say so.
"""

from __future__ import annotations

from pyselfie.metrics.clips import ClipMeter, ClipScore, calm_change, dtssd, flicker, moving_error
from pyselfie.metrics.composites import band_error, band_psnr, edge_band
from pyselfie.metrics.pictures import PictureScore, boundary_f, holes, iou, leak, mad, score_picture

__all__ = [
    "ClipMeter",
    "ClipScore",
    "PictureScore",
    "band_error",
    "band_psnr",
    "boundary_f",
    "calm_change",
    "dtssd",
    "edge_band",
    "flicker",
    "holes",
    "iou",
    "leak",
    "mad",
    "moving_error",
    "score_picture",
]
