"""A GPU's device that is lost, at whichever stage: the engine is set up anew, and the picture is the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.browser.faults.fault import check, rows
from tests.browser.faults.gpu_bench import GpuBench
from tests.browser.faults.gpu_rows import GPU
from tests.browser.faults.kept import KeptBench
from tests.browser.faults.trouble import TroubledSite
from tests.browser.flags import WEBGPU_FLAGS
from tests.parity.pictures import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.faults.fault import Fault


@pytest.fixture(scope="module")
def kept_bench(browser_for: Callable[[tuple[str, ...]], Browser], dist: Path) -> Iterator[KeptBench[GpuBench]]:
    """Return the bench that the rows share."""
    site = TroubledSite(dist, ears=False).start()
    make = partial(GpuBench, site=site, photo=build("256x144"))
    kept = KeptBench(site, lambda: browser_for(WEBGPU_FLAGS).new_context(), make)
    yield kept
    kept.close()


@pytest.fixture
def bench(kept_bench: KeptBench[GpuBench], fault: Fault) -> Iterator[GpuBench]:
    """Return the bench with an engine that has not started."""
    with kept_bench.for_row(fault) as bench:
        yield bench


@rows(GPU)
def test_a_lost_gpu_is_told_and_set_up_anew(bench: GpuBench, fault: Fault, request: pytest.FixtureRequest) -> None:
    """The picture comes on a new device, with the effect that was chosen; the page's other engine goes on."""
    check(bench, fault, request)
