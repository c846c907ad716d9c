"""Which Chromium the tests and the benchmark drive: the caller's, the system's, Playwright's own, or Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from builder.errors import BuildError
from builder.report import say

VARIABLE = "PYSELFIE_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET_FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What it is started with: it asks no host for anything of its own."""
_ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright:\n"
    "    print(playwright.chromium.executable_path)\n"
)


def ensure_chromium() -> Path:
    """Return a Chromium that runs, fetching one where that is possible.

    Raises
    ------
    BuildError
        If there is none and none can be had.
    """
    return installed_chromium() or _from_playwright() or _from_debian() or _give_up()


def installed_chromium() -> Path | None:
    """Return the Chromium named by ``PYSELFIE_CHROMIUM``, or the system's, or the one Playwright has fetched before.

    Raises
    ------
    BuildError
        If the variable names something that does not run.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not _runs(named):
            raise BuildError(f"{VARIABLE} is {named!r}, which does not run: set it to a Chromium, or unset it.")
        return Path(named)
    found = next((path for path in map(shutil.which, _NAMES) if path and _runs(path)), None)
    return Path(found) if found else _fetched_by_playwright()


def _runs(program: str) -> bool:
    """Tell whether `program` starts: Ubuntu's chromium-browser, for one, may only say that it wants a snap."""
    try:
        result = subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0


def _fetched_by_playwright() -> Path | None:
    answer = subprocess.run([sys.executable, "-c", _ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = Path(answer.stdout.strip() or "nowhere")
    return path if path.is_file() and _runs(str(path)) else None


def _from_playwright() -> Path | None:
    say("no Chromium found; asking Playwright for its own ...")
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    result = subprocess.run(command, capture_output=True, check=False)
    return _fetched_by_playwright() if result.returncode == 0 else None


def _from_debian() -> Path | None:
    if sys.platform == "win32" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    say("Playwright could not fetch one; installing Debian's chromium ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return installed_chromium()


def _give_up() -> Path:
    raise BuildError(
        f"the tests need a Chromium and none was found: install one (Debian: `apt-get install chromium`), "
        f"or set {VARIABLE} to its path."
    )
