"""The part of pyodide.ffi that pyselfie uses."""

from collections.abc import Callable
from typing import Any

class JsException(Exception):  # noqa: N818
    name: str
    message: str

class JsProxy:
    def destroy(self) -> None: ...

def create_proxy(obj: Any) -> Any: ...
def to_js(obj: Any, *, dict_converter: Callable[[Any], Any] | None = None) -> Any: ...
