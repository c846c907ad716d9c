"""Constants: DEQUANTIZE of float16 weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.reader import ConversionError, Operator

if TYPE_CHECKING:
    from models.graph import OnnxGraph


def dequantize(op: Operator, graph: OnnxGraph) -> None:
    """Remember the float16 values; the operator that uses them writes them, in the layout that it needs."""
    values = graph.constant(op, 0)
    if values.dtype != np.float16:
        raise ConversionError(f"DEQUANTIZE: {values.dtype} weights are not supported; only float16 ones are")
    graph.set_constant(op.outputs[0], values)
