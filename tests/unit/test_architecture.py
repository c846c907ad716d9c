"""Dependencies point one way: browser -> runtimes, core; core knows NumPy and the standard library only."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "pysrc"
PACKAGE = SOURCE / "pyselfie"
BROWSER_MODULES = {"js", "pyodide"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path):
    """Return the dotted names of all that the file imports when it runs: modules, and what it takes from them."""
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
            names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return names


def modules_below(*folders):
    """Return the file of each module below the folders, by its dotted name."""
    files = {path: path.relative_to(folder.parent) for folder in folders for path in folder.rglob("*.py")}
    return {".".join(name.with_suffix("").parts).removesuffix(".__init__"): path for path, name in files.items()}


def circle(modules):
    """Return the names of modules that import each other in a circle when they run; empty if none do."""
    graph = {name: imported(path) & modules.keys() - {name} for name, path in modules.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


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


@pytest.mark.parametrize("path", sorted((PACKAGE / "custom").rglob("*.py")), ids=lambda path: path.name)
def test_users_effects_need_the_core_only(path):
    """They run wherever there is Python and NumPy."""
    for name in imported(path):
        root = name.split(".")[0]
        allowed = name.startswith(("pyselfie.core", "pyselfie.custom"))
        assert root in {"numpy", "__future__"} | sys.stdlib_module_names or allowed


@pytest.mark.parametrize("path", sorted((PACKAGE / "runtimes").rglob("*.py")), ids=lambda path: path.name)
def test_runtimes_do_not_know_the_browser_package(path):
    """A runtime knows the core and its one engine."""
    assert not any(name.startswith("pyselfie.browser") for name in imported(path))


def test_no_modules_import_each_other():
    """Nowhere do modules of the package, the build or the benchmark import each other in a circle."""
    assert circle(modules_below(PACKAGE, ROOT / "builder", ROOT / "bench")) == []


def test_no_rooms_of_the_build_need_each_other():
    """Its folders have an order, too, as one module: what all of them need lies beside them."""
    modules = modules_below(ROOT / "builder")
    rooms = {name: name.split(".")[1] for name in modules if name.count(".") == 2}
    graph: dict[str, set[str]] = {room: set() for room in rooms.values()}
    for name, room in rooms.items():
        graph[room] |= {rooms[other] for other in imported(modules[name]) & rooms.keys()} - {room}
    TopologicalSorter(graph).prepare()


def test_a_circle_is_seen(tmp_path):
    """It's named, over any number of steps and inside functions, too; what only the type checker imports is none."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "one.py").write_text("from package import two")
    (package / "two.py").write_text("def use():\n    import package.three")
    (package / "three.py").write_text("if TYPE_CHECKING:\n    import package.one")
    assert circle(modules_below(package)) == []
    (package / "three.py").write_text("from package.one import name")
    assert set(circle(modules_below(package))) == {"package.one", "package.two", "package.three"}


def test_bare_import_loads_numpy_only():
    """`import pyselfie` brings no engine, no OpenCV, no Pillow."""
    code = (
        "import sys; before = set(sys.modules); import numpy; numpys = set(sys.modules); import pyselfie;"
        "new = {name.split('.')[0] for name in set(sys.modules) - numpys} - {'pyselfie'};"
        "print(sorted(new - sys.stdlib_module_names))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=SOURCE, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
