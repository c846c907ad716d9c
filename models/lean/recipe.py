"""All rewrites, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.lean.decoder import fold_gates
from models.lean.depthwise import depthwise_by_rows
from models.lean.editor import Editor
from models.lean.enlarge import enlarge_by_convolutions
from models.lean.picture import picture_as_it_comes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import onnx

PASSES = (fold_gates, enlarge_by_convolutions, depthwise_by_rows, picture_as_it_comes)
"""The enlargements that the first one leaves are rewritten by the second."""


def lean(model: onnx.ModelProto, passes: Sequence[Callable[[Editor], None]] = PASSES) -> onnx.ModelProto:
    """Return a model that takes and gives the same and computes it in fewer steps."""
    for rewrite in passes:
        graph = Editor(model)
        rewrite(graph)
        model = graph.model()
    return model
