"""How long a test waits for a page, and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.guard import GuardedPage

WAIT_MS = 60_000


def until(page: GuardedPage, condition: Callable[[], Any], state: Callable[[], str]) -> Any:
    """Wait until `condition` gives something true, and return that; fail with what `state` says."""
    for _ in range(WAIT_MS // 100):
        value = condition()
        if value:
            return value
        page.wait_for_timeout(100)
    raise AssertionError(f"it did not come true in {WAIT_MS // 1000} s; {state()}")
