"""WebKitGTK, which stands in for Safari: one window for all of these tests, and the site with ears for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.browsers.webkit import NONE_FOUND, installed_webkit
from builder.serving.serve import Server
from tests.engine_table import ENGINE, VERSION
from tests.webkit.webkit_page import WebKitPage, open_webkit
from tests.webkit.workshop import EAR_POLICY, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def webkit() -> Iterator[WebKitPage]:
    """Return WebKit's window; without a WebKit all tests here are skipped with a sentence."""
    found = installed_webkit()
    if found is None:
        pytest.skip(NONE_FOUND)
    with open_webkit(found) as page:
        yield page


@pytest.fixture(autouse=True)
def _engine_noted(request: pytest.FixtureRequest, webkit: WebKitPage) -> None:
    """Note the engine of a test, for `EngineTable`."""
    version = webkit.driver.capabilities["browserVersion"]
    request.node.user_properties.extend([(ENGINE, "webkit"), (VERSION, version)])


@pytest.fixture(scope="session")
def site(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return the site, whose pages note what goes wrong."""
    folder = set_up(dist, tmp_path_factory.mktemp("site") / "site")
    with Server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def workshop(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return the site once more, with a worker that evaluates what tests tell it."""
    folder = set_up(dist, tmp_path_factory.mktemp("workshop") / "site", listening=True)
    with Server(folder, headers=EAR_POLICY) as server:
        yield server
