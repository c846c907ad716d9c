"""Dependencies point one way: browser -> runtimes, core; core knows NumPy and the standard library only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "pysrc"
PACKAGE = SOURCE / "pyselfie"
BROWSER_MODULES = {"js", "pyodide"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path):
    """Return the dotted names of everything that the file imports, type-checking imports left out."""
    tree = ast.parse(path.read_text())
    guarded = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_browser_side_imports_the_browser(path):
    """`js` and `pyodide` are imported in browser/ and nowhere else."""
    roots = {name.split(".")[0] for name in imported(path)}
    allowed = "browser" in path.parts
    assert allowed or not roots & BROWSER_MODULES


@pytest.mark.parametrize("path", sorted((PACKAGE / "core").rglob("*.py")), ids=lambda path: path.name)
def test_core_imports_numpy_and_the_standard_library_only(path):
    """No engine, no browser, no image library in the core."""
    for name in imported(path):
        root = name.split(".")[0]
        assert root in {"numpy", "__future__"} | sys.stdlib_module_names or name.startswith("pyselfie.core")


@pytest.mark.parametrize("path", sorted((PACKAGE / "runtimes").rglob("*.py")), ids=lambda path: path.name)
def test_runtimes_do_not_know_the_browser_package(path):
    """A runtime knows the core and its one engine."""
    assert not any(name.startswith("pyselfie.browser") for name in imported(path))


def test_bare_import_loads_numpy_only():
    """`import pyselfie` brings no engine, no OpenCV, no Pillow."""
    code = (
        "import sys; before = set(sys.modules); import numpy; numpys = set(sys.modules); import pyselfie;"
        "new = {name.split('.')[0] for name in set(sys.modules) - numpys} - {'pyselfie'};"
        "print(sorted(new - sys.stdlib_module_names))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=SOURCE, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
