"""A user's effect in a whole engine, as its tests have it: overlays of one level."""

from tests.unit.browser.engine.engine_kit import Host, settle, show, started, use

LEVEL = "def overlay(sample, mask, time, aspect, level: int = 3):\n    {}\n"

PAINT = "return sample.repeat(2, axis=2)[..., :4] // 255 * 0 + level"


def levels(worker):
    """Return the level of each overlay that was painted."""
    return [int(painted[2].max()) for painted in worker.painter.painted]


async def with_effect(worker, body=PAINT):
    """Return an engine with a photo and an effect, and its host; only what it paints from now on is kept."""
    host = Host()
    engine = await started(worker, host, effect="none")
    show(engine, 50)
    await settle()
    worker.painter.painted.clear()
    use(engine, LEVEL.format(body))
    await settle()
    return engine, host
