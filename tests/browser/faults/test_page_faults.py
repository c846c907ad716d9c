"""The page while it shows a picture: whatever happens to it, one sentence at most, and the picture goes on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.browser.faults.fault import check, rows, skip_unless_possible
from tests.browser.faults.kept import KeptBench
from tests.browser.faults.page_bench import PageBench
from tests.browser.faults.page_rows import PAGE
from tests.browser.faults.running_rows import RUNNING
from tests.browser.faults.trouble import TroubledSite
from tests.browser.flags import KEEPS_PAGES, camera_flags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.faults.fault import Fault


@pytest.fixture(scope="module")
def kept_bench(
    browser_for: Callable[[tuple[str, ...]], Browser], dist: Path, camera_file: Path
) -> Iterator[KeptBench[PageBench]]:
    """Return the bench that the rows share."""
    site = TroubledSite(dist, ears=True).start()
    flags = (*camera_flags(camera_file), KEEPS_PAGES)
    kept = KeptBench(site, lambda: browser_for(flags).new_context(), partial(PageBench, site=site))
    yield kept
    kept.close()


@pytest.fixture
def bench(kept_bench: KeptBench[PageBench], fault: Fault, engine_name: str) -> Iterator[PageBench]:
    """Return the bench as it is when its page has started."""
    skip_unless_possible(fault, engine_name)
    with kept_bench.for_row(fault) as bench:
        yield bench


@rows(RUNNING, PAGE)
def test_what_happens_to_a_page_is_told_and_it_goes_on(
    bench: PageBench, fault: Fault, request: pytest.FixtureRequest
) -> None:
    """The picture follows the next effect, and nothing that was chosen is lost."""
    check(bench, fault, request)
