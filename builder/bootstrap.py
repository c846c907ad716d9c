"""Set-up before anything else: Node's version, and .venv with the pinned, hashed requirements."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from builder.errors import BuildError
from builder.paths import PIP_LOCK
from builder.report import step
from builder.stamps import fingerprint, write_atomically

MINIMUM_NODE = 20
_STAMP = ".pyselfie-stamp"


def check_node() -> str:
    """Return the version of the Node on PATH.

    Raises
    ------
    BuildError
        If there is no Node, or one older than 20, or no npm beside it.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        raise BuildError(f"Node.js {MINIMUM_NODE} or newer is needed, but there is no `node` on PATH: install Node.js.")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    match = re.match(r"v(\d+)\.", version)
    if match is None or int(match[1]) < MINIMUM_NODE:
        raise BuildError(
            f"Node.js {MINIMUM_NODE} or newer is needed, but `{node}` is {version or 'unable to run'}: "
            "install a newer Node.js."
        )
    if npm is None:
        raise BuildError(
            "npm is needed to fetch the web parts, but there is no `npm` on PATH: install it beside Node.js."
        )
    return version


def venv_python(folder: Path) -> Path:
    """Path of the interpreter in a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure_venv(folder: Path, requirements: Path, *richer: Path) -> Path:
    """Make the virtual environment `folder` hold `requirements`, or leave one that holds a `richer` lock.

    When the lock has changed, pip brings a sound environment up to date. The stamp is taken away first and written
    last: an environment whose making was interrupted has none and is made anew.

    Returns
    -------
    Path
        The environment's interpreter.

    Raises
    ------
    BuildError
        If the environment cannot be made or pip cannot install into it.
    """
    python, stamp = venv_python(folder), folder / _STAMP
    if _is_current(folder, requirements, *richer) and python.exists():
        return python
    with step(f"Setting up {folder.name} with what requirements/{requirements.name} pins"):
        if _stamped(folder)[:1] != [_this_python()] or not python.exists():
            _create(folder)
        stamp.unlink(missing_ok=True)
        _install(python, requirements)
        write_atomically(stamp, f"{_this_python()}\n{fingerprint(requirements)}\n")
    return python


def _this_python() -> str:
    return fingerprint(sys.version, sys.base_prefix)


def _stamped(folder: Path) -> list[str]:
    """Return the fingerprints of the interpreter and the lock it was made of, or nothing if it is half-made."""
    stamp = folder / _STAMP
    return stamp.read_text(encoding="utf-8").split() if stamp.exists() else []


def _is_current(folder: Path, *accepted: Path) -> bool:
    return _stamped(folder) in [[_this_python(), fingerprint(lock)] for lock in accepted]


def _create(folder: Path) -> None:
    try:
        venv.create(folder, clear=True, with_pip=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        raise BuildError(
            f"the virtual environment {folder} could not be made ({error}): "
            "check that Python's venv and ensurepip are installed (Debian: `apt-get install python3-venv`)."
        ) from error
    _install(venv_python(folder), PIP_LOCK)


def _install(python: Path, requirements: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    # Python compiles what is used when it is; pip would compile all, which took 12 s more.
    command += ["--no-compile", "--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["-r", str(requirements)]
    result = subprocess.run(command, check=False)
    if result.returncode != 0:
        raise BuildError(
            f"pip could not install {requirements.name} (exit code {result.returncode}, its words are above): "
            "check the network and run build.py again."
        )


def is_ready(folder: Path, *accepted: Path) -> bool:
    """Tell whether this process runs inside the environment `folder`, and that holds exactly one of these locks."""
    return running_inside(folder) and _is_current(folder, *accepted)


def base_interpreter() -> Path:
    """Return the interpreter that the running environment was made by."""
    return Path(
        sys.base_exec_prefix, *(["python.exe"] if os.name == "nt" else ["bin", f"python3.{sys.version_info[1]}"])
    )


def running_inside(folder: Path) -> bool:
    """Tell whether this process already runs on the interpreter of the environment `folder`."""
    return Path(sys.prefix).resolve() == folder.resolve()


def re_execute(python: Path, arguments: list[str]) -> int:
    """Start over on another interpreter; returns its exit code where the system cannot replace a process."""
    command = [str(python), *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(python, command)  # noqa: S606 - replacing the process keeps one process for Ctrl-C and exit codes
    return subprocess.run(command, check=False).returncode
