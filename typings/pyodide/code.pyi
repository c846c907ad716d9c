"""The part of pyodide.code that pyselfie uses."""

from typing import Any

def run_js(code: str) -> Any: ...
