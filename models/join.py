"""Put a converted model together from its parts and the published file, with the standard library alone.

A model of many megabytes is not committed: its weights are in the published `.tflite` already. What is committed is the
rest of it, the parts, and where the weights belong. `split.py` makes them; the build, which has no ONNX, joins them.
"""

from __future__ import annotations

import json
import struct
from typing import TypedDict


class Hole(TypedDict):
    """Weights that are missing among the parts.

    They stand in the published file as `batches` matrices of `rows` x `columns` float32 numbers, and in the model
    transposed, as float16. A matrix of one row is as good as its transpose.
    """

    at: int
    """Bytes of the parts that come before it."""
    offset: int
    """Of its first byte in the published file."""
    batches: int
    rows: int
    columns: int


def join(parts: bytes, published: bytes) -> bytes:
    """Return the bytes of the model.

    Parameters
    ----------
    parts
        A line of JSON, a list of `Hole`, and after it every byte of the model that is no hole.
    published
        The bytes of the `.tflite` file, the very one that the parts were made of.
    """
    header, _, literal = parts.partition(b"\n")
    pieces, done = [], 0
    for hole in json.loads(header):
        pieces += [literal[done : hole["at"]], _weights(hole, published)]
        done = hole["at"]
    return b"".join([*pieces, literal[done:]])


def _weights(hole: Hole, published: bytes) -> bytes:
    batches, rows, columns = hole["batches"], hole["rows"], hole["columns"]
    count = batches * rows * columns
    values = struct.unpack_from(f"<{count}f", published, hole["offset"])
    if rows > 1:
        starts = (batch * rows * columns + column for batch in range(batches) for column in range(columns))
        values = tuple(value for start in starts for value in values[start : start + rows * columns : columns][:rows])
    return struct.pack(f"<{count}e", *values)
