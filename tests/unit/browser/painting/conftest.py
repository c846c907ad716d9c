"""The Canvas 2D pipeline that most of these tests drive."""

import pytest

from tests.unit.browser.painting.pipeline_parts import Painter, make_pipeline


@pytest.fixture
def painter():
    """Return a painter that keeps what it is given."""
    return Painter()


@pytest.fixture
def pipeline(painter):
    """Return a pipeline whose model is the stub."""
    return make_pipeline(painter)
