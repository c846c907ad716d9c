"""Starts that fail: the sentence says what is missing, and the next start needs nothing but that."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.browser.faults.fault import check, rows, skip_unless_possible
from tests.browser.faults.start_bench import StartBench
from tests.browser.faults.start_rows import NETWORK, WORKER
from tests.browser.faults.trouble import TroubledSite
from tests.browser.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    from playwright.sync_api import Browser

    from tests.browser.faults.fault import Fault
    from tests.browser.guard import GuardedPage


@pytest.fixture(scope="module")
def kept_bench(
    browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str], dist: Path, astronaut: np.ndarray
) -> Iterator[tuple[StartBench, Guard]]:
    """Return a bench whose page all rows share."""
    site = TroubledSite(dist, ears=False).start()
    origins.add(site.origin)
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    yield StartBench(cast("GuardedPage", context.new_page()), site, astronaut), guard
    context.close()
    site.stop()


@pytest.fixture
def bench(kept_bench: tuple[StartBench, Guard], fault: Fault, engine_name: str) -> Iterator[StartBench]:
    """Return the bench with an engine that has not started."""
    skip_unless_possible(fault, engine_name)
    bench, guard = kept_bench
    bench.renew()
    bench.page.expected_errors.extend(fault.noise)
    yield bench
    bench.page.context.set_offline(False)
    bench.site.mend()
    found = guard.faults()
    guard.forget()
    assert not found, "the page misbehaved:\n" + "\n".join(found)


@rows(NETWORK, WORKER)
def test_a_start_that_fails_is_told_and_can_be_tried_again(
    bench: StartBench, fault: Fault, request: pytest.FixtureRequest
) -> None:
    """One sentence names what came and what was expected; the next start has the photo and the options."""
    check(bench, fault, request)
