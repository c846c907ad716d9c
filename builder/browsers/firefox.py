"""Which Firefox some of the browser tests run in besides Chromium: the caller's or the system's, if there is one."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

from builder.errors import BuildError

VARIABLE = "PYSELFIE_FIREFOX"
OLDEST = 153  # 140 lacks commands of WebDriver BiDi that Playwright gives
NONE_FOUND = (
    f"no Firefox {OLDEST} or newer found: install one (Debian: `apt-get install firefox-esr`), "
    f"or set {VARIABLE} to its path."
)
QUIET_SETTINGS: dict[str, str | float | bool] = {
    # All but this machine is behind a proxy that nobody is: Firefox asks no host for anything of its own.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1, localhost",
    "browser.chrome.site_icons": False,  # else it asks any page's site for /favicon.ico, unlike a headless Chromium
}
"""Preferences of a Firefox that a program drives."""
_NAMES = ("firefox-esr", "firefox")


def installed_firefox() -> Path | None:
    """Return the Firefox named by ``PYSELFIE_FIREFOX``, or the system's, if it is new enough.

    Raises
    ------
    BuildError
        If the variable names something else.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not _is_new_enough(named):
            raise BuildError(
                f"{VARIABLE} is {named!r}, which is no Firefox {OLDEST} or newer that runs: set it to one, or unset it."
            )
        return Path(named)
    return next((Path(path) for path in map(shutil.which, _NAMES) if path and _is_new_enough(path)), None)


@functools.cache
def _is_new_enough(program: str) -> bool:
    try:
        result = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.search(r"Firefox (\d+)\.", result.stdout)
    return result.returncode == 0 and found is not None and int(found[1]) >= OLDEST
