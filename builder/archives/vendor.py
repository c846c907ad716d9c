"""The parts of others that the site ships: Pyodide's core and the three variants of ONNX Runtime Web."""

from __future__ import annotations

import json
from pathlib import Path

from builder.archives import late_modules, zips
from builder.archives.bytecode import compile_sources, recipe
from builder.archives.late_modules import LATE_PYTHON, Parts
from builder.paths import CACHE, NODE_MODULES
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically

PYODIDE = NODE_MODULES / "pyodide"
ONNXRUNTIME = NODE_MODULES / "onnxruntime-web"

STDLIB = Parts(CACHE / "pyodide" / "python_stdlib.zip", CACHE / "pyodide" / "python_stdlib_late.zip")
_PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm")
_ORT_LOADERS = ("ort.wasm.min.mjs", "ort.jspi.min.mjs", "ort.webgpu.min.mjs")
_ORT_ENGINES = ("ort-wasm-simd-threaded", "ort-wasm-simd-threaded.jspi", "ort-wasm-simd-threaded.asyncify")


def vendor_files() -> dict[str, Path | bytes]:
    """Map each path below dist/vendor/ to its source."""
    files: dict[str, Path | bytes] = {f"pyodide/{name}": PYODIDE / name for name in _PYODIDE_FILES}
    files |= {f"pyodide/{archive.name}": archive for archive in ensure_stdlib()}
    files["pyodide/pyodide-lock.json"] = trimmed_lock((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8"))
    for loader in _ORT_LOADERS:
        files[f"onnxruntime/{loader}"] = ONNXRUNTIME / "dist" / loader
    for engine in _ORT_ENGINES:
        for suffix in (".mjs", ".wasm"):
            files[f"onnxruntime/{engine}{suffix}"] = ONNXRUNTIME / "dist" / f"{engine}{suffix}"
    return files


def runtime_version() -> str:
    """Return ONNX Runtime Web's version."""
    return str(json.loads((ONNXRUNTIME / "package.json").read_text(encoding="utf-8"))["version"])


def trimmed_lock(text: str) -> bytes:
    """Return pyodide-lock.json with no packages: the site has none of them, and only ``info`` is checked."""
    return json.dumps({"info": json.loads(text)["info"], "packages": {}}).encode()


def ensure_stdlib() -> Parts:
    """Return Python's standard library as bytecode, made from Pyodide's python_stdlib.zip unless that has been done.

    Docstrings are left out, but for Pyodide's own packages, which copy theirs to functions written in C.
    """
    source, stamp = PYODIDE / "python_stdlib.zip", STDLIB.first.with_name(".stamp")
    wanted = fingerprint(source, Path(__file__), Path(late_modules.__file__), Path(zips.__file__), recipe())
    if is_fresh(stamp, wanted) and STDLIB.exist():
        return STDLIB
    with step("Compiling Python's standard library"):
        members = zips.unpack(source.read_bytes())
        documented = ("pyodide/", "_pyodide/")
        compiled = compile_sources(members, "/lib/python312.zip", optimize=2, documented=documented)
        late_modules.write_parts(compiled, STDLIB, LATE_PYTHON)
        write_atomically(stamp, wanted)
    return STDLIB
