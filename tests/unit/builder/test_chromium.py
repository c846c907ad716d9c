"""Which Chromium the tests drive, and what is said when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.browsers import chromium
from builder.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path


def program(path: Path, exit_code: int) -> Path:
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nothing is named, and PATH has only what a test puts into `tmp_path`."""
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_the_named_one_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """PYSELFIE_CHROMIUM wins over what is on PATH."""
    program(tmp_path / "chromium", 0)
    named = program(tmp_path / "mine", 0)
    monkeypatch.setenv(chromium.VARIABLE, str(named))
    assert chromium.installed_chromium() == named


@pytest.mark.parametrize("exit_code", [None, 1])
def test_a_named_one_that_does_not_run_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exit_code: int | None
):
    """PYSELFIE_CHROMIUM that is missing or broken is said, and nothing else is taken instead."""
    program(tmp_path / "chromium", 0)
    named = tmp_path / "mine"
    if exit_code is not None:
        program(named, exit_code)
    monkeypatch.setenv(chromium.VARIABLE, str(named))
    with pytest.raises(BuildError, match=r"^PYSELFIE_CHROMIUM is '.*mine', which does not run: set it to a Chromium"):
        chromium.installed_chromium()


def test_the_systems_own_is_found_and_a_broken_one_passed_over(tmp_path: Path):
    """The first of the usual names that runs is taken."""
    program(tmp_path / "chromium", 1)
    good = program(tmp_path / "google-chrome", 0)
    assert chromium.installed_chromium() == good
