"""Take out of a converted model the weights that the published file has as well; `join.py` puts them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from models.reader import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from models.join import Hole
    from models.reader import Graph

_SMALLEST = 1024
"""Numbers below which a place among the holes costs more than it saves."""


def split(model: bytes, graph: Graph, published: bytes) -> bytes:
    """Return the parts of a model whose weights are the float16 of `graph`'s, read from `published`.

    Raises
    ------
    ConversionError
        When weights of the model are nowhere in the published file.
    """
    tensors = [tensor.data for op in graph.operators for tensor in op.inputs if tensor.data is not None]
    holes: list[Hole] = []
    literal, done = b"", 0
    for weights in _large_weights(model):
        start = model.index(weights.tobytes(), done)
        literal += model[done:start]
        done = start + weights.nbytes
        holes.append(_hole(len(literal), weights, tensors, published))
    return json.dumps(holes, separators=(",", ":")).encode() + b"\n" + literal + model[done:]


def _large_weights(model: bytes) -> Iterator[NDArray[np.float16]]:
    """Yield the large weights in the order in which they stand in the file."""
    for initializer in onnx.load_from_string(model).graph.initializer:
        values = onnx.numpy_helper.to_array(initializer)
        if values.dtype == np.float16 and values.size >= _SMALLEST:
            yield values.ravel()


def _hole(at: int, weights: NDArray[np.float16], tensors: Sequence[NDArray[Any]], published: bytes) -> Hole:
    """Find the weights in the published file."""
    for tensor in tensors:
        if tensor.size != weights.size:
            continue
        for matrices in _as_matrices(tensor):
            if np.array_equal(matrices.transpose(0, 2, 1).astype(np.float16).ravel(), weights):
                batches, rows, columns = matrices.shape
                offset = published.index(tensor.tobytes())
                return {"at": at, "offset": offset, "batches": batches, "rows": rows, "columns": columns}
    raise ConversionError(f"weights of {weights.size} numbers are not among those of the published file")


def _as_matrices(tensor: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the ways to see weights whose transpose a handler may have written."""
    yield tensor.reshape(1, 1, -1)
    if tensor.ndim == 4:
        yield tensor.reshape(tensor.shape[0], -1, tensor.shape[3])  # a convolution's: channels first, for each output
        yield tensor.reshape(1, -1, tensor.shape[3])  # of depthwise and transposed convolutions: channels first of all
