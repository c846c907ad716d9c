"""What can fail once the engine runs: one sentence, and it goes on."""

import numpy as np

from tests.browser.harness import EngineDriver, model_file, png_base64

OTHER_MODEL = f"**/{model_file('landscape')}"


def test_a_dead_worker_is_replaced_once_and_then_the_user_is_asked(launch, site, astronaut):
    """The first death heals itself: same photo, same options, same backdrop. The second one asks for a restart."""
    page = launch()
    engine = EngineDriver(page, site.url)
    engine.start()
    engine.backdrop(np.full((40, 40, 3), (10, 20, 30), np.uint8))
    engine.options(effect="picture", mirror=True)
    engine.show(astronaut)
    before = engine.snapshot()
    after = engine.position()
    engine.in_worker("void setTimeout(() => self.close())")
    page.evaluate("engine.snapshot().catch(() => {})")
    assert "is starting again" in engine.wait_for("notice", after)["message"]
    engine.wait_for("ready", after)
    engine.wait_for("frame", after)
    np.testing.assert_array_equal(engine.snapshot(), before)
    after = engine.position()
    engine.in_worker("void setTimeout(() => self.close())")
    page.evaluate("engine.snapshot().catch(() => {})")
    error = engine.wait_for("error", after)
    assert (error["code"], error["action"]) == ("worker", "restart")
    assert error["message"] == "The engine stopped: it does not answer. Restart it to go on."
    page.evaluate("engine.start()")
    engine.wait_for("frame", after)
    np.testing.assert_array_equal(engine.snapshot(), before)


def test_a_picture_that_python_stumbles_over_does_not_end_the_loop(launch, site, astronaut):
    """A frame whose drawing fails is told; the next one is shown."""
    page = launch()
    engine = EngineDriver(page, site.url)
    engine.start()
    broken = "(() => { const real = OffscreenCanvasRenderingContext2D.prototype.drawImage; let times = 0;"
    broken += " OffscreenCanvasRenderingContext2D.prototype.drawImage = function (...rest) {"
    broken += " if (times++ === 0) throw new TypeError('provoked'); return real.apply(this, rest); }; })()"
    engine.in_worker(broken)
    page.evaluate(
        "async (png) => engine.push(await bitmap(png), { still: true })", png_base64(np.zeros((4, 4, 3), np.uint8))
    )
    error = engine.wait_for("error")
    assert "provoked" in error["message"]
    assert engine.show(astronaut)["width"] == 512


def test_the_newest_wish_for_a_model_counts(launch, site, astronaut):
    """Away, back before the other model has come, and away again: the last wish counts, and each is answered."""
    page = launch()
    engine = EngineDriver(page, site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    held = []

    def hold(route):
        held.append(route)

    page.route(OTHER_MODEL, hold)
    after = engine.position()
    engine.options(modelSelection=1)
    engine.snapshot()  # the wish has been read
    engine.options(modelSelection=0)
    assert engine.wait_for("model", after)["model"] == "general"  # at once: it runs
    after = engine.position()
    engine.options(modelSelection=1)
    engine.snapshot()
    for route in held:
        route.abort()
    assert "could not be downloaded" in engine.wait_for("error", after)["message"]
    assert engine.wait_for("model", after)["model"] == "general"
    page.unroute(OTHER_MODEL)
    after = engine.position()
    engine.options(modelSelection=1)
    assert engine.wait_for("model", after)["model"] == "landscape"
    page.expected_errors += ["Failed to load resource"]


def test_another_models_download_is_no_start(launch, site, astronaut):
    """A running engine emits no `progress`: a page would take it for a start that never ends."""
    engine = EngineDriver(launch(), site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    after = engine.position()
    engine.options(modelSelection=1)
    engine.wait_for("model", after)
    engine.show(astronaut)
    assert "progress" not in {event["type"] for event in engine.log()[after:]}
