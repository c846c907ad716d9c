"""`serve --watch` without a browser: what is done when, by an interpreter that has nothing in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from builder.errors import BuildError
from builder.serving import rebuild
from builder.serving.watch import watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Turns:
    """Stands for the event that ends the watching: each turn has something happen, and the last one is the end."""

    def __init__(self, *happenings: Callable[[], object]) -> None:
        self._left = list(happenings)

    def wait(self, _seconds: float) -> bool:
        if not self._left:
            return True
        self._left.pop(0)()
        return False


def nothing() -> None:
    """Have a turn in which all is at rest."""


def watched(folder: Path, fails: str = "") -> list[str]:
    """Return what is done when a file of the folder changes, and what is generated out of it is there as well."""
    done: list[str] = []
    source, generated = folder / "options.py", folder / "options.generated.js"
    source.write_text("1")

    def generate() -> None:
        done.append("generate")
        generated.write_text(source.read_text())

    def build() -> None:
        done.append(f"build {generated.read_text()}")
        if fails:
            raise BuildError(fails)

    end: Any = Turns(nothing, lambda: source.write_text("22"), nothing, nothing, nothing, nothing)
    watch((folder,), generate, build, lambda: done.append("reload"), end)
    return done


def test_what_is_generated_is_built_once(tmp_path: Path) -> None:
    """Generated and built with the new source, and what the first step wrote is no reason to build again."""
    assert watched(tmp_path) == ["generate", "build 22", "reload"]


def test_a_failure_waits_for_the_next_change(tmp_path: Path, capsys: Any) -> None:
    """It is told once, and nothing is loaded again."""
    assert watched(tmp_path, "No.") == ["generate", "build 22"]
    assert "No. The site stays as it was." in capsys.readouterr().err


def test_each_step_is_done_by_a_new_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that has changed since the last step is read again; what a step says on failing is the sentence."""
    folder = tmp_path / "builder" / "serving"
    folder.mkdir(parents=True)
    monkeypatch.setattr(rebuild, "ROOT", tmp_path)
    script = folder / "rebuild.py"
    script.write_text("import pathlib, sys; pathlib.Path(sys.argv[1]).touch()")
    rebuild.anew("generate")
    assert (tmp_path / "generate").exists()
    script.write_text("import sys; sys.exit('The table is wrong.')")
    with pytest.raises(BuildError, match=r"^The table is wrong\.$"):
        rebuild.anew("build")
