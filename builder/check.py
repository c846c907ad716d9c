"""``build.py test``: lint, types and every test; all of them run, whatever fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from builder import chromium
from builder.errors import BuildError
from builder.paths import NODE_MODULES, ROOT
from builder.report import complain, say

_MEASURED = ["--cov", "--cov-report=term"]  # with the floor and all else in pyproject.toml


def check(pytest_arguments: list[str]) -> int:
    """Run the checks and the tests, and measure coverage; with arguments for pytest, run tests only.

    Return the exit code.

    What pytest prints comes last, so that its closing line closes the output of a run without faults.
    """
    failed = [] if pytest_arguments else [name for name, command in _checks() if not _passes(name, command)]
    try:
        os.environ[chromium.VARIABLE] = str(chromium.ensure_chromium())
    except BuildError as error:
        complain(str(error))  # the browser tests fail with the same sentence; all others can still run
    say("pytest ...")
    result = subprocess.run([sys.executable, "-m", "pytest", *(pytest_arguments or _MEASURED)], cwd=ROOT, check=False)
    if failed:
        complain(f"failed besides pytest: {', '.join(failed)} (see above).")
    return result.returncode or int(bool(failed))


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
