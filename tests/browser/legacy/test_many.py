"""Many segmenters of the legacy API on one page: they share a worker, and none disturbs another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.legacy.legacy_kit import open_page
from tests.browser.waiting import until
from tests.browser.workers import in_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


@pytest.fixture
def page(launch: Callable[..., GuardedPage], site: Server) -> GuardedPage:
    """Return a page with the classic script."""
    page = launch()
    open_page(page, site.url)
    return page


def test_fifty_segmenters_share_one_worker(page: GuardedPage) -> None:
    """All of them answer at once, each with its own picture and options; the last one to close ends the worker."""
    found = page.evaluate(
        """async () => {
          window.segmenters = Array.from({ length: 50 }, () => new SelfieSegmentation());
          return Promise.all(segmenters.map(async (segmenter, index) => {
            let width = 0;
            segmenter.onResults(({ image }) => { width = image.width; });
            segmenter.setOptions({ modelSelection: index % 2, selfieMode: index % 3 === 0 });
            const end = await outcome(segmenter.send({ image: plain("#f00", 40 + index, 30) }));
            return end === "fine" ? width : end;
          }));
        }"""
    )
    assert found == [40 + index for index in range(50)]
    assert len(page.workers) == 1
    ends = page.evaluate(
        """async () => {
          const [first, ...others] = segmenters;
          const busy = others.map((segmenter) => outcome(segmenter.send({ image: plain("#00f") })));
          for (const segmenter of others) segmenter.close();
          const kept = await outcome(first.send({ image: plain("#0f0") }));
          return [kept, new Set(await Promise.all(busy)).size, (await busy[0]).includes("closed")];
        }"""
    )
    assert ends == ["fine", 1, True]
    assert len(page.workers) == 1
    page.evaluate("segmenters[0].close()")
    until(page, lambda: page.workers == [], lambda: "their worker goes on")


def test_a_worker_that_hangs_ends_all_and_the_next_call_makes_a_new_one(page: GuardedPage) -> None:
    """Both frames under way are rejected with a sentence; both segmenters go on in one new worker."""
    page.evaluate(
        """async () => {
          window.segmenters = [new SelfieSegmentation(), new SelfieSegmentation()];
          window.sendAll = () => Promise.all(
            segmenters.map((segmenter) => outcome(segmenter.send({ image: plain("#f00") }))));
          await sendAll();
        }"""
    )
    in_worker(page, "setTimeout(() => { for (;;); })")
    page.wait_for_timeout(100)  # now it hangs
    assert page.evaluate("sendAll()") == ["Error: pyselfie's worker died: it does not answer"] * 2
    assert page.evaluate("sendAll()") == ["fine"] * 2
    until(page, lambda: len(page.workers) == 1, lambda: f"{len(page.workers)} workers")  # a loop takes a while to end
