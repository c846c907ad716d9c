"""A bench that rows share, as long as each of them leaves it whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from tests.browser.faults.fault import Bench
from tests.browser.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext

    from tests.browser.faults.fault import Fault
    from tests.browser.faults.trouble import TroubledSite
    from tests.browser.guard import GuardedPage

B = TypeVar("B", bound=Bench)


class KeptBench(Generic[B]):
    """A bench for one row after the other, on one site.

    Parameters
    ----------
    site
        Stopped by `close`.
    open_context
        Opens a profile.
    make
        Makes a bench of a page.
    """

    def __init__(
        self, site: TroubledSite, open_context: Callable[[], BrowserContext], make: Callable[[GuardedPage], B]
    ) -> None:
        self._site = site
        self._open_context = open_context
        self._make = make
        self._context: BrowserContext | None = None
        self._bench: B | None = None

    @contextmanager
    def for_row(self, fault: Fault) -> Iterator[B]:
        """Give a bench as it is when its page has started: a new one, in a new profile, unless the last row kept it."""
        self._site.mend()
        bench, self._bench = self._bench or self._opened(), None  # unless this row comes to its end
        bench.renew()
        bench.page.expected_errors.extend(fault.noise)
        bench.is_whole = False
        yield bench
        bench.page.context.set_offline(False)
        self._site.mend()
        found = self._guard.faults()
        self._guard.forget()
        assert not found, "the page misbehaved:\n" + "\n".join(found)
        if bench.is_whole:
            self._bench = bench

    def _opened(self) -> B:
        self._close_context()
        self._context = self._open_context()
        self._guard = Guard(self._context, {self._site.origin})
        return self._make(cast("GuardedPage", self._context.new_page()))

    def _close_context(self) -> None:
        if self._context:
            self._context.close()
            self._context = None

    def close(self) -> None:
        """End the page and the site."""
        self._close_context()
        self._site.stop()
