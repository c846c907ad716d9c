"""``build.py test``: lint, types and every test; all of them run, whatever fails.

The tests run in as many processes as the machine has cores, file by file, and those with WebGPU in software all in one.
A test marked ``alone`` needs the machine for itself, so those run first, one after the other.

With the variable ``CI`` a test in a browser that fails there is run once more, and what both runs said is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from builder.browsers import chromium
from builder.errors import BuildError
from builder.paths import NODE_MODULES, ROOT
from builder.report import complain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MARK = "\n@pytest.mark.alone"
_MEASURED = ["-m", "not alone", "--cov", "--cov-report=term"]  # with the floor and all else in pyproject.toml
# tests/conftest.py says which tests stay together. The order of collection stays: Playwright keeps a loop running in
# its process, so browser tests have to follow all others.
BY_FILE = ["--dist=loadscope", "--no-loadscope-reorder"]
_ONCE_MORE = [
    "--reruns=1",
    "--rerun-show-tracebacks",
    *(f"--rerun-exclude-path=tests/{name}" for name in ("unit", "parity")),
]
_BYTES_PER_WORKER = 3 * 2**30  # a few browsers, each with WebGPU in software


def check(pytest_arguments: list[str], make: Callable[[], object]) -> int:
    """Run the checks and the tests, and measure coverage; with arguments for pytest, run just what they say.

    Return the exit code. `make` brings up to date what the tests need; the checks, which don't, run beside it.

    What pytest prints comes last, so that its closing line closes the output of a run without faults.
    """
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(make)
        failed = [] if pytest_arguments else [name for name, command in _checks() if not _passes(name, command)]
        made.result()
    with _bytecode() as variables:
        environment = {**os.environ, **_chromium(), **variables}
        if pytest_arguments:
            return _pytest(pytest_arguments, environment)
        if _pytest(["-m", "alone", *_files_with_tests_alone()], environment):
            failed.append("pytest -m alone")
        again = _ONCE_MORE if os.environ.get("CI") else []
        side_by_side = f"--numprocesses={workers(_cores(), _memory())}"
        code = _pytest([*_MEASURED, *BY_FILE, *again, side_by_side], environment)
    if failed:
        complain(f"failed besides this: {', '.join(failed)} (see above).")
    return code or int(bool(failed))


def _files_with_tests_alone() -> list[str]:
    """Return the files that pytest has to read for them: all of them take it ten seconds."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [file.relative_to(ROOT).as_posix() for file in files if _MARK in file.read_text(encoding="utf-8")]


def workers(cores: int, memory: int | None) -> int:
    """Return how many tests may run at a time: one a core, and fewer where `memory` (in bytes, if known) is short."""
    return max(1, cores if memory is None else min(cores, memory // _BYTES_PER_WORKER))


def _cores() -> int:
    usable = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(usable(0)) if usable else os.cpu_count() or 1


def _memory() -> int | None:
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names:
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _chromium() -> dict[str, str]:
    """Return the variable that names the Chromium, so that it is looked for only once."""
    try:
        return {chromium.VARIABLE: str(chromium.ensure_chromium())}
    except BuildError as error:
        complain(str(error))  # the browser tests fail with the same sentence; all others can still run
        return {}


@contextmanager
def _bytecode() -> Iterator[dict[str, str]]:
    """Where Python is told to keep no bytecode, give the variables that make it keep some for the length of the tests.

    They start hundreds of Python processes, and each would compile NumPy, PyAV and the package anew: half of its work.
    """
    if not sys.dont_write_bytecode:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="pyselfie-bytecode-") as folder:
        yield {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    say(f"pytest {' '.join(arguments)} ...")
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _checks() -> list[tuple[str, list[str]]]:
    python = [sys.executable, "-m"]
    return [
        ("ruff check", [*python, "ruff", "check", "--quiet"]),
        ("ruff format", [*python, "ruff", "format", "--check", "--quiet"]),
        ("mypy", [*python, "mypy"]),
        ("biome", [_node_tool("biome"), "ci", "--error-on-warnings", "--colors=off"]),
        ("tsc, pages", [_node_tool("tsc"), "--project", "tsconfig.json"]),
        ("tsc, worker", [_node_tool("tsc"), "--project", "web/tsconfig.worker.json"]),
    ]


def _node_tool(name: str) -> str:
    folder = NODE_MODULES / ".bin"
    return shutil.which(name, path=str(folder)) or str(folder / name)


def _passes(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    passed = result.returncode == 0
    say(f"{name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - began:.1f} s")
    if not passed:
        print(result.stdout + result.stderr, flush=True)
    return passed
