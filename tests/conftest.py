"""What every kind of test shares: the photo that all of them segment, and the built site."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builder.pipeline import build
from builder.samples import astronaut_png

_BROWSER_TESTS = Path(__file__).parent / "browser"


class _LastWord:
    """What has to come after pytest's own sorting of the tests, which goes by the fixtures that they share."""

    @staticmethod
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        """Run the browser tests last: they take longest, and Playwright leaves an event loop running in this thread."""
        items.sort(key=lambda item: item.path.is_relative_to(_BROWSER_TESTS))


def pytest_configure(config: pytest.Config) -> None:
    """Register what sorts the tests."""
    config.pluginmanager.register(_LastWord())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each file to one process, and all files that ask for WebGPU to the same one.

    WebGPU in software wants all cores, and two of it starve a worker until its page takes it for dead.
    """
    for item in items:
        asks_for_webgpu = isinstance(item, pytest.Function) and hasattr(item.module, "WEBGPU_FLAGS")
        item.add_marker(pytest.mark.xdist_group("webgpu" if asks_for_webgpu else str(item.path)))


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """Return scikit-image's astronaut, uint8 [512, 512, 3], RGB, read-only."""
    with Image.open(astronaut_png()) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    pixels.flags.writeable = False
    return pixels


@pytest.fixture(scope="session")
def dist() -> Path:
    """Return the folder of the built site, brought up to date."""
    return build()
