"""From the GPU back to Python: only when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.webgpu.device import BufferUsage

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from numpy.typing import NDArray

    from pyselfie.browser.webgpu.device import Gpu

_MAP_READ = 1  # GPUMapMode.READ


def read_floats(gpu: Gpu, *buffers: Any) -> Awaitable[list[NDArray[np.float32]]]:
    """Return (awaitable) what each of `buffers` holds once all that is submitted by now is done, float32 [N]."""
    ends = np.cumsum([buffer.size for buffer in buffers]).tolist()
    staging = gpu.buffer(ends[-1], BufferUsage.MAP_READ | BufferUsage.COPY_DST)
    encoder = gpu.device.createCommandEncoder()
    for buffer, end in zip(buffers, ends, strict=True):
        encoder.copyBufferToBuffer(buffer, 0, staging, end - buffer.size, buffer.size)
    gpu.submit(encoder)
    return _read(gpu, staging, ends)


async def _read(gpu: Gpu, staging: Any, ends: list[int]) -> list[NDArray[np.float32]]:
    try:
        await staging.mapAsync(_MAP_READ)
        floats = np.frombuffer(staging.getMappedRange().to_bytes(), np.float32)
        return np.split(floats, [end // 4 for end in ends[:-1]])
    finally:
        gpu.free(staging)
