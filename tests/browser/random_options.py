"""Options that change at random from frame to frame, on either painter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.options import AUTO, EFFECT_NAMES, MODEL_NAMES, option_named, way_in
from tests.browser.harness import png_base64
from tests.browser.waiting import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from tests.browser.harness import EngineDriver

    Picture = NDArray[np.uint8]

RICH = MODEL_NAMES.index("multiclass")
SETTLED = {
    "effect": "blur",
    "edges": "refined",
    "smoothing": 0.85,
    "modelSelection": MODEL_NAMES.index("landscape"),
    "mirror": False,
    "strength": 0.5,
    "color": "#00FF00",
    "decontaminate": True,
    "lightWrap": 0.15,
    "colourCast": 0,
    "platformBlur": "keep",
    "maskSource": "model",
    "framing": "off",
}
# Frame by frame; where one is to `settle`, only once the model runs that was asked for. `auto` gets a photo there.
_SHOW = """
async ([pngs, turns, { auto, rich, patience }]) => {
  const frames = await Promise.all(pngs.map(bitmap));
  const runs = () => seen.findLast(({ type }) => type === "model" || type === "ready");
  for (const [index, { change, settles }] of turns.entries()) {
    const asked = change.modelSelection;
    const until = async (isSo, what) => {
      for (const start = performance.now(); !isSo(); await new Promise((done) => setTimeout(done, 1))) {
        if (performance.now() - start < patience) continue;
        throw new Error(`frame ${index}: ${JSON.stringify(change)} ${what}`);
      }
    };
    engine.setOptions(change);
    await until(() => engine.wantsFrame, "left an engine that wants no frame");
    const copy = await createImageBitmap(frames[index % frames.length]);
    engine.push(copy, { cut: index % 13 === 0, still: settles && asked === auto });
    if (index % 37 === 36) engine.reset();
    const wanted = asked === auto ? rich : asked;
    const isThere = () => runs().modelSelection === wanted && runs().modelAsked === asked; // not one asked for before
    if (settles) await until(isThere, "never came");
  }
}
"""


def turns(count: int, seed: int, stays: Collection[int]) -> list[dict[str, Any]]:
    """Return what changes with each frame: two options.

    The models that load at once change often. Multiclass and `auto` come five times each in turn, those of these
    numbers to stay until they run, the others to be gone before.
    """
    rng = np.random.default_rng(seed)
    low, high = option_named("smoothing").low, option_named("smoothing").high
    choices: dict[str, Callable[[], Any]] = {
        "effect": lambda: str(rng.choice(EFFECT_NAMES)),
        "edges": lambda: str(rng.choice(["raw", "refined"])),
        "smoothing": lambda: float(rng.uniform(low, high)),
        "modelSelection": lambda: int(rng.integers(2)),
        "mirror": lambda: bool(rng.integers(2)),
        "strength": lambda: float(rng.uniform()),
        "color": lambda: f"#{rng.integers(1 << 24):06x}",
        "decontaminate": lambda: bool(rng.integers(2)),
        "lightWrap": lambda: float(rng.uniform()),
        "colourCast": lambda: float(rng.uniform(0, 0.1)),
        "platformBlur": lambda: str(rng.choice(["keep", "off"])),
        "maskSource": lambda: str(rng.choice(["model", "auto"])),
        "framing": lambda: str(rng.choice(["off", "gentle"])),
    }
    assert set(choices) == set(SETTLED) == {option.js_name for option in way_in("engine")}
    made: list[dict[str, Any]] = [
        {"change": {str(name): choices[name]() for name in rng.choice(list(choices), 2)}, "settles": False}
        for _ in range(count)
    ]
    for number, index in enumerate(range(count // 20, count, count // 10)):
        made[index]["change"]["modelSelection"] = (RICH, AUTO)[number % 2]
        made[index]["settles"] = number in stays
        made[index + 2]["change"]["modelSelection"] = number % 2  # multiclass takes long
    return made


def show_at_random(
    engine: EngineDriver, pictures: list[Picture], count: int, seed: int, stays: Collection[int] = (0, 3, 4, 6, 9)
) -> None:
    """Show the frames in turn, and end with the options `SETTLED`, once their model runs; `stays` as for `turns`."""
    frames = [png_base64(picture) for picture in pictures]
    engine.page.evaluate(_SHOW, [frames, turns(count, seed, stays), {"auto": AUTO, "rich": RICH, "patience": WAIT_MS}])
    models = [(event["modelSelection"], event["modelAsked"]) for event in engine.log("model")]
    assert {(RICH, RICH), (RICH, AUTO)} <= set(models), "multiclass ran, asked for and by `auto`"
    engine.snapshot()  # by its answer the worker has taken all that was asked before
    position = engine.position()
    engine.options(edges="raw")  # so that the next change is one
    engine.options(**SETTLED)
    engine.page.evaluate(
        "([position, { modelSelection, edges }]) => until((event) => event.type === 'model'"
        " && seen.indexOf(event) >= position && event.edges === edges"
        " && event.modelAsked === modelSelection && event.modelSelection === modelSelection, 'the settled model')",
        [position, SETTLED],
    )
