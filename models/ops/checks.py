"""What several handlers refuse, each in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tflite

from models.reader import ConversionError, Operator, Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence


def require_no_fused_activation(op: Operator) -> None:
    """Refuse an operator with a built-in activation."""
    kind = op.options.FusedActivationFunction()
    if kind != tflite.ActivationFunctionType.NONE:
        raise ConversionError(f"{op.name}: fused activation {kind} is not supported; only 0 (none) is")


def require_rank_4(op: Operator, tensors: Sequence[Tensor]) -> None:
    """Refuse tensors whose axes do not map onto NCHW, which would silently broadcast along the wrong ones."""
    for tensor in tensors:
        if len(tensor.shape) != 4:
            raise ConversionError(f"{op.name}: input shape {list(tensor.shape)} is not supported; only [N,H,W,C] is")
