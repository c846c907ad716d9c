"""The composite: the effect's draws, each with its Porter-Duff operator, in one render pass."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from pyselfie.browser.backdrop import fit_backdrop
from pyselfie.browser.interop import js_object
from pyselfie.browser.webgpu.layers import scene_layout
from pyselfie.browser.webgpu.picture import KINDS, Kind, Picture, TextureSlot
from pyselfie.core.effects import EFFECTS, draws_for, folds_edge
from pyselfie.core.geometry import Size
from pyselfie.core.overlay import BLURRED

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pyselfie.browser.js_types import Bitmap, OffscreenCanvas
    from pyselfie.browser.webgpu.device import Gpu
    from pyselfie.browser.webgpu.picture import PictureBinder
    from pyselfie.core.effects import Effect, Layer, Operator, Overlay
    from pyselfie.core.options import Options

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


def _entry(layer: Layer, overlay: Overlay | None, *, folded: bool) -> str:
    """Return the entry point that paints a layer: ``layer_picture.wgsl`` and ``layer_person.wgsl`` have them."""
    if layer == "cast":
        return "cast_colour"
    if layer != "overlay":
        return layer
    if overlay is None or overlay.color != BLURRED:
        return "overlay_ramp"
    return "overlay_folded" if folded else "overlay_blurred"


class _Way(NamedTuple):
    """What a render pipeline is for: an operator, an entry point, and the kind of picture if it samples one."""

    operator: Operator
    entry: str
    kind: Kind | None


def _ways(effect: Effect) -> set[_Way]:
    """Return all that an effect may need."""
    ways = set()
    for draw in effect.draws:
        kinds: tuple[Kind | None, ...] = {"frame": KINDS, "backdrop": ("2d",)}.get(draw.layer, (None,))
        folds = (False, True) if effect.overlay is not None and effect.overlay.folds_edge else (False,)
        entries = {_entry(draw.layer, effect.overlay, folded=folded) for folded in folds}
        ways |= {_Way(draw.operator, entry, kind) for entry in entries for kind in kinds}
    return ways


_USER = _Way("source-over", "user", "2d")


class Backdrop(NamedTuple):
    """The picture behind the person, cropped to the output's size: another object as soon as it looks different."""

    picture: Picture


class Compositor:
    """Draws layers on a WebGPU canvas. Make it with `create`.

    Parameters
    ----------
    gpu : Gpu
        The device.
    binder : PictureBinder
        Makes the pictures that are drawn.
    canvas : OffscreenCanvas
        The output; it takes the size of each composite.
    target_format : str
        The canvas' texel format.

    Attributes
    ----------
    layout : GPUBindGroupLayout
        Of `PersonLayers.group`.
    canvas : OffscreenCanvas
        The output.
    """

    def __init__(self, gpu: Gpu, binder: PictureBinder, canvas: OffscreenCanvas, target_format: str) -> None:
        self.layout = scene_layout(gpu)
        self._gpu = gpu
        self.canvas = canvas
        self._format = target_format
        self._context = canvas.getContext("webgpu")
        self._context.configure(js_object(device=gpu.device, format=target_format, alphaMode="premultiplied"))
        self._picture_layouts = binder.layouts
        self._pipelines: dict[_Way, Any] = {}
        self._pass = js_object(colorAttachments=[{"loadOp": "clear", "storeOp": "store"}])
        self._backdrop: Bitmap | None = None
        self._backdrop_slot = TextureSlot(gpu, binder)
        self._fitted: Backdrop | None = None
        self._fitted_size = Size(0, 0)

    @classmethod
    async def create(cls, gpu: Gpu, binder: PictureBinder, canvas: OffscreenCanvas, target_format: str) -> Compositor:
        """Compile all that any effect needs, so that a change of effect waits for nothing.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        compositor = cls(gpu, binder, canvas, target_format)
        await compositor.compile()
        return compositor

    async def compile(self) -> None:
        """Compile what the effects need and has not been compiled yet.

        Raises
        ------
        JsException
            If a shader does not compile.
        """
        wanted = {way for effect in EFFECTS.values() for way in _ways(effect)} - self._pipelines.keys()
        for way, pipeline in zip(wanted, await asyncio.gather(*map(self._pipeline, wanted)), strict=True):
            self._pipelines[way] = pipeline

    async def _pipeline(self, way: _Way) -> Any:
        shaders: tuple[str, ...] = ("look", "scene", "layer_person")
        layouts: tuple[Any, ...] = (self.layout,)
        if way.kind is not None:
            shaders = ("scene", f"picture_{way.kind}", "layer_user" if way == _USER else "layer_picture")
            layouts = (self.layout, self._picture_layouts[way.kind])
        blend = _blend_state(way.operator)
        target = {"format": self._format} if blend is None else {"format": self._format, "blend": blend}
        return await self._gpu.render_pipeline(*shaders, entry=way.entry, layouts=layouts, target=target)

    def encode(self, encoder: Any, size: Size, scene: Any, frame: Picture, options: Options) -> None:
        """Record one composite of `size` pixels; `scene` is `PersonLayers.group`."""
        overlay, folded = EFFECTS[options.effect].overlay, folds_edge(options)
        draws = []
        for draw in draws_for(options):
            picture = self._picture(draw.layer, frame, size)
            kind = None if picture is None else picture.kind
            draws.append((_Way(draw.operator, _entry(draw.layer, overlay, folded=folded), kind), picture))
        self._draw(encoder, size, scene, draws)

    def encode_user(self, encoder: Any, size: Size, scene: Any, frame: Picture, overlay: Picture) -> None:
        """Record a composite of a frame and a user's overlay over it; `prepare_user` has to be over."""
        self._draw(encoder, size, scene, [(_Way("copy", "frame", frame.kind), frame), (_USER, overlay)])

    def _draw(self, encoder: Any, size: Size, scene: Any, draws: list[tuple[_Way, Picture | None]]) -> None:
        self._resize(size)
        render_pass = self._begin(encoder)
        render_pass.setBindGroup(0, scene)
        for way, picture in draws:
            render_pass.setPipeline(self._pipelines[way])
            if picture is not None:
                render_pass.setBindGroup(1, picture.group)
            render_pass.draw(3)
        render_pass.end()

    async def prepare_overlay(self, options: Options) -> None:
        """Compile what `encode_overlay` needs, if it hasn't been."""
        await self._prepare(self._overlay_way(options))

    async def prepare_user(self) -> None:
        """Compile what `encode_user` needs, if it hasn't been."""
        await self._prepare(_USER)

    async def _prepare(self, way: _Way) -> None:
        if way not in self._pipelines:
            self._pipelines[way] = await self._pipeline(way)

    def encode_overlay(self, encoder: Any, size: Size, scene: Any, options: Options) -> None:
        """Record the overlay alone, for whoever wants to look at it: the composite has to be painted after it."""
        self._draw(encoder, size, scene, [(self._overlay_way(options), None)])

    def _overlay_way(self, options: Options) -> _Way:
        entry = _entry("overlay", EFFECTS[options.effect].overlay, folded=folds_edge(options))
        return _Way("copy", entry, None)

    def _picture(self, layer: Layer, frame: Picture, size: Size) -> Picture | None:
        if layer == "backdrop":
            return self.backdrop(size).picture
        return frame if layer == "frame" else None

    def _begin(self, encoder: Any) -> Any:
        self._pass.colorAttachments[0].view = self._context.getCurrentTexture().createView()
        return encoder.beginRenderPass(self._pass)

    def _resize(self, size: Size) -> None:
        if (self.canvas.width, self.canvas.height) != size:
            self.canvas.width, self.canvas.height = size

    def backdrop(self, size: Size) -> Backdrop:
        """Return the picture behind the person, for a composite of `size` pixels."""
        if self._fitted is None or size != self._fitted_size:
            self._fitted = Backdrop(self._backdrop_slot.load(fit_backdrop(self._backdrop, size), size))
            self._fitted_size = size
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
        return self.canvas.convertToBlob()

    def clear(self) -> None:
        """Paint nothing: the page's neutral placeholder shows through."""
        encoder = self._gpu.device.createCommandEncoder()
        self._begin(encoder).end()
        self._gpu.submit(encoder)
