"""The composite: the effect's draws, each with its Porter-Duff operator, in one render pass."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.browser.backdrop import fit_backdrop
from pyselfie.browser.interop import js_object
from pyselfie.browser.webgpu.picture import KINDS, Binding, Kind, Picture, TextureSlot
from pyselfie.core.effects import EFFECTS, LAYERS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pyselfie.browser.js_types import Bitmap, OffscreenCanvas
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.core.effects import Draw, Layer, Operator
    from pyselfie.core.geometry import Size

_FRAGMENT_STAGE = 2  # GPUShaderStage.FRAGMENT

# (factor of the layer, factor of what is there), on premultiplied colours; none: the layer replaces everything
_BLENDING: dict[Operator, tuple[str, str] | None] = {
    "copy": None,
    "source-over": ("one", "one-minus-src-alpha"),
    "destination-out": ("zero", "one-minus-src-alpha"),
    "destination-over": ("one-minus-dst-alpha", "one"),
    "multiply": ("dst", "zero"),  # of opaque layers
}


def _blend_state(operator: Operator) -> dict[str, Any] | None:
    factors = _BLENDING[operator]
    if factors is None:
        return None
    component = {"srcFactor": factors[0], "dstFactor": factors[1]}
    return {"color": component, "alpha": component}


def _kinds(layer: Layer) -> tuple[Kind, ...]:
    return KINDS if layer == "frame" else ("2d",)


class Compositor:
    """Draws layers on a WebGPU canvas. Make it with `create`.

    Parameters
    ----------
    gpu : Gpu
        The device.
    canvas : OffscreenCanvas
        The output; it takes the size of each composite.
    target_format : str
        The canvas' texel format.
    """

    def __init__(self, gpu: Gpu, canvas: OffscreenCanvas, target_format: str) -> None:
        self._gpu = gpu
        self._canvas = canvas
        self._format = target_format
        self._context = canvas.getContext("webgpu")
        self._context.configure(js_object(device=gpu.device, format=target_format, alphaMode="premultiplied"))
        self._layouts = {kind: _layout(gpu, kind) for kind in KINDS}
        self._pipelines: dict[tuple[Operator, Kind], Any] = {}
        self._sampler = gpu.sampler()
        self._person_place, self._upright_place = gpu.uniform(16), gpu.uniform(16)
        self._placed: tuple[Size, bool] | None = None
        self._bindings = {layer: Binding(self._binder(layer)) for layer in LAYERS}
        self._pass = js_object(colorAttachments=[{"loadOp": "clear", "storeOp": "store"}])
        self._backdrop: Bitmap | None = None
        self._backdrop_slot = TextureSlot(gpu)
        self._fitted: Picture | None = None  # the backdrop, cropped to the output's size

    @classmethod
    async def create(cls, gpu: Gpu, canvas: OffscreenCanvas, target_format: str) -> Compositor:
        """Compile all that any effect needs, so that a change of effect waits for nothing.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        compositor = cls(gpu, canvas, target_format)
        draws = {draw for effect in EFFECTS.values() for draw in effect.draws}
        wanted = {(draw.operator, kind) for draw in draws for kind in _kinds(draw.layer)}
        await asyncio.gather(*(compositor._compile(operator, kind) for operator, kind in sorted(wanted)))
        return compositor

    def _compile(self, operator: Operator, kind: Kind) -> Awaitable[None]:
        async def compile_it() -> None:
            blend = _blend_state(operator)
            pipeline = await self._gpu.layer_pipeline(f"picture_{kind}", self._layouts[kind], blend, self._format)
            self._pipelines[operator, kind] = pipeline

        return compile_it()

    def _binder(self, layer: Layer) -> Callable[[Picture], Any]:
        place = {"buffer": self._upright_place if layer == "backdrop" else self._person_place}
        return lambda picture: self._gpu.bind(self._layouts[picture.kind], picture.resource, self._sampler, place)

    def encode(
        self, encoder: Any, size: Size, pictures: dict[Layer, Picture], draws: tuple[Draw, ...], *, mirror: bool
    ) -> None:
        """Record one composite of `size` pixels; `pictures` has the layers but for the backdrop, which is here."""
        self._resize(size)
        self._orient(size, mirror=mirror)
        if any(draw.layer == "backdrop" for draw in draws):
            pictures = {**pictures, "backdrop": self._fitted_backdrop(size)}
        render_pass = self._begin(encoder)
        for draw in draws:
            picture = pictures[draw.layer]
            render_pass.setPipeline(self._pipelines[draw.operator, picture.kind])
            render_pass.setBindGroup(0, self._bindings[draw.layer].of(picture))
            render_pass.draw(3)
        render_pass.end()

    def _begin(self, encoder: Any) -> Any:
        self._pass.colorAttachments[0].view = self._context.getCurrentTexture().createView()
        return encoder.beginRenderPass(self._pass)

    def _resize(self, size: Size) -> None:
        if (self._canvas.width, self._canvas.height) != size:
            self._canvas.width, self._canvas.height = size
            self._fitted = None

    def _orient(self, size: Size, *, mirror: bool) -> None:
        """Say where in a picture each canvas pixel lies: (scale, offset) for x and y."""
        if self._placed == (size, mirror):
            return
        self._placed = size, mirror
        x, y = 1 / size.width, 1 / size.height
        person = [-x, y, 1, 0] if mirror else [x, y, 0, 0]
        self._gpu.write(self._person_place, np.array(person, np.float32))
        self._gpu.write(self._upright_place, np.array([x, y, 0, 0], np.float32))

    def _fitted_backdrop(self, size: Size) -> Picture:
        if self._fitted is None:
            self._fitted = self._backdrop_slot.load(fit_backdrop(self._backdrop, size), size)
        return self._fitted

    def set_backdrop(self, backdrop: Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        previous, self._backdrop, self._fitted = self._backdrop, backdrop, None
        if previous is not None:
            previous.close()

    def hand_over_backdrop(self) -> Bitmap | None:
        """Give the backdrop away, its ownership with it."""
        backdrop, self._backdrop, self._fitted = self._backdrop, None, None
        return backdrop

    def to_blob(self) -> Awaitable[Any]:
        """Return (awaitable) the canvas as a PNG ``Blob``; to be called in the task that painted it."""
        return self._canvas.convertToBlob()

    def clear(self) -> None:
        """Paint nothing: the page's neutral placeholder shows through."""
        encoder = self._gpu.device.createCommandEncoder()
        self._begin(encoder).end()
        self._gpu.submit(encoder)


def _layout(gpu: Gpu, kind: Kind) -> Any:
    """Return the layout that all of a kind's pipelines share, so that one bind group serves every operator."""
    picture: dict[str, Any] = {"externalTexture": {}} if kind == "external" else {"texture": {}}
    entries = [picture, {"sampler": {}}, {"buffer": {}}]
    numbered = [{"binding": at, "visibility": _FRAGMENT_STAGE, **entry} for at, entry in enumerate(entries)]
    return gpu.device.createBindGroupLayout(js_object(entries=numbered))
