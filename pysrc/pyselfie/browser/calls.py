"""What JavaScript calls when its work is done: Python goes on inside the call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pyodide.ffi import create_proxy

from pyselfie.browser.prompt import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


class Calls(Generic[Result]):
    """Two functions for JavaScript, used again and again: one is called with each result, the other with an error.

    There is one piece of work at a time. `close` ends the functions, those of work under way once it is done.
    """

    def __init__(self) -> None:
        self._prompt: Prompt[Result] | None = None  # of the work under way
        self._is_closed = False
        self._done, self._failed = create_proxy(self._resolve), create_proxy(self._reject)

    async def wait(self, begin: Callable[[Any, Any], object]) -> Result:
        """Return what ``begin(done, failed)`` has JavaScript call `done` with.

        Raises
        ------
        JsException
            What `failed` is called with, or `begin` raises.
        """
        prompt: Prompt[Result] = Prompt()
        self._prompt = prompt
        try:
            begin(self._done, self._failed)
            return await prompt
        finally:
            self._prompt = None
            if self._is_closed:  # meanwhile; one of the two is still being called
                asyncio.get_running_loop().call_soon(self._forget)

    def close(self) -> None:
        """Wait no more; more calls do nothing."""
        if not self._is_closed:
            self._is_closed = True
            if self._prompt is None:
                self._forget()

    def _resolve(self, result: Any = None) -> None:
        if self._prompt is not None:
            self._prompt.resolve(result)

    def _reject(self, error: BaseException) -> None:
        if self._prompt is not None:
            self._prompt.reject(error)

    def _forget(self) -> None:
        self._done.destroy()
        self._failed.destroy()
