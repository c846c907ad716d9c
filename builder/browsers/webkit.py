"""Whether the tests can drive WebKit: WebKitGTK by its WebDriver, on a screen that is nobody's."""

from __future__ import annotations

import os
import shutil
from typing import NamedTuple

from builder.errors import BuildError

VARIABLE = "PYSELFIE_WEBKIT"
NONE_FOUND = (
    "no WebKit found: install one (Debian: `apt-get install webkit2gtk-driver xvfb`), "
    f"or set {VARIABLE} to the path of its WebKitWebDriver."
)
_DRIVER, _SCREEN = "WebKitWebDriver", "Xvfb"


class WebKit(NamedTuple):
    """The two programs that it takes."""

    driver: str
    screen: str


def installed_webkit() -> WebKit | None:
    """Return the driver named by ``PYSELFIE_WEBKIT``, or the system's, with the system's Xvfb.

    Raises
    ------
    BuildError
        If the variable names a driver that isn't there, or there is no Xvfb for it.
    """
    named = os.environ.get(VARIABLE)
    driver, screen = shutil.which(named or _DRIVER), shutil.which(_SCREEN)
    if driver and screen:
        return WebKit(driver, screen)
    if named and not driver:
        raise BuildError(f"{VARIABLE} is {named!r}, which is no program: set it to a WebKitWebDriver, or unset it.")
    if named:
        raise BuildError(
            f"{VARIABLE} asks for WebKit, but there is no {_SCREEN}: install it (Debian: `apt-get install xvfb`)."
        )
    return None
