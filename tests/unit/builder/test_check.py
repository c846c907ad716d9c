"""How `build.py test` runs pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builder import check
from builder.browsers import chromium
from builder.errors import BuildError
from builder.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    Runs = Callable[[dict[str, int]], list[list[str]]]


def made() -> None:
    """Stand in for the build."""


@pytest.fixture
def pytest_runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Return a function that stands in for pytest, with an exit code by marker expression, and notes its arguments."""

    def stand_in(codes: dict[str, int]) -> list[list[str]]:
        runs: list[list[str]] = []

        def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
            arguments = command[3:]
            runs.append(arguments)
            return subprocess.CompletedProcess(command, codes.get(" ".join(arguments[:2]), 0))

        monkeypatch.setattr(check, "_checks", list)
        monkeypatch.setattr(chromium, "ensure_chromium", lambda: "chromium")
        monkeypatch.setattr(subprocess, "run", run)
        return runs

    return stand_in


def test_all_tests_run_side_by_side_but_for_those_that_have_to_be_alone(pytest_runs: Runs) -> None:
    """First those marked `alone`, in one process; then all others, file by file, in several, with the floor."""
    runs = pytest_runs({})
    assert check.check([], made) == 0
    alone, others = runs
    assert alone[:2] == ["-m", "alone"]
    assert "tests/browser/engine/test_film.py" in alone
    assert "tests/unit/builder/test_check.py" not in alone
    assert others[:2] == ["-m", "not alone"]
    assert {"--cov", *check.BY_FILE} < set(others)
    assert others[-1].startswith("--numprocesses=")


@pytest.mark.parametrize("ci", ["", "true"])
def test_browser_tests_get_a_second_chance_in_ci_only(
    pytest_runs: Runs, monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    """Nothing else does, and what the first run said is printed."""
    monkeypatch.setenv("CI", ci)
    runs = pytest_runs({})
    assert check.check([], made) == 0
    alone, others = runs
    again = {"--reruns=1", "--rerun-show-tracebacks"}
    again |= {f"--rerun-exclude-path=tests/{room}" for room in ("unit", "parity")}
    assert not again & set(alone)
    assert again & set(others) == (again if ci else set())


def test_each_file_has_one_process() -> None:
    """What the tests of a file share is made once."""
    files = [str(ROOT / "tests" / "unit" / "core" / f"test_{name}.py") for name in ("geometry", "rounding", "tensor")]
    command = [sys.executable, "-m", "pytest", "--verbose", "--numprocesses=2", *check.BY_FILE, *files]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    runs = re.findall(r"^\[(gw\d)\].*/test_(\w+)\.py::", output, re.MULTILINE)
    assert {name for _, name in runs} == {"geometry", "rounding", "tensor"}, output
    assert len(set(runs)) == 3


def test_arguments_are_all_that_pytest_gets(pytest_runs: Runs) -> None:
    """Who asks for certain tests gets one plain run of pytest, and its exit code."""
    runs = pytest_runs({"tests/unit -k": 5})
    assert check.check(["tests/unit", "-k", "blur"], made) == 5
    assert runs == [["tests/unit", "-k", "blur"]]


@pytest.mark.parametrize("marked", ["alone", "not alone"])
def test_failure_of_either_run_is_a_failure(pytest_runs: Runs, capfd: pytest.CaptureFixture[str], marked: str) -> None:
    """The other one runs all the same; what does not close the output is named at its end."""
    runs = pytest_runs({f"-m {marked}": 1})
    assert check.check([], made) == 1
    assert len(runs) == 2
    assert ("pytest -m alone" in capfd.readouterr().err) == (marked == "alone")


@pytest.mark.parametrize(
    ("cores", "gigabytes", "expected"), [(2, 24, 2), (16, 24, 8), (4, 7, 2), (2, 1, 1), (4, None, 4), (1, 64, 1)]
)
def test_workers_are_as_many_as_cores_and_memory_allow(cores: int, gigabytes: int | None, expected: int) -> None:
    """One a core, each with 3 GiB; at least one."""
    assert check.workers(cores, None if gigabytes is None else gigabytes * 2**30) == expected


def test_chromium_is_named_to_pytest_alone(pytest_runs: Runs) -> None:
    """The environment of whoever checks stays as it is: these tests run in one process with those of the browser."""
    before = dict(os.environ)
    pytest_runs({})
    assert check.check([], made) == 0
    assert dict(os.environ) == before


@pytest.mark.parametrize("keeps_none", [True, False])
def test_python_compiles_once_in_a_run(pytest_runs: Runs, monkeypatch: pytest.MonkeyPatch, keeps_none: bool) -> None:
    """Where it is told to keep no bytecode, a folder keeps it until the tests end; else Python keeps it as it does."""
    pytest_runs({})
    seen: list[tuple[str | None, Path | None]] = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        folder = Path(env["PYTHONPYCACHEPREFIX"]) if "PYTHONPYCACHEPREFIX" in env else None
        assert folder is None or folder.is_dir()
        seen.append((env.get("PYTHONDONTWRITEBYTECODE"), folder))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sys, "dont_write_bytecode", keeps_none)
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    assert check.check([], made) == 0
    (told, folder), other = seen
    assert other == (told, folder)
    if not keeps_none:
        assert (told, folder) == (None, None)
        return
    assert not told
    assert folder is not None
    assert not folder.exists()


def test_checks_run_beside_the_build(pytest_runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """They don't need what it makes; the tests wait for it, and without it none runs."""
    runs = pytest_runs({})
    checking = threading.Event()
    monkeypatch.setattr(check, "_checks", lambda: [("lint", ["lint"])])

    def passes(*_: object) -> bool:
        checking.set()
        return True

    monkeypatch.setattr(check, "_passes", passes)

    def make() -> None:
        assert checking.wait(60)
        raise BuildError("No room on the disk: make some.")

    with pytest.raises(BuildError, match="No room"):
        check.check([], make)
    assert runs == []
