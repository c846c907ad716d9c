"""More is asked than can be painted: the newest options win, questions are answered, work is not taken for death."""

import numpy as np
import pytest
from PIL import Image

from tests.browser.harness import EngineDriver

# Each call a task of its own, as a slider's events are; resolves when the last one has been made.
DRAG = """
async ([count, last]) => {
  for (let index = 0; index < count; index++) {
    engine.setOptions({ strength: (index % 100) / 100 });
    await new Promise((done) => setTimeout(done));
  }
  engine.setOptions({ strength: last });
}
"""

COUNT_REPAINTS = """(() => {
  self.repaints = 0;
  const { prototype } = OffscreenCanvasRenderingContext2D;
  const { drawImage } = prototype;
  prototype.drawImage = function (image, ...rest) {
    if (rest.length === 4) repaints++;
    return drawImage.call(this, image, ...rest);
  };
  self.undo = () => void Object.assign(prototype, { drawImage });
})()"""

# Every painting takes a second and a half: with a queue of them the worker is busy for long, but not dead.
SLOW = """(() => {
  const { prototype } = OffscreenCanvasRenderingContext2D;
  const { putImageData } = prototype;
  const bell = new Int32Array(new SharedArrayBuffer(4));
  prototype.putImageData = function (...rest) {
    Atomics.wait(bell, 0, 0, 1500);
    return putImageData.apply(this, rest);
  };
  self.undo = () => void Object.assign(prototype, { putImageData });
})()"""

STAND_STILL = "void setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))"


@pytest.fixture
def change_worker(engine):
    """Return a function that changes how the engine's worker draws, until the test ends."""
    yield engine.in_worker
    engine.in_worker("undo()")


def expect_undisturbed(engine):
    """No engine stopped, and nothing was refused."""
    assert engine.log("notice", "error") == []


@pytest.mark.parametrize(("size", "count"), [((1536, 2048), 700), ((512, 512), 500)], ids=["big", "small"])
def test_a_slider_may_be_dragged_for_long(engine, astronaut, size, count):
    """The snapshot taken at once shows the last value, whatever was asked for before it; the engine lives."""
    engine.start(effect="blur", strength=0)
    engine.show(np.asarray(Image.fromarray(astronaut).resize(size)))
    sharp = engine.snapshot()
    engine.page.evaluate(DRAG, [count, 1])
    dragged = engine.snapshot()
    expect_undisturbed(engine)
    assert not np.array_equal(dragged, sharp)
    engine.options(strength=1)
    np.testing.assert_array_equal(engine.snapshot(), dragged)


def test_changes_made_together_are_painted_together(engine, change_worker, astronaut):
    """A thousand of them cost one painting."""
    engine.start(effect="blur")
    engine.show(astronaut)
    change_worker(COUNT_REPAINTS)
    engine.page.evaluate("for (let index = 0; index < 1000; index++) engine.setOptions({ strength: index / 1000 })")
    engine.snapshot()
    assert engine.in_worker("repaints") == 1


def test_each_snapshot_shows_what_was_asked_before_it(engine, astronaut):
    """Asked in one breath: red, snapshot, blue, snapshot, and a mask; nothing is mixed up."""
    engine.start(effect="color", color="#00FF00")
    engine.show(astronaut)
    corners = engine.page.evaluate(
        """async () => {
          const asked = ["#FF0000", "#0000FF", "#FF0000"].map((color) => {
            engine.setOptions({ color });
            return engine.snapshot();
          });
          const mask = engine.getMask();
          engine.setOptions({ color: "#00FF00" });
          const context = new OffscreenCanvas(512, 512).getContext("2d", { willReadFrequently: true });
          const corner = async (blob) => {
            context.drawImage(await createImageBitmap(blob), 0, 0);
            return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).join();
          };
          const found = [];
          for (const blob of await Promise.all(asked)) found.push(await corner(blob));
          return [...found, (await mask).width];
        }"""
    )
    assert corners == ["255,0,0", "0,0,255", "255,0,0", 256]


def test_one_bad_value_among_many_is_told_and_the_last_good_one_stays(engine, astronaut):
    """Changes that travel together are judged one by one."""
    engine.start(effect="color", color="#00FF00")
    engine.show(astronaut)
    engine.page.evaluate(
        "for (const asked of [{ color: '#FF0000' }, { color: 'sky' }, { mirror: true }]) engine.setOptions(asked)"
    )
    assert tuple(engine.snapshot()[0, 0]) == (255, 0, 0, 255)
    assert [error["message"] for error in engine.log("error")] == [
        "color is “sky”, but it has to be a colour like #00FF00; the last one stays."
    ]


def test_a_busy_worker_is_not_taken_for_a_dead_one(engine, change_worker, astronaut):
    """Twelve paintings of a second and a half each, one after the other: all are answered by the same worker."""
    engine.start(effect="blur")
    engine.show(astronaut)
    change_worker(SLOW)
    answers = engine.page.evaluate(
        """async () => {
          const asked = [];
          for (let index = 0; index < 12; index++) {
            engine.setOptions({ strength: index / 12 });
            asked.push(engine.snapshot().then(({ type }) => type, ({ message }) => message));
          }
          return Promise.all(asked);
        }"""
    )
    assert answers == ["image/png"] * 12
    expect_undisturbed(engine)


def test_a_worker_that_hangs_is_found_and_replaced(launch, site, astronaut):
    """It answers no ping: the worker is ended, and another one shows the same picture."""
    engine = EngineDriver(launch(), site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    before = engine.snapshot()
    after = engine.position()
    engine.in_worker(STAND_STILL)
    sentence = engine.page.evaluate("engine.snapshot().catch(({ message }) => message)")
    assert sentence == "The engine stopped before it could answer."
    notice = engine.wait_for("notice", after)
    assert notice["message"] == "The engine stopped (it does not answer) and is starting again."
    engine.wait_for("frame", after)
    np.testing.assert_array_equal(engine.snapshot(), before)
