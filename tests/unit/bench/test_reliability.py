"""The tables of docs/reliability.md."""

import json
from typing import Literal

import pytest

from bench.reliability.page import NONE_YET, engines, faults, fuzz, parts
from bench.soak.report import keep
from tests.browser.faults.fault import PROPERTY, FaultTable
from tests.engine_table import ENGINE, VERSION, EngineTable
from tests.engines import BOUND
from tests.unit.bench.test_soak import empty_report

FAULT = {"kind": "network", "fault": "a file is cut", "goes on": "the picture follows", "lost": "nothing"}


def row(engine, result, sentence):
    return FAULT | {"engine": engine, "result": result, "sentence": sentence}


def test_a_fault_has_one_row_for_all_engines():
    """Its sentence comes from an engine that could have it."""
    told = "http://127.0.0.1:8123/<model>|x is 3 bytes too short."
    table = faults([row("firefox", "passed", told), FAULT | row("chromium", "passed", "") | {"fault": "another"}])
    assert table.startswith("2 faults; in each nothing was lost")
    [line] = [line for line in table.splitlines() if "a file is cut" in line]
    expected = "https://example.org/&lt;model>\\|x is 3 bytes too short."
    assert line == f"| network | a file is cut | {expected} | the picture follows | left out | held |"


def test_a_failed_fault_is_not_hidden():
    """Nor counted among those that lost nothing."""
    table = faults([row("chromium", "failed", ""), FAULT | row("chromium", "passed", "") | {"fault": "another"}])
    assert "| nothing | the picture follows | **failed** |" in table
    assert "2 faults; 1 did not hold" in table


def test_of_a_fault_that_ran_twice_the_last_result_counts(tmp_path):
    """A run in CI repeats what has failed."""
    table = FaultTable(tmp_path / "faults.json")
    outcomes: list[Literal["failed", "passed"]] = ["failed", "passed"]
    for outcome in outcomes:
        report = pytest.TestReport("a", ("a", 0, "a"), {}, outcome, None, "call")
        report.user_properties = [(PROPERTY, FAULT | {"engine": "chromium", "sentence": ""})]
        table.pytest_runtest_logreport(report)
    table.pytest_sessionfinish()
    [found] = json.loads((tmp_path / "faults.json").read_text())
    assert found["result"] == "passed"


def test_runs_of_a_kind_are_summed():
    """All seeds are named, and every failure counts."""
    runs = [
        {"seed": 1, "count": 1500, "failures": {}, "faults": [], "sentences": 40},
        {"seed": 2, "count": 500, "failures": {"7": "hang"}, "faults": ["x"], "sentences": 30},
    ]
    assert "| calls | 2,000 | 1, 2 | 40 | 2 |" in fuzz({"calls": runs})


def test_without_results_it_says_so(tmp_path):
    """No file, no figures."""
    assert set(parts(tmp_path).values()) == {f"\n{NONE_YET}\n\n"}


def test_a_soak_is_kept_without_its_samples(tmp_path):
    """Its table stays the same; what the page shows is what was kept."""
    report = empty_report()
    report["times_s"], report["samples"] = [10.0, 20.0], [{"files": 80.0}, {"files": 81.0}]
    path = keep(report, tmp_path)
    assert json.loads(path.read_text())["samples"] == []
    text = parts(tmp_path)["soaks"]
    assert "2 samples" in text
    assert text.lstrip().startswith("### ")


def test_an_engine_says_what_it_lacks():
    """The reasons come with their counts, the most frequent first."""
    found = {"engine": "firefox", "version": "153.7", "date": "2026-01-02", "passed": 1234, "failed": 1}
    table = engines([found | {"left_out": {"no PDF": 2, "no flags": 5}}])
    assert "| Firefox | 153.7 | 2026-01-02 | 1,234 of 1,235 | 7 (no flags: 5; no PDF: 2) |" in table


def report_of(name, when, outcome, longrepr=None):
    report = pytest.TestReport(name, (name, 0, name), {}, outcome, longrepr, when)
    report.user_properties = [(ENGINE, "firefox")]
    if when == "teardown":
        report.user_properties.append((VERSION, "153.7"))
    return report


def test_engines_are_counted(tmp_path):
    """A test holds if all of its parts do, in its last run; what was left out is counted by its reason."""
    table = EngineTable(tmp_path)
    parts_of_a_run = [("setup", "passed"), ("call", "failed"), ("teardown", "passed")]
    for outcome in ("failed", "passed"):  # a run in CI repeats what has failed
        for when, one in parts_of_a_run:
            table.pytest_runtest_logreport(report_of("again", when, outcome if when == "call" else one))
    table.pytest_runtest_logreport(report_of("late", "setup", "passed"))
    table.pytest_runtest_logreport(report_of("late", "teardown", "failed"))
    for name, reason in (("bound", f"Skipped: {BOUND}: no flags"), ("other", "Skipped: needs data")):
        table.pytest_runtest_logreport(report_of(name, "setup", "skipped", ("file", 1, reason)))
    table.pytest_sessionfinish()
    [path] = tmp_path.iterdir()
    found = json.loads(path.read_text())
    assert path.name == "engine-firefox.json"
    assert (found["version"], found["passed"], found["failed"]) == ("153.7", 1, 1)
    assert found["left_out"] == {"no flags": 1}
