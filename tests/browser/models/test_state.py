"""The bridge to ONNX Runtime Web carries a model's state from run to run; no pipeline knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.browser.guard import Guard
from tests.browser.models.session_kit import BUILDS, open_session
from tests.unit.runtimes.tiny_state import ENTRY, FIRST_LEVEL, STEP, tiny_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

# Gives the page `mask(red)`, which runs the model on a picture of this red and returns the mask's first pixel, and
# `extra(name)`, the first number of another output.
FIRST_PIXELS = """
([{ shape }, output]) => {
  const picture = new Float32Array(shape.reduce((product, side) => product * side));
  window.extra = async (name) => (await read(name))[0];
  window.mask = async (red) => {
    picture.forEach((_, at) => { picture[at] = at % 3 ? 0.75 : red; });
    await run(picture);
    return extra(output.name);
  };
}
"""


@pytest.fixture(scope="module", params=BUILDS)
def opened(
    request: pytest.FixtureRequest, browser_for: Callable[..., Browser], site: Server
) -> Iterator[tuple[GuardedPage, Guard]]:
    """Return a page that has the tiny model, in WebAssembly or on GPU buffers."""
    guards: list[Guard] = []

    def launch(*flags: str) -> GuardedPage:
        context = browser_for(flags).new_context()
        guards.append(Guard(context, {site.url.rstrip("/")}))
        return cast("GuardedPage", context.new_page())

    page = open_session(launch, site, request.param, "tiny.onnx", ENTRY, body=tiny_model())
    page.evaluate(FIRST_PIXELS, [ENTRY["input"], ENTRY["output"]])
    yield page, guards[0]
    page.context.close()


@pytest.fixture
def page(opened: tuple[GuardedPage, Guard]) -> Iterator[GuardedPage]:
    """Return it as the test before has left it, but for the state, which has begun anew."""
    page, guard = opened
    yield page
    page.evaluate("session.reset(), session.set('gain', 1)")
    assert guard.faults() == []


RUN = "async (reds) => { const masks = []; for (const red of reds) masks.push(await mask(red)); return masks; }"


def test_each_run_is_fed_what_the_last_one_left(page):
    """The first frame finds the first values, each one after it the outputs of the run before; `reset` begins again."""
    masks = [FIRST_LEVEL, FIRST_LEVEL + STEP + 0.5, FIRST_LEVEL + 2 * STEP + 0.125]
    assert page.evaluate(RUN, [0.5, 0.125, 1]) == masks
    page.evaluate("session.reset()")
    assert page.evaluate(RUN, [0.5, 0.125]) == masks[:2]


def test_a_setting_holds_until_it_is_set_again(page):
    """A setting has its first value, then the one it was given, also after a `reset`."""
    page.evaluate("session.set('gain', 4)")
    for _ in range(2):
        assert page.evaluate(RUN, [0.5, 0.5]) == [FIRST_LEVEL, FIRST_LEVEL + STEP + 2]
        page.evaluate("session.reset()")


def test_an_output_that_is_carried_on_can_be_read_too(page):
    """Extras are those of the last run: on the GPU always in the same buffer, whatever is carried on."""
    masks = page.evaluate(RUN, [0.5, 0.125])
    assert [page.evaluate(f"extra('{name}')") for name in ("now", "past")] == [0.125, masks[0]]
    masks = page.evaluate(RUN, [0.25, 1])
    assert [page.evaluate(f"extra('{name}')") for name in ("now", "past")] == [1, masks[0]]


def test_a_reset_during_a_run_leaves_nothing_of_it(page):
    """The source changes while the model runs: what that run gives is not fed to the next one."""
    page.evaluate("async () => { await mask(0.5); const running = mask(0.5); session.reset(); await running; }")
    assert page.evaluate("mask(0.5)") == FIRST_LEVEL


@pytest.mark.parametrize("opened", ["wasm"], indirect=True)
def test_a_run_alone_is_none_of_the_film(page):
    """It finds the first values and leaves nothing; the frames around it follow each other as ever."""
    film = [FIRST_LEVEL, FIRST_LEVEL + STEP + 0.5, FIRST_LEVEL + 2 * STEP + 0.5]
    assert page.evaluate(RUN, [0.5, 0.5]) == film[:2]
    assert page.evaluate("async () => (await session.run(['now'], true))[0]") == FIRST_LEVEL
    assert page.evaluate("mask(0.5)") == film[2]
