"""The documents: their Python runs, and they name every option there is."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from builder.paths import ROOT
from pyselfie.cli import main
from pyselfie.cli.arguments import _parser
from pyselfie.cli.evaluate.arguments import _parser as evaluate_parser
from pyselfie.cli.formats import PICTURES, VIDEOS, VIDEOS_WRITTEN
from pyselfie.custom.source import load_effect

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from numpy.typing import NDArray

DOCS = ROOT / "docs"
SNIPPET = re.compile(r"(?:<!-- not run: [^\n]+ -->\n)?```python\n(.*?)```", re.DOTALL)


def run(code: str, scope: dict[str, Any]) -> None:
    """Run a snippet as a notebook's cell, in which `await` may stand anywhere."""
    made = eval(compile(code, "docs/python.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), scope)  # noqa: S307
    if inspect.iscoroutine(made):
        asyncio.run(made)


def test_python_of_the_documents_runs(
    astronaut: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every snippet of docs/python.md runs after the ones before it, those apart that say what they need."""
    Image.fromarray(astronaut).save(tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {}
    found = list(SNIPPET.finditer((DOCS / "python.md").read_text(encoding="utf-8")))
    for snippet in found:
        if not snippet.group().startswith("<!--"):
            run(snippet.group(1), scope)
    assert sum(snippet.group().startswith("<!--") for snippet in found) == 2
    assert (tmp_path / "out.png").exists()
    error, choice = capsys.readouterr().out.splitlines()
    assert error.startswith("Input image must contain three channel rgb data.")
    assert re.fullmatch(r"\w+ - .+", choice)
    assert len(scope["shares"]) == 4
    assert scope["shares"][0] == pytest.approx(0.5, abs=0.3)
    assert scope["cut_out"].shape == (*astronaut.shape[:2], 4)
    for name in ("blurred", "before_blue", "before_picture", "painted", "popped"):
        assert scope[name].shape == astronaut.shape, name


def test_python_of_the_measures_runs(
    astronaut: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The snippets of docs/evaluate.md run one after the other; against its own mask a photo scores well."""
    Image.fromarray(astronaut).save(tmp_path / "photo.jpg")
    assert main([str(tmp_path / "photo.jpg"), "-o", str(tmp_path / "truth.png"), "--mask", "--quiet"]) == 0
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {}
    for snippet in SNIPPET.finditer((DOCS / "evaluate.md").read_text(encoding="utf-8")):
        run(snippet.group(1), scope)
    assert capsys.readouterr().out == "IoU 1.000, boundary F 1.000\ndtSSD 0.0000, flicker 0.0000\n"


def test_python_of_the_effects_page_runs(
    astronaut: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each function of docs/write-an-effect.md is an effect, and the last snippet runs the one that it names."""
    monkeypatch.chdir(tmp_path)
    *texts, last = SNIPPET.findall((DOCS / "write-an-effect.md").read_text(encoding="utf-8"))
    (tmp_path / "tinted.py").write_text(next(text for text in texts if "def tinted" in text))
    scope: dict[str, Any] = {"rgb": astronaut}
    run(last, scope)
    assert scope["picture"].shape == astronaut.shape
    assert len(texts) == 3
    mask = np.ones(astronaut.shape[:2], np.float32)
    for text in texts:
        effect = load_effect(f"import numpy as np\n{text}")
        for _ in range(2):
            assert effect(astronaut, mask, 0.0).shape == astronaut.shape


@pytest.mark.parametrize(("name", "parser"), [("cli.md", _parser()), ("evaluate.md", evaluate_parser())])
def test_every_option_is_documented_and_no_other(name: str, parser: argparse.ArgumentParser) -> None:
    """The page names the options that the command has."""
    text = (DOCS / name).read_text(encoding="utf-8")
    options = {option for action in parser._actions for option in action.option_strings}
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text)) == options


def test_every_kind_of_file_is_documented() -> None:
    """docs/cli.md names each kind of file that the command reads or writes."""
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    for suffix in PICTURES | VIDEOS | VIDEOS_WRITTEN:
        assert f"`{suffix}`" in text, suffix


@pytest.mark.parametrize("page", ["python.md", "cli.md", "pipes.md", "evaluate.md", "quality.md", "write-an-effect.md"])
def test_lines_are_short_and_links_lead_somewhere(page: str) -> None:
    """At most 120 characters a line, tables apart, and what is linked to is there."""
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 120 and not line.startswith("|")] == []
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DOCS / target).exists(), target
