"""What effects print comes in small lots, and what they cost is told seldom."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pyselfie.custom.console import EVERY_S, LONGEST_LINE, MOST_LINES, Console
from pyselfie.custom.cost import Cost

if TYPE_CHECKING:
    import pytest


def test_flood_keeps_the_newest_lines() -> None:
    """Of 10,000 lines the last ones stay, their number and their length are bounded, and lots come at their rate."""
    now = [0.0]
    console = Console(lambda: now[0])
    for number in range(10_000):
        console.print(number)
    lot = console.take()
    assert lot is not None
    assert (lot.dropped, lot.lines) == (10_000 - MOST_LINES, [str(n) for n in range(10_000 - MOST_LINES, 10_000)])
    assert console.wait_s is None
    console.print("x" * 10**6)
    assert (console.take(), console.wait_s) == (None, EVERY_S)
    now[0] = 0.3
    assert console.wait_s == 0.0
    lot = console.take()
    assert lot is not None
    assert lot.lines == ["x" * LONGEST_LINE + "…"]
    now[0] = 1.0
    assert console.take() is None
    for _ in range(10_000):
        console.print("ab", end="")
    lot = console.take()
    assert lot is not None
    assert len(lot.lines) == 10_000 * 2 // (LONGEST_LINE + 2)
    console.print("gone")
    console.clear()
    now[0] = 2.0
    assert console.take() is None


def test_print_takes_what_pythons_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """None for the separators, `flush`, and a file."""
    console = Console()
    odd: Any = None
    console.print("a", 2, sep=odd, end=odd, flush=True)
    console.print("b", file=sys.stderr, flush=True)
    lot = console.take()
    assert lot is not None
    assert lot.lines == ["a 2"]
    assert capsys.readouterr().err == "b\n"


def test_cost_is_a_median_that_is_told_when_it_changes() -> None:
    """One slow frame changes nothing; a slower effect does, half a second later; another effect begins anew."""
    now = [0.0]
    cost = Cost(lambda: now[0])
    one, other = object(), object()
    assert (cost.review(), cost.ms) == (False, None)
    cost.add(one, 9.0)
    assert (cost.review(), cost.ms) == (True, 9.0)
    now[0] = 1.0
    for ms in (10.0, 900.0, 9.5, 10.2):
        cost.add(one, ms)
    assert (cost.review(), cost.ms) == (False, 9.0)
    for _ in range(15):
        cost.add(one, 20.0)
    assert (cost.review(), cost.ms) == (True, 20.0)
    for _ in range(15):
        cost.add(one, 40.0)
    assert not cost.review()
    now[0] = 1.5
    assert (cost.review(), cost.ms) == (True, 40.0)
    cost.add(other, 0.3)
    assert (cost.ms, cost.review(), cost.ms) == (None, True, 0.3)
    assert (cost.of(other), cost.of(one)) == (0.3, None)
    for _ in range(15):
        cost.add(other, 0.4)
    now[0] = 3.0
    assert not cost.review()
