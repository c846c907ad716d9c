"""One GPU device: what is made on it, what is written to it, and how its faults come to light."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING, Any

from js import Array
from pyodide.ffi import create_proxy, to_js

from pyselfie.browser.interop import js_object
from pyselfie.browser.webgpu.shaders import source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Size


class BufferUsage(IntFlag):
    """``GPUBufferUsage`` of the WebGPU standard."""

    MAP_READ = 0x01
    COPY_SRC = 0x04
    COPY_DST = 0x08
    UNIFORM = 0x40
    STORAGE = 0x80


class TextureUsage(IntFlag):
    """``GPUTextureUsage`` of the WebGPU standard."""

    COPY_DST = 0x02
    TEXTURE_BINDING = 0x04
    STORAGE_BINDING = 0x08
    RENDER_ATTACHMENT = 0x10


class Stage(IntFlag):
    """``GPUShaderStage`` of the WebGPU standard."""

    FRAGMENT = 0x2
    COMPUTE = 0x4


READ_BUFFER: dict[str, Any] = {"buffer": {"type": "read-only-storage"}}
WRITTEN_BUFFER: dict[str, Any] = {"buffer": {"type": "storage"}}
UNIFORM: dict[str, Any] = {"buffer": {}}
SAMPLER: dict[str, Any] = {"sampler": {}}
TEXTURE: dict[str, Any] = {"texture": {}}


class Gpu:
    """A ``GPUDevice`` and everything that was made on it; `close` frees it all, the device itself is its lender's.

    Parameters
    ----------
    device : GPUDevice
        Lent by the runtime, so that its buffers and ours are on the same device.
    on_fault : callable
        Called with a sentence at the first error that nobody awaited (validation, out of memory).
    """

    def __init__(self, device: Any, on_fault: Callable[[str], None]) -> None:
        self.device = device
        self.queue = device.queue
        self._on_fault: Callable[[str], None] | None = on_fault
        self._listener = create_proxy(self._uncaptured)
        device.addEventListener("uncapturederror", self._listener)
        self._owned: list[Any] = []
        self._modules: dict[tuple[str, ...], Any] = {}
        self._batch = Array.new(1)

    def _uncaptured(self, event: Any) -> None:
        if self._on_fault is not None:
            report, self._on_fault = self._on_fault, None  # one fault often brings a hundred more
            report(event.error.message.split("\n")[0])

    def buffer(self, byte_length: int, usage: BufferUsage) -> Any:
        """Return a new ``GPUBuffer``, filled with zeros."""
        return self._own(self.device.createBuffer(js_object(size=byte_length, usage=int(usage))))

    def uniform(self, byte_length: int) -> Any:
        """Return a new uniform buffer."""
        return self.buffer(byte_length, BufferUsage.UNIFORM | BufferUsage.COPY_DST)

    def storage(self, byte_length: int) -> Any:
        """Return a new storage buffer."""
        return self.buffer(byte_length, BufferUsage.STORAGE | BufferUsage.COPY_DST)

    def texture(self, size: Size, texel_format: str, usage: TextureUsage) -> Any:
        """Return a new ``GPUTexture``."""
        settings = {"size": list(size), "format": texel_format, "usage": int(usage)}
        return self._own(self.device.createTexture(js_object(**settings)))

    def sampler(self) -> Any:
        """Return a new bilinear sampler."""
        return self.device.createSampler(js_object(magFilter="linear", minFilter="linear"))

    def write(self, buffer: Any, values: NDArray[np.generic]) -> None:
        """Write a contiguous 1-D array to the beginning of `buffer`."""
        self.queue.writeBuffer(buffer, 0, to_js(values))

    def layout(self, stages: Stage, *entries: dict[str, Any]) -> Any:
        """Return the layout of bind groups with these entries, numbered from 0, for these stages."""
        numbered = [{"binding": at, "visibility": int(stages), **entry} for at, entry in enumerate(entries)]
        return self.device.createBindGroupLayout(js_object(entries=numbered))

    async def compute_pipeline(
        self, *shaders: str, layouts: tuple[Any, ...] = (), constants: Mapping[str, float] | None = None
    ) -> Any:
        """Return the pipeline of the entry point that has the last shader's name.

        Parameters
        ----------
        shaders : str
            The files that it is made of.
        layouts : tuple of GPUBindGroupLayout
            Of the bind groups; without any they follow from the shader, and fit no other pipeline.
        constants : dict
            The shader's overrides, by name.

        Raises
        ------
        JsException
            If the shader does not compile.
        """
        stage = {"module": self._module(*shaders), "entryPoint": shaders[-1], "constants": dict(constants or {})}
        layout = self._pipeline_layout(layouts) if layouts else "auto"
        return await self.device.createComputePipelineAsync(js_object(layout=layout, compute=stage))

    async def render_pipeline(
        self,
        *shaders: str,
        entry: str,
        layouts: tuple[Any, ...],
        target: dict[str, Any],
        constants: Mapping[str, float] | None = None,
    ) -> Any:
        """Return the pipeline that covers its whole target by the fragment stage `entry`.

        Parameters
        ----------
        shaders : str
            The files that it is made of.
        entry : str
            The name of the entry point.
        layouts : tuple of GPUBindGroupLayout
            Of the bind groups.
        target : dict
            A ``GPUColorTargetState``.
        constants : dict
            The fragment stage's overrides, by name.

        Raises
        ------
        JsException
            If the shader does not compile.
        """
        module = self._module("cover", *shaders)
        settings = {
            "layout": self._pipeline_layout(layouts),
            "vertex": {"module": module, "entryPoint": "cover"},
            "fragment": {
                "module": module,
                "entryPoint": entry,
                "targets": [target],
                "constants": dict(constants or {}),
            },
        }
        return await self.device.createRenderPipelineAsync(js_object(**settings))

    def _pipeline_layout(self, layouts: tuple[Any, ...]) -> Any:
        return self.device.createPipelineLayout(js_object(bindGroupLayouts=list(layouts)))

    def _module(self, *shaders: str) -> Any:
        """Return the module of these files, the same as last time: several entry points share one."""
        if shaders not in self._modules:
            settings = js_object(code=source(*shaders), label=shaders[-1])
            self._modules[shaders] = self.device.createShaderModule(settings)
        return self._modules[shaders]

    def bind(self, layout: Any, *resources: Any) -> Any:
        """Return a new bind group of these resources, numbered from 0; a buffer as ``{"buffer": buffer}``."""
        entries = [{"binding": number, "resource": resource} for number, resource in enumerate(resources)]
        return self.device.createBindGroup(js_object(layout=layout, entries=entries))

    def submit(self, encoder: Any) -> None:
        """Send what `encoder` has recorded to the GPU."""
        self._batch[0] = encoder.finish()
        self.queue.submit(self._batch)

    def _own(self, resource: Any) -> Any:
        self._owned.append(resource)
        return resource

    def free(self, *resources: Any) -> None:
        """Destroy buffers or textures that were made here."""
        for resource in resources:
            self._owned = [owned for owned in self._owned if owned != resource]
            resource.destroy()

    def close(self) -> None:
        """Destroy all buffers and textures that were made here and stop listening."""
        self._on_fault = None
        for resource in self._owned:
            resource.destroy()
        self._owned.clear()
        self.device.removeEventListener("uncapturederror", self._listener)
        self._listener.destroy()
