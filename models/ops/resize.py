"""RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR with half-pixel centres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.reader import ConversionError, Operator

if TYPE_CHECKING:
    from models.graph import OnnxGraph


def resize_bilinear(op: Operator, graph: OnnxGraph) -> None:
    """Convert a bilinear resize; output pixel x samples at (x + 1/2) * W / w - 1/2, clamped to the edge."""
    _resize(op, graph, mode="linear", coordinate_transformation_mode="half_pixel")


def resize_nearest_neighbor(op: Operator, graph: OnnxGraph) -> None:
    """Convert an enlargement by whole factors, which repeats each pixel: output pixel x is input pixel x // factor."""
    ratios = np.divide(op.outputs[0].shape[1:3], op.inputs[0].shape[1:3])
    if (ratios % 1).any():
        raise ConversionError(f"{op.name}: ratios {ratios.tolist()} are not supported; only whole numbers are")
    _resize(op, graph, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")


def _resize(op: Operator, graph: OnnxGraph, **how: str) -> None:
    if op.options.AlignCorners() or not op.options.HalfPixelCenters():
        raise ConversionError(f"{op.name}: only half-pixel centres without aligned corners are supported")
    height, width = graph.constant(op, 1).tolist()
    output = graph.bind(op.outputs[0])
    # The size, not the scale: 9/5 in float32 times 5 is less than 9.
    size = np.array([1, op.outputs[0].shape[3], height, width], np.int64)
    graph.add_node(
        "Resize", [graph.value(op.inputs[0]), "", "", graph.add_weight(f"{output}_size", size)], output, **how
    )
