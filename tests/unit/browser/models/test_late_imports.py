"""What is imported before it is here: which file is asked for, and what is said when it doesn't come."""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from builder.archives import zips
from pyselfie.browser import late_imports
from pyselfie.browser.late_imports import LateArchive, LateImports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyselfie.browser.late_imports import Fetch

FILES = {
    "late_one.py": b"from late_two.deep import answer",
    "late_two/__init__.py": b"",
    "late_two/deep.py": b"answer = 42",
    "late_here/far.py": b"name = __name__",
}
ARCHIVE = zips.pack(FILES)
SHA256 = hashlib.sha256(ARCHIVE).hexdigest()


class Site:
    """Gives its answers one after the other, and keeps what was asked."""

    def __init__(self, *answers: bytes | str) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, path: str, past: bool) -> Any:
        self.asked.append((path, past))
        answer = self.answers.pop(0)
        return answer if isinstance(answer, str) else SimpleNamespace(to_bytes=lambda: answer)


@pytest.fixture
def finder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Fetch], None]]:
    """Return a function that has Python look for late modules; the package `late_here` is half there."""
    (tmp_path / "first" / "late_here").mkdir(parents=True)
    (tmp_path / "first" / "late_here" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path / "first")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))

    def use(fetch: Fetch) -> None:
        archive = LateArchive("python/late.zip", SHA256, ["late_one", "late_two", "late_here.far"])
        sys.meta_path.append(LateImports([archive], fetch, tmp_path / "late"))

    yield use
    for name in [name for name in sys.modules if name.startswith("late_")]:
        del sys.modules[name]


def test_first_import_brings_the_archive(finder):
    """A module, what it imports, and the rest of a package that is half there come of one request, and none before."""
    site = Site(ARCHIVE)
    finder(site)
    importlib.import_module("late_here")
    assert site.asked == []
    assert importlib.import_module("late_one").answer == 42
    assert importlib.import_module("late_here.far").name == "late_here.far"
    assert site.asked == [("python/late.zip", False)]


def test_unknown_module_asks_for_nothing(finder):
    """Many a library tries what may not be there."""
    site = Site()
    finder(site)
    for name in ("late_three", "late_here.near"):
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name)
    assert site.asked == []


def test_what_does_not_come_is_one_sentence_and_another_try(finder):
    """No answer, then other bytes; each is told, and the next request goes past the browser's cache."""
    broken = ARCHIVE[:-1] + b"x"
    site = Site("no answer from the server", broken, ARCHIVE)
    finder(site)
    with pytest.raises(ImportError) as missing:
        importlib.import_module("late_one")
    assert str(missing.value) == (
        "late_one is in python/late.zip, which could not be downloaded: no answer from the server;"
        " import it again to try again"
    )
    assert missing.value.name == "late_one"
    with pytest.raises(ImportError) as damaged:
        importlib.import_module("late_two.deep")
    assert str(damaged.value) == (
        f"late_two is in python/late.zip, which is damaged: it has SHA-256 {hashlib.sha256(broken).hexdigest()},"
        f" expected {SHA256}; import it again to try again"
    )
    assert importlib.import_module("late_two.deep").answer == 42
    assert site.asked == [("python/late.zip", False), ("python/late.zip", True), ("python/late.zip", True)]


def test_python_looks_everywhere_else_before(monkeypatch):
    """The page's list makes a finder that comes last: what is here is never fetched."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    site = Site()
    late_imports.install(json.dumps([{"path": "a.zip", "sha256": SHA256, "modules": ["json.tool"]}]), site)
    assert isinstance(sys.meta_path[-1], LateImports)
    monkeypatch.delitem(sys.modules, "json.tool", raising=False)
    importlib.import_module("json.tool")
    assert site.asked == []
