"""Parts of the library that come when they're asked for, and may not come."""

from __future__ import annotations

from tests.unit.web.node_kit import run_node


def test_what_does_not_come_is_named_in_one_sentence() -> None:
    """A browser's own words for a module that it couldn't fetch help nobody; they're kept as the cause."""
    found = run_node(
        """
const { later } = await import(`${web}/js/later.js`);
const part = await later(() => import(`${web}/js/later.js`), "The part");
const fault = await later(() => import(`${web}/js/gone.js`), "The recorder").catch((error) => error);
say([part.later === later, fault.message, fault.cause.code]);
"""
    )
    assert found == [
        True,
        "The recorder could not be loaded: check the connection and try again, or reload the page.",
        "ERR_MODULE_NOT_FOUND",
    ]
