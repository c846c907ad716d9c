"""From the GPU back to Python: only when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.webgpu.device import BufferUsage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.webgpu.device import Gpu

_MAP_READ = 1  # GPUMapMode.READ


async def read_floats(gpu: Gpu, buffer: Any) -> NDArray[np.float32]:
    """Return what `buffer` holds once all submitted work is done, float32 [N]."""
    staging = gpu.buffer(buffer.size, BufferUsage.MAP_READ | BufferUsage.COPY_DST)
    try:
        encoder = gpu.device.createCommandEncoder()
        encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size)
        gpu.submit(encoder)
        await staging.mapAsync(_MAP_READ)
        return np.frombuffer(staging.getMappedRange().to_bytes(), np.float32)
    finally:
        gpu.free(staging)
