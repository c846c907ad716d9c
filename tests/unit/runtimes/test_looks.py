"""A model on the frames of a film: which part of each it is shown, and that glances leave the film as it is."""

import asyncio
from typing import Any

import numpy as np

from pyselfie.browser.canvas.segmenter import Segmenter
from pyselfie.core.close_up import GLANCE_EVERY
from pyselfie.core.geometry import Rect
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.looks import Looks
from pyselfie.runtimes.native import NativeRuntime
from pyselfie.runtimes.stub import StubRuntime
from tests.unit.runtimes.small_people import PERSON, SIZE, draw


def test_a_glance_leaves_the_film_as_it_is():
    """The next mask is the same to the last bit, smoothed with the same frame before; the glance's is a first one."""
    spec = load_spec(1, "refined")
    rng = np.random.default_rng(4)
    base = np.kron(rng.random((1, 9, 16, 3)), np.ones((1, 16, 16, 1)))
    first, second, other = (
        np.ascontiguousarray(np.clip(one + rng.normal(0, 0.01, base.shape), 0, 1), np.float32)
        for one in (base, base, base[:, ::-1])
    )
    plain, glancing = NativeRuntime(spec), NativeRuntime(spec)
    for runtime in (plain, glancing):
        runtime.set("smoothing", 0.85)
        runtime.run_sync(first)
    glance = asyncio.run(glancing.glance(other)).copy()
    np.testing.assert_array_equal(glancing.run_sync(second), plain.run_sync(second))
    plain.reset()
    np.testing.assert_array_equal(plain.run_sync(other), glance)


class Seeing(StubRuntime):
    """Finds who is in the frame wherever it looks, and notes its resets; `edge` tells the run."""

    def __init__(self):
        super().__init__(load_spec(0, "refined"))
        self.resets, self.runs = 0, 0
        self.seen = np.zeros((256, 256), np.float32)
        self.asked = []

    async def run(self, tensor, extras=None):
        self.runs += 1
        self.asked.append(extras)
        return await super().run(tensor, extras)

    def extra(self, name):
        given = super().extra(name)
        return self.seen[None, None] if name == "raw" else given + self.runs

    def reset(self):
        super().reset()
        self.resets += 1


def looked(looks, runtime, count=1):
    """Show frames; returns the parts of them that their masks are of."""
    parts = []

    def show(part):
        runtime.seen = draw([PERSON], part)
        tensor = np.empty(runtime.spec.input_shape, np.float32)
        tensor[...] = runtime.seen[None, ..., None]
        return tensor

    for _ in range(count):
        mask = asyncio.run(looks.run(runtime, show, SIZE, ["edge"]))
        np.testing.assert_allclose(mask, draw([PERSON], looks.part), atol=1e-6)
        parts.append(looks.part)
    return parts


def test_the_first_frame_has_the_close_up_already():
    """As a photo has no second one. Smoothing begins anew with the next frame, once."""
    looks, runtime = Looks(), Seeing()
    parts = looked(looks, runtime, 10)
    assert parts == [parts[0]] * 10
    assert parts[0] is not None
    assert (runtime.runs, runtime.resets) == (11, 1)


def test_what_came_with_a_mask_outlives_a_glance():
    """The edge's colours are of the mask's own run, though the glance at the whole frame was the last one."""
    looks, runtime = Looks(), Seeing()
    looked(looks, runtime, GLANCE_EVERY + 1)
    assert runtime.runs == GLANCE_EVERY + 3
    assert looks.extra(runtime, "edge").max() == runtime.runs - 1
    looked(looks, runtime)
    assert looks.extra(runtime, "edge").max() == runtime.runs


def test_who_is_lost_costs_no_frame():
    """At a cut nobody has told of: where the part has nobody any more, that frame has the mask of all of it."""
    looks, runtime = Looks(), Seeing()
    looked(looks, runtime, 3)
    newcomer = Rect(0.1, 0.1, 0.2, 0.8)

    def show(part):
        runtime.seen = draw([newcomer], part)
        return np.repeat(runtime.seen[None, ..., None], 3, axis=3)

    for _ in range(2):
        mask = asyncio.run(looks.run(runtime, show, SIZE))
        assert looks.part is None
        np.testing.assert_allclose(mask, draw([newcomer]), atol=1e-6)


def test_a_cut_shows_the_whole_frame_again():
    """Who is small there is looked at anew, from a fresh state."""
    looks, runtime = Looks(), Seeing()
    looked(looks, runtime, 3)
    runs, resets = runtime.runs, runtime.resets
    looks.cut()
    looked(looks, runtime)
    assert (runtime.runs - runs, runtime.resets - resets) == (2, 1)


def test_during_a_run_all_is_of_the_mask_before():
    """A close-up begins, has a glance, moves away and ends: part and extras change with the mask, never before it."""

    class Asked(Seeing):
        async def run(self, tensor, extras=None):
            if self.runs and not self.is_glance:
                during.append((looks.part, looks.counts, looks.extra(self, "edge").mean()))
            return await super().run(tensor, extras)

        async def glance(self, tensor, extras=None):
            self.is_glance = True
            mask = await super().glance(tensor, extras)
            self.is_glance = False
            return mask

        def reset(self):
            self.resets += 1  # the real ones keep what the last run gave until the next one

        is_glance = False

    looks, runtime = Looks(), Asked()
    during: list[Any] = []
    after = []
    for number in range(2 * GLANCE_EVERY):
        person = PERSON._replace(x=PERSON.x if number < GLANCE_EVERY + 3 else 0.05 * (number % 5))

        def show(part, person=person):
            runtime.seen = draw([person], part)
            return np.repeat(runtime.seen[None, ..., None], 3, axis=3)

        if number == 2 * GLANCE_EVERY - 2:
            looks.cut()
        asyncio.run(looks.run(runtime, show, SIZE, ["edge"]))
        after.append((looks.part, looks.counts, looks.extra(runtime, "edge").mean()))
    assert during == after[:-1]
    assert len({part for part, _, _ in after}) > 2


def test_where_nobody_is_small_it_costs_nothing():
    """One run for each frame; and the network's own mask, which takes time to copy, comes with one frame in 20."""
    looks, runtime = Looks(), Seeing()
    runtime.seen = draw([Rect(0.2, 0.2, 0.5, 0.8)])
    tensor = np.repeat(runtime.seen[None, ..., None], 3, axis=3)
    for _ in range(60):
        asyncio.run(looks.run(runtime, lambda _part: tensor, SIZE, ["edge"]))
    assert runtime.runs == 60
    assert sum("raw" in extras for extras in runtime.asked) == 3
    assert runtime.resets == 0


class PartSampler:
    """Draws the person's mask as the picture, white on black, and notes what was read."""

    def __init__(self):
        self.pixels, self.read_parts = np.empty((256, 256, 4), np.uint8), []

    def read(self, frame, part=None):
        self.read_parts.append(part)
        self.level = draw([frame], part and part.times(*SIZE))
        self.pixels[...] = 255 * self.level[..., None].astype(np.uint8)

    def fill(self, tensor):
        tensor[...] = self.level[None, ..., None]


def test_on_the_canvas_the_mask_is_of_the_whole_frame():
    """The part's mask is put in its place; the sample is of the whole frame, and C of a part is none of the frame."""

    class Runtime(Seeing):
        async def run(self, tensor, extras=None):
            self.seen = tensor[0, ..., 0].copy()
            return await super().run(tensor, extras)

    sampler: Any = PartSampler()
    near: Any = Rect(0.2, 0.2, 0.5, 0.8)
    small: Any = PERSON
    segmenter = Segmenter(Runtime(), sampler)
    for _ in range(3):
        sampler.read_parts.clear()
        mask = asyncio.run(segmenter.segment(small, SIZE))
        assert np.abs(mask - draw([PERSON])).mean() < 0.002
        np.testing.assert_array_equal(sampler.pixels[..., 0], 255 * draw([PERSON]).astype(np.uint8))
        assert segmenter.edge_color() is None
    assert len(sampler.read_parts) == 2
    assert sampler.read_parts[1] is None
    segmenter.cut()
    asyncio.run(segmenter.segment(near, SIZE))
    assert segmenter.edge_color() is not None


def test_raw_edges_are_never_looked_at_closely():
    """The legacy APIs' masks are the network's: one run for each frame, of all of it."""
    looks, runtime = Looks(), StubRuntime(load_spec(0, "raw"))
    shown = []

    def show(part):
        shown.append(part)
        return np.repeat(draw([PERSON])[None, ..., None], 3, axis=3)

    for _ in range(30):
        asyncio.run(looks.run(runtime, show, SIZE))
    assert shown == [None] * 30
