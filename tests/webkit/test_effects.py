"""The engine in WebKit: every effect against the NumPy reference, masks against the native runtime."""

from typing import Any

import pytest

from tests.browser.engine.effects_kit import check_every_effect, check_mask, frame_of, soft_backdrop
from tests.browser.harness import EngineDriver
from tests.browser.workers import ASK_WORKER
from tests.reference.effects import add_made_up


class WebKitEngine(EngineDriver):
    """An `Engine` on the page that is open."""

    def _open_page(self, site_url: str) -> None:
        self.page.goto(f"{site_url}blank.html")

    def in_worker(self, expression: str) -> Any:
        return self.page.evaluate(ASK_WORKER, [expression, None])


@pytest.fixture(scope="module")
def kept(webkit, workshop):
    """Return an engine that has started, whose worker stays for these tests."""
    engine = WebKitEngine(webkit, workshop.url)
    engine.start()
    return engine


@pytest.fixture
def engine(kept):
    """Return an engine that has not started, in that worker."""
    kept.renew()
    yield kept
    assert kept.page.evaluate("faults") == []


@pytest.mark.parametrize(("model_selection", "by_tiles"), [(0, False), (1, True)], ids=["small", "large"])
def test_canvas_shows_what_the_numpy_reference_shows(engine, astronaut, model_selection, by_tiles, monkeypatch):
    """The mask is the desktop's, nearly to the bit; with it every effect is within 2/255 of the reference.

    At resampled edges it may be a little more.
    """
    add_made_up(monkeypatch)
    engine.start(modelSelection=model_selection)
    backdrop = soft_backdrop()
    engine.backdrop(backdrop)
    frame = frame_of(astronaut, model_selection)
    check_mask(engine, frame, model_selection)
    check_every_effect(engine, frame, backdrop, by_tiles=by_tiles)
