"""Pages whose engines run small networks in the models' place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.stand_in import BRIDGE, bridge_with_stand_ins

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.browser.guard import GuardedPage


def stand_in(page: GuardedPage) -> GuardedPage:
    """Return `page`, whose engines run stand-ins for the models they download, on every backend: bright is a person."""
    page.route(f"**/{BRIDGE}", _answer)
    return page


def _answer(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=bridge_with_stand_ins(response.text()))
