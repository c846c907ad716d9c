"""The parts of others that the site ships: Pyodide's core and the three variants of ONNX Runtime Web."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from builder.paths import NODE_MODULES

if TYPE_CHECKING:
    from pathlib import Path

PYODIDE = NODE_MODULES / "pyodide"
ONNXRUNTIME = NODE_MODULES / "onnxruntime-web"

_PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
_ORT_LOADERS = ("ort.wasm.min.mjs", "ort.jspi.min.mjs", "ort.webgpu.min.mjs")
_ORT_ENGINES = ("ort-wasm-simd-threaded", "ort-wasm-simd-threaded.jspi", "ort-wasm-simd-threaded.asyncify")


def vendor_files() -> dict[str, Path | bytes]:
    """Map each path below dist/vendor/ to its source."""
    files: dict[str, Path | bytes] = {f"pyodide/{name}": PYODIDE / name for name in _PYODIDE_FILES}
    files["pyodide/pyodide-lock.json"] = trimmed_lock((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))
    for loader in _ORT_LOADERS:
        files[f"onnxruntime/{loader}"] = ONNXRUNTIME / "dist" / loader
    for engine in _ORT_ENGINES:
        for suffix in (".mjs", ".wasm"):
            files[f"onnxruntime/{engine}{suffix}"] = ONNXRUNTIME / "dist" / f"{engine}{suffix}"
    return files


def trimmed_lock(text: str) -> bytes:
    """Return pyodide-lock.json with no packages: the site has none of them, and only ``info`` is checked."""
    return json.dumps({"info": json.loads(text)["info"], "packages": {}}).encode()
