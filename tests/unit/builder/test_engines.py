"""Which engines a browser test runs in, and what the end of a run says about those it did not run in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from builder.browsers import firefox
from builder.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

_TESTS = """
import pytest

@pytest.mark.engines
def test_marked(engine_name):
    print(f"marked in {engine_name}")

def test_plain(engine_name):
    print(f"plain in {engine_name}")

@pytest.mark.chromium("it speaks of flags")
def test_bound(engine_name):
    print(f"bound in {engine_name}")
"""
_CONFTEST = "from tests.engines import engine_name, pytest_addoption, pytest_generate_tests, pytest_terminal_summary"
_SETTINGS = """
[pytest]
addopts = --strict-markers -p no:playwright
markers =
    engines
    chromium(reason)
"""


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that is all of PATH: nothing is in it yet, and nothing is named."""
    monkeypatch.delenv(firefox.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put_firefox(folder: Path, version: str = "153.7.0esr") -> None:
    program = folder / "firefox-esr"
    program.write_text(f"#!/bin/sh\necho Mozilla Firefox {version}\n")
    program.chmod(0o755)


def run(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """Return the lines of a run over `_TESTS`."""
    pytester.makeconftest(_CONFTEST)
    pytester.makeini(_SETTINGS)
    pytester.makepyfile(_TESTS)
    return pytester.runpytest_inprocess(*arguments).outlines


def said(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """Return which tests ran in which engine, and what was skipped, as the run says it."""
    lines = run(pytester, "-s", "-ra", "-q", *arguments)
    return [line.lstrip(".s") for line in lines if re.match(r"\w+ in \w+$|SKIPPED", line.lstrip(".s"))]


def test_a_marked_test_runs_in_both_and_any_other_in_chromium(pytester: pytest.Pytester, machine: Path):
    """Without a choice Chromium runs them all, and Firefox what is marked."""
    put_firefox(machine)
    assert sorted(said(pytester)) == [
        "bound in chromium",
        "marked in chromium",
        "marked in firefox",
        "plain in chromium",
    ]


def test_what_firefox_lacks_is_skipped_with_the_reason(pytester: pytest.Pytester, machine: Path):
    """`--engine firefox` runs unmarked tests there, too; of one that cannot the end says why."""
    put_firefox(machine)
    *ran, skipped = said(pytester, "--engine", "firefox")
    assert sorted(ran) == ["marked in firefox", "plain in firefox"]
    assert skipped.startswith("SKIPPED [1]")
    assert skipped.endswith("Chromium only: it speaks of flags")


def test_what_firefox_lacks_is_counted(pytester: pytest.Pytester, machine: Path):
    """One sentence says how many tests did not run there; without any there is none."""
    put_firefox(machine)
    counts = "Tests that did not run in Firefox, as it lacks what they need: 1."
    assert [line for line in run(pytester, "--engine", "firefox") if line.startswith(counts)]
    assert not [line for line in run(pytester) if "did not run in Firefox" in line]


@pytest.mark.parametrize("version", [None, "140.12.0esr"])
def test_a_firefox_that_is_missing_or_too_old_is_said(pytester: pytest.Pytester, machine: Path, version: str | None):
    """The others run, and the end says how many did not, why, and what to do."""
    if version:
        put_firefox(machine, version)
    *ran, skipped = said(pytester)
    assert sorted(ran) == ["bound in chromium", "marked in chromium", "plain in chromium"]
    assert skipped.startswith("SKIPPED [1]")
    assert skipped.endswith(f"no Firefox 153 or newer found: {firefox.NONE_FOUND.partition(': ')[2]}")


def test_chromiums_tests_keep_their_names(pytester: pytest.Pytester):
    """Nothing about an engine is added to the name of a test in Chromium."""
    names = [line.partition("::")[2] for line in run(pytester, "--collect-only", "-q")]
    assert [name for name in names if name] == ["test_marked", "test_plain", "test_bound", "test_marked[firefox]"]


def test_a_named_firefox_that_will_not_do_is_an_error(machine: Path, monkeypatch: pytest.MonkeyPatch):
    """PYSELFIE_FIREFOX that is something else is said, and the system's isn't taken instead."""
    put_firefox(machine)
    monkeypatch.setenv(firefox.VARIABLE, "/bin/true")
    with pytest.raises(BuildError, match=r"^PYSELFIE_FIREFOX is '/bin/true', which is no Firefox 153 or newer"):
        firefox.installed_firefox()
