"""The page while it shows a picture: whatever happens to it, one sentence at most, and the picture goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.browser.faults.fault import check, rows, skip_unless_possible
from tests.browser.faults.page_bench import PageBench
from tests.browser.faults.page_rows import PAGE
from tests.browser.faults.running_rows import RUNNING
from tests.browser.faults.trouble import TroubledSite
from tests.browser.flags import camera_flags
from tests.browser.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.faults.fault import Fault
    from tests.browser.guard import GuardedPage


@pytest.fixture(scope="module")
def kept_bench(
    browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str], dist: Path, camera_file: Path
) -> Iterator[tuple[PageBench, Guard]]:
    """Return a bench whose page all rows share."""
    site = TroubledSite(dist, ears=True).start()
    origins.add(site.origin)
    context = browser_for(camera_flags(camera_file)).new_context()
    guard = Guard(context, origins)
    yield PageBench(cast("GuardedPage", context.new_page()), site), guard
    context.close()
    site.stop()


@pytest.fixture
def bench(kept_bench: tuple[PageBench, Guard], fault: Fault, engine_name: str) -> Iterator[PageBench]:
    """Return the bench as it was when its page had started."""
    skip_unless_possible(fault, engine_name)
    bench, guard = kept_bench
    bench.renew()
    # Chromium says it now and then of a camera's frame in one of some dozen rows, whichever runs when it collects.
    bench.page.expected_errors.extend((*fault.noise, "A VideoFrame was garbage collected"))
    yield bench
    bench.page.context.set_offline(False)
    found = guard.faults()
    guard.forget()
    assert not found, "the page misbehaved:\n" + "\n".join(found)


@rows(RUNNING, PAGE)
def test_what_happens_to_a_page_is_told_and_it_goes_on(
    bench: PageBench, fault: Fault, request: pytest.FixtureRequest
) -> None:
    """The picture follows the next effect, and nothing that was chosen is lost."""
    check(bench, fault, request)
