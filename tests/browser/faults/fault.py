"""A fault as a row: what is provoked, what is said, what goes on; and what a run of the rows found."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tests.engines import BOUND, FIREFOX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.browser.guard import GuardedPage

PROPERTY = "fault"
"""What a test's report keeps its row under."""


class Bench(Protocol):
    """A page on which faults are provoked."""

    page: GuardedPage
    is_whole: bool
    """Whether another row can go on with it."""

    def renew(self) -> None:
        """Have the page as it was when it had started, which it has just now, or a row has left it whole."""

    def kept(self) -> Any:
        """Return what the user would miss: options, effect, source, text. It has to be the same after the fault."""

    def told(self, pattern: str) -> str:
        """Wait for the sentence that fits, and return it."""

    def all_told(self) -> list[str]:
        """Return the sentences about faults that are shown, or were told since the fault."""

    def goes_on(self) -> None:
        """Do what a user would, and wait until the picture follows."""


def nothing(_: Any) -> None:
    """Leave it: the fault ends by itself, or has no end."""


@dataclass(frozen=True)
class Fault:
    """One row.

    Parameters
    ----------
    kind, name
        Its group, and what is provoked, in a few words.
    provoke
        Does so, on the row's bench.
    says
        A regular expression that the sentence shown fits; empty: nothing may be said.
    goes_on
        In words, what the test sees go on.
    mend
        Ends the cause, where that is not the fault's own business, and does what the sentence says.
    noise
        What the browser logs of it: regular expressions.
    chromium
        Why Firefox can't have it; empty: it can.
    begin
        Does what has to be so before.
    ruins
        No other row can go on with the page.
    again
        Whether every run starts again after a start that failed; else only those do that write the table.
    """

    kind: str
    name: str
    provoke: Callable[[Any], Any]
    says: str
    goes_on: str
    mend: Callable[[Any], Any] = nothing
    noise: tuple[str, ...] = ()
    chromium: str = ""
    begin: Callable[[Any], Any] = nothing
    ruins: bool = False
    again: bool = True


def rows(*groups: Iterable[Fault]) -> pytest.MarkDecorator:
    """Return the mark that gives a test these rows as `fault`."""
    found = [fault for group in groups for fault in group]
    return pytest.mark.parametrize("fault", found, ids=[f"{fault.kind}: {fault.name}" for fault in found])


def skip_unless_possible(fault: Fault, engine: str) -> None:
    """Skip a row that Firefox can't have."""
    if engine == FIREFOX and fault.chromium:
        pytest.skip(f"{BOUND}: {fault.chromium}")


def check(bench: Bench, fault: Fault, request: pytest.FixtureRequest) -> None:
    """Provoke a fault: its sentence is told, it goes on, and nothing is lost."""
    row = {"kind": fault.kind, "fault": fault.name, "goes on": fault.goes_on, "sentence": ""}
    row["engine"] = request.getfixturevalue("engine_name")
    request.node.user_properties.append((PROPERTY, row))
    fault.begin(bench)
    before = bench.kept()
    fault.provoke(bench)
    if fault.says:
        row["sentence"] = sentence = bench.told(fault.says)
        assert re.fullmatch(r"[^\n]*\S", sentence), f"one line was expected: {sentence!r}"
        assert not re.search(r"Traceback|PythonError|TypeError|undefined", sentence), sentence
    fault.mend(bench)
    bench.goes_on()
    if not fault.says:
        assert bench.all_told() == []
    assert bench.kept() == before
    row["lost"] = "nothing"
    bench.is_whole = not fault.ruins


class FaultTable:
    """Writes what became of each row to a file, as JSON, at the end of a run: a pytest plugin.

    Of a row that ran twice the last result counts.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[tuple[str, ...], dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a row."""
        row = dict(report.user_properties).get(PROPERTY)
        if report.when == "call" and isinstance(row, dict):
            self._rows[_place(row)] = row | {"result": report.outcome}

    def pytest_sessionfinish(self) -> None:
        """Write."""
        found = sorted(self._rows.values(), key=_place)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _place(row: dict[str, str]) -> tuple[str, ...]:
    return row["kind"], row["fault"], row["engine"]
