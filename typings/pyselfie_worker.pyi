# What the worker's JavaScript (web/js/worker/go_on.js) lends to Python.

from collections.abc import Callable
from typing import Any

def copyFrame(  # noqa: N802 - JavaScript's name
    frame: Any, target: Any, settings: Any, done: Callable[[], object], failed: Callable[[BaseException], object]
) -> None: ...
