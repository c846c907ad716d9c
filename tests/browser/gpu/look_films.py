"""Films of masks that a test describes: without a model, the shaders on the GPU decide what each frame is shown."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.geometry import Rect
from tests.browser.gpu.gpu_buffers import in_pipeline
from tests.unit.runtimes.small_people import PERSON, SIZE, draw

if TYPE_CHECKING:
    from tests.browser.harness import EngineDriver

# Python for the worker: a film of masks that a test has described, without a model. Each frame is who is found in it by
# a close-up and by a look at all of it, and how sure that is; each answer is the rectangle that was shown, where it
# is believed, both in the frame's pixels, and the model's setting.
PLAY = """
from pyselfie.browser.webgpu.device import BufferUsage
from pyselfie.browser.webgpu.looks import GpuLooks
from pyselfie.browser.webgpu.preprocess import LOOK_BYTES
from pyselfie.core.geometry import Rect, Size

SIZE = Size(*{size})
{draw}

async def submit(*steps):
    encoder = gpu.device.createCommandEncoder()
    compute_pass = encoder.beginComputePass()
    for step in steps:
        step(compute_pass)
    compute_pass.end()
    gpu.submit(encoder)

async def told():
    found = await read_floats(gpu, look, runtime.setting("smoothing"))
    rectangles = [Rect(*found[0][at : at + 4].tolist()).times(*SIZE) for at in (0, 4, 8)]
    return *rectangles, float(found[1][0])

def drawn(found, at):
    close, whole, level = found
    is_close = at.height < SIZE.height
    return draw([Rect(*one) for one in (close if is_close else whole)], at, 1 if is_close else level).ravel()

usage = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC | BufferUsage.UNIFORM
look = gpu.buffer(LOOK_BYTES, usage)
model = pipeline._segmenter.model._replace(look=look)
looks = await GpuLooks.create(gpu, pipeline._binder, runtime, model)
answers = []
for number, found in enumerate(json.loads({film!r})):
    looks.begin(SIZE, 0.75, is_first=number == 0, is_photo=False)
    await submit(looks.encode_next)
    shown, believed, _, smoothing = await told()
    answers.append((shown, believed, smoothing))
    for name in ("mask", "raw"):
        gpu.write(runtime.buffer(name), drawn(found, shown))
    if looks.is_due:
        await submit(lambda compute_pass: looks._encode(compute_pass, "look_aside"))
        aside = (await told())[2]
        for name in ("mask", "raw"):
            gpu.write(runtime.aside(name), drawn(found, aside))
        await submit(looks.encode_verdict)
looks.close()
gpu.free(look)
json.dumps(answers)
"""


Found = tuple[list[Rect], list[Rect], float]
NEWCOMER = Rect(0.75, 0.45, 0.1, 0.25)
BODY = Rect(0.4, 0.5, 0.1, 0.5)


def frames(close: list[Rect], whole: list[Rect] | None = None, level: float = 1.0, count: int = 25) -> list[Found]:
    """Return frames that have these people."""
    return [(close, close if whole is None else whole, level)] * count


def trembling() -> list[Found]:
    noise = np.random.default_rng(1).uniform(-2 / 256, 2 / 256, (45, 4)) * 0.3
    return [found for shift in noise for found in frames([Rect(*(np.array(PERSON) + shift).tolist())], count=1)]


def play(engine: EngineDriver, film: list[Found]) -> list[tuple[Rect | None, Rect, float]]:
    """Return what was shown of each frame, where it was believed, and how much was smoothed."""
    code = PLAY.format(size=tuple(SIZE), draw=inspect.getsource(draw), film=json.dumps(film))
    answers = json.loads(in_pipeline(engine, code))
    whole = Rect(0, 0, *SIZE)
    return [
        (None if np.allclose(shown, whole) else Rect(*shown), Rect(*believed), smoothing)
        for shown, believed, smoothing in answers
    ]


FILMS = {
    "still": trembling(),
    "nobody": frames([]),
    "near": frames([Rect(0.2, 0.3, 0.5, 0.7)]),
    "wide": frames([Rect(0, 0.6, 1, 0.3)]),
    "guess": frames([PERSON], level=0.4),
    "no_guess": frames([], [PERSON], count=65),
    "newcomer": [*frames([PERSON], count=5), *frames([PERSON, NEWCOMER], count=40)],
    "newcomer_near": [*frames([PERSON], count=5), *frames([PERSON, Rect(0.7, 0.2, 0.3, 0.8)], count=25)],
    "table": frames([BODY], [PERSON], count=45),
    "smaller": [found for height in (0.3, 0.2, 0.15) for found in frames([Rect(0.4, 0.5, 0.1, height)], count=20)],
}
