"""Starts that fail: the sentence says what is missing, and the next start needs nothing but that."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.browser.faults.fault import check, rows, skip_unless_possible
from tests.browser.faults.kept import KeptBench
from tests.browser.faults.start_bench import StartBench
from tests.browser.faults.start_rows import NETWORK, WORKER
from tests.browser.faults.trouble import TroubledSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    from playwright.sync_api import Browser

    from tests.browser.faults.fault import Fault


@pytest.fixture(scope="module")
def kept_bench(
    browser_for: Callable[[tuple[str, ...]], Browser], dist: Path, astronaut: np.ndarray
) -> Iterator[KeptBench[StartBench]]:
    """Return the bench that the rows share."""
    site = TroubledSite(dist, ears=False).start()
    make = partial(StartBench, site=site, photo=astronaut)
    kept = KeptBench(site, lambda: browser_for(()).new_context(), make)
    yield kept
    kept.close()


@pytest.fixture
def bench(
    kept_bench: KeptBench[StartBench], fault: Fault, engine_name: str, request: pytest.FixtureRequest
) -> Iterator[StartBench]:
    """Return the bench with an engine that has not started."""
    skip_unless_possible(fault, engine_name)
    with kept_bench.for_row(fault) as bench:
        bench.starts_again = fault.again or bool(request.config.getoption("--fault-table"))
        yield bench


@rows(NETWORK, WORKER)
def test_a_start_that_fails_is_told_and_can_be_tried_again(
    bench: StartBench, fault: Fault, request: pytest.FixtureRequest
) -> None:
    """One sentence names what came and what was expected; the next start has the photo and the options.

    How an engine starts again does not depend on the file: one row for each way to fail shows it, the table's run all.
    """
    check(bench, fault, request)
