"""What every kind of test shares: the photo that all of them segment, and the built site."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builder.pipeline import build
from builder.site.compress import Effort
from builder.site.samples import astronaut_png
from tests import engines
from tests.browser.faults.fault import FaultTable
from tests.engine_table import EngineTable
from tests.engines import (  # noqa: F401 # for pytest
    FIREFOX,
    engine_name,
    pytest_generate_tests,
    pytest_terminal_summary,
)

_BROWSER_TESTS = Path(__file__).parent / "browser"
_WEBKIT_TESTS = Path(__file__).parent / "webkit"
_LONGEST = {
    "test_page_faults.py",
    "test_start_faults.py",
    "test_call_sdks.py",
    "test_lab.py",
    "test_soak.py",
    "test_bench.py",
}


class _LastWord:
    """What has to come after pytest's own sorting of the tests, which goes by the fixtures that they share."""

    @staticmethod
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        """Run the browser tests last: Playwright leaves an event loop running in this thread.

        Those that ask for WebGPU are the first of them: they are the longest of what one process has to do alone. Then
        come the longest files, so that no process is left with one at the end.
        """
        webgpu = _asking_for_webgpu()

        def place(item: pytest.Item) -> tuple[bool, bool, bool]:
            is_in_browser = item.path.is_relative_to(_BROWSER_TESTS)
            return is_in_browser, item.path not in webgpu, is_in_browser and item.path.name not in _LONGEST

        items.sort(key=place)


def _asking_for_webgpu() -> set[Path]:
    signs = ("WEBGPU_FLAGS", "session_kit")
    return {file for file in _BROWSER_TESTS.rglob("test_*.py") if any(sign in file.read_text() for sign in signs)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the engines, and where the tables of engines and faults go."""
    engines.pytest_addoption(parser)
    parser.addoption("--engine-table", type=Path, metavar="FOLDER", help="write what ran in each engine there, as JSON")
    parser.addoption("--fault-table", type=Path, metavar="FILE", help="write what became of each fault there, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Register what sorts the tests, and what writes the tables of engines and faults."""
    config.pluginmanager.register(_LastWord())
    if hasattr(config, "workerinput"):  # a process of xdist's: its reports come to the one that started it
        return
    for option, table in (("--engine-table", EngineTable), ("--fault-table", FaultTable)):
        if where := config.getoption(option):
            config.pluginmanager.register(table(where))


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of tests, which stay to the end: looking at them took it a while."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Give each file to one process, apart from its tests in Firefox, and all that ask for WebGPU to the same one.

    WebKit's share a window. WebGPU in software wants all cores, and two of it starve a worker until its page takes it
    for dead.
    """
    from xdist.scheduler.loadscope import LoadScopeScheduling  # noqa: PLC0415 # where tests run side by side only

    class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            path, _, name = nodeid.partition("::")
            if FIREFOX in name.partition("[")[2]:
                return f"{path} {FIREFOX}"
            if (config.rootpath / path).is_relative_to(_WEBKIT_TESTS):
                return "webkit"
            return "webgpu" if config.rootpath / path in webgpu else path

    webgpu = _asking_for_webgpu()
    return ByFile(config, log)


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
    return build(Effort.QUICK)
