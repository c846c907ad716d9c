"""Parts for tests of the frame loop under CPython: they keep, note and count, and know no browser."""

import asyncio
from typing import Any

import numpy as np

from pyselfie.browser.canvas.pipeline import CanvasPipeline
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.core.tensor import fill_tensor
from pyselfie.core.timing import StageClock
from pyselfie.runtimes.stub import StubRuntime

MASK = Options(effect="mask")


class Frame:
    """A frame of one brightness that knows whether it was closed."""

    def __init__(self, level=0):
        self.level = level
        self.closed = 0
        self.width, self.height = 64, 48

    def close(self):
        self.closed += 1


class Store:
    """Keeps frames as they are; the first ones are on trial where a test says how many."""

    trials = 0

    def __init__(self):
        self.drawable, self.size, self.way = None, Size(0, 0), "none"
        self.samples = 0

    @property
    def is_on_trial(self):
        return self.samples < self.trials

    def sampled(self):
        self.samples += 1

    def read(self, _target):
        return False

    async def take(self, frame):
        self.clear()
        self.drawable, self.size = frame, Size(frame.width, frame.height)

    def hand_over(self):
        frame, self.drawable = self.drawable, None
        return frame

    def close(self):
        self.clear()

    def clear(self):
        if self.drawable:
            self.drawable.close()
        self.drawable = None


class Sampler:
    """Fills the sample with the frame's brightness."""

    def __init__(self, width, height):
        self.pixels = np.empty((height, width, 4), np.uint8)

    def read(self, frame):
        self.pixels[...] = frame.level

    def fill(self, tensor):
        fill_tensor(self.pixels, tensor)


class Painter:
    """Notes what it was asked to paint."""

    def __init__(self):
        self.painted, self.cleared, self.backdrop = [], 0, None
        self.overlay, self.canvas = None, Frame()
        self.view, self.views = None, []

    def paint(self, frame, size, overlay, draws, *, mirror, scene=None):
        self.painted.append((frame, size, overlay.copy(), draws, mirror))
        self.scene = scene
        self.views.append(self.view)
        self.overlay = overlay if "overlay" in {draw.layer for draw in draws} else None

    def set_backdrop(self, backdrop):
        self.backdrop = backdrop

    def hand_over_backdrop(self):
        backdrop, self.backdrop = self.backdrop, None
        return backdrop

    def clear(self):
        self.cleared += 1

    def close(self):
        self.painted.append("closed")


def make_pipeline(painter):
    """Return a pipeline with the stub runtime, of the landscape model's size."""
    store: Any = Store()
    sampler: Any = Sampler
    pipeline = CanvasPipeline(store, sampler, painter, StageClock())
    asyncio.run(pipeline.use(StubRuntime(load_spec(1))))
    return pipeline


def process(pipeline, frame, options=MASK, **how):
    """Take a frame through it; tell whether it was painted."""
    return asyncio.run(pipeline.process(frame, lambda: options, **how))


def refresh(pipeline, options=MASK):
    """Segment and paint the frame in hand."""
    return asyncio.run(pipeline.refresh(lambda: options))


def mask_of(pipeline):
    """Return the mask of the frame in hand."""
    return asyncio.run(pipeline.read_mask())
