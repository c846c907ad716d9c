"""Framing on Canvas 2D: the part with the person, in the place of all of the picture."""

from typing import Any

import numpy as np

from pyselfie.core.options import Options, option_named
from tests.browser.engine.effects_kit import off_centre, soft_backdrop
from tests.browser.harness import EngineDriver
from tests.reference.compositor import composite
from tests.reference.porter_duff import premultiply
from tests.reference.view import view_for

CASES: list[dict[str, Any]] = [
    {"effect": "none"},
    {"effect": "blur"},
    {"effect": "picture", "mirror": True, "light_wrap": 0.6},
    {"effect": "transparent"},
]


def test_the_part_with_the_person_is_shown(launch, site, astronaut):
    """As the reference's, a pixel's step to the side is not; the backdrop is not enlarged, and the mask is all of it.

    Turned off, all of the picture is shown again.
    """
    engine = EngineDriver(launch(), site.url, backend="wasm", painter="canvas2d")
    engine.start(modelSelection=1)
    frame, backdrop = off_centre(astronaut), soft_backdrop()
    engine.backdrop(backdrop)
    engine.show(frame)
    whole, mask = engine.snapshot(), engine.mask()
    for changes in CASES:
        asked = {"framing": "gentle", "mirror": False, **changes}
        options = Options().updated(asked)
        engine.options(**{option_named(name).js_name: value for name, value in asked.items()})
        got = 255 * premultiply(engine.snapshot())
        view = view_for(mask, mirror=options.mirror)

        def off(view, got=got, options=options):
            expected = 255 * premultiply(composite(frame, mask, options, backdrop, view=view))
            return np.abs(got - expected).mean()

        assert 0.62 < view.width < 0.9
        assert off(view) < 0.7, changes
        assert off(view._replace(x=view.x + 1 / 960)) > 1.3 * off(view), changes
    np.testing.assert_array_equal(engine.mask(), mask)
    engine.options(effect="blur", framing="off")
    np.testing.assert_array_equal(engine.snapshot(), whole)
