"""Which WebKit the tests drive, and what is said where there is none."""

from pathlib import Path

import pytest

from builder.browsers import webkit
from builder.errors import BuildError


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder on PATH, with nothing in it."""
    monkeypatch.delenv(webkit.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


def test_it_takes_the_driver_and_a_screen(machine: Path) -> None:
    """With one of the two alone there is no WebKit."""
    assert webkit.installed_webkit() is None
    put(machine, "WebKitWebDriver")
    assert webkit.installed_webkit() is None
    put(machine, "Xvfb")
    assert webkit.installed_webkit() == (str(machine / "WebKitWebDriver"), str(machine / "Xvfb"))


def test_the_named_driver_is_taken(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable goes before the system's."""
    put(machine, "WebKitWebDriver", "Xvfb", "mine")
    monkeypatch.setenv(webkit.VARIABLE, str(machine / "mine"))
    assert webkit.installed_webkit() == (str(machine / "mine"), str(machine / "Xvfb"))


@pytest.mark.parametrize(("there", "sentence"), [((), "is no program"), (("mine",), "there is no Xvfb: install it")])
def test_a_named_driver_that_will_not_do_is_an_error(
    machine: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], sentence: str
) -> None:
    """Who asks for WebKit is told what is missing; nothing is skipped in silence."""
    put(machine, *there)
    monkeypatch.setenv(webkit.VARIABLE, str(machine / "mine"))
    with pytest.raises(BuildError, match=sentence):
        webkit.installed_webkit()
