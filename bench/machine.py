"""Facts that a figure is worth nothing without: machine, versions, commit."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path
from typing import TypedDict

from builder.paths import NODE_MODULES, ROOT

_PACKAGES = (
    "@emscripten-forge/numpy",
    "@mediapipe/selfie_segmentation",
    "@mediapipe/tasks-vision",
    "onnxruntime-web",
    "pyodide",
)


class Machine(TypedDict):
    """Where and with what a run was made."""

    cpu: str
    cores: int
    load: float
    system: str
    python: str
    chromium: str
    packages: dict[str, str]
    commit: str


def describe_machine(chromium_version: str) -> Machine:
    """Collect the facts; `load` is the average number of busy processes in the minute before."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count() or 1,
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else -1.0,
        "system": platform.platform(),
        "python": platform.python_version(),
        "chromium": chromium_version,
        "packages": {name: _version(name) for name in _PACKAGES},
        "commit": _commit(),
    }


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _version(package: str) -> str:
    file = NODE_MODULES / package / "package.json"
    return str(json.loads(file.read_text())["version"]) if file.exists() else "not installed"


def _commit() -> str:
    """Return the commit, with a plus sign if the tree differs from it; "unknown" outside a checkout."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return commit + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
