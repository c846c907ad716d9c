"""licenses/: the terms of everything that dist/ ships, and a list that says which is whose."""

from __future__ import annotations

import json
from pathlib import Path

from builder.paths import MODELS, NODE_MODULES, ROOT
from builder.site.samples import SHA256 as ASTRONAUT_SHA256

_TEXTS = Path(__file__).parent / "licence_texts"

_LIST = """What this site ships, and under which terms (the files are beside this one)

pyselfie {pyselfie}: Apache-2.0 (Apache-2.0.txt, NOTICE.txt)
The segmentation models (models/*.onnx, packages/pyselfie_multiclass-*): The MediaPipe Authors, Apache-2.0
    (models-NOTICE.txt, Apache-2.0.txt)
Pyodide {pyodide} (vendor/pyodide/): Pyodide contributors and Mozilla, MPL-2.0 (MPL-2.0.txt);
    source: https://github.com/pyodide/pyodide/tree/{pyodide}
CPython 3.12, inside Pyodide: Python Software Foundation, PSF-2.0 (CPython.txt)
NumPy {numpy} for WebAssembly (python/numpy*): NumPy Developers, BSD-3-Clause (in numpy-*.zip's .dist-info)
ONNX Runtime Web {onnxruntime} (vendor/onnxruntime/): Microsoft Corporation, MIT (onnxruntime.txt),
    with third-party parts (onnxruntime-ThirdPartyNotices.txt)
CodeMirror {codemirror}, the editor for effects (js/editor/codemirror.js): Marijn Haverbeke and others, MIT, with all of
    its parts (codemirror.txt)
Workbox {workbox}, inside service-worker.js: Google LLC, MIT (workbox.txt)
samples/astronaut.jpg, and a small one in python/: Eileen Collins, photographed by NASA, public domain; from
    scikit-image's sample pictures (PNG with SHA-256 {astronaut}), saved as JPEG
fixtures/pictures/*: one by NASA, public domain; five (c) Intel Corporation, CC BY 4.0, changed as
    fixtures/ATTRIBUTION.txt says; fixtures/masks/*: this project's own, CC0
backdrops/*: pictures of this project's own, Apache-2.0
"""


def licence_files(editor: Path, keeper: Path) -> dict[str, Path | bytes]:
    """Map each path of licenses/ in dist/ to its source; `editor` and `keeper` have the terms of two bundles."""
    return {
        "licenses/README.txt": _list().encode(),
        "licenses/Apache-2.0.txt": ROOT / "LICENSE",
        "licenses/NOTICE.txt": ROOT / "NOTICE",
        "licenses/models-NOTICE.txt": MODELS / "NOTICE",
        "licenses/MPL-2.0.txt": _TEXTS / "MPL-2.0.txt",
        "licenses/CPython.txt": _TEXTS / "CPython.txt",
        "licenses/codemirror.txt": editor,
        "licenses/workbox.txt": keeper,
        "licenses/onnxruntime.txt": _TEXTS / "onnxruntime.txt",
        "licenses/onnxruntime-ThirdPartyNotices.txt": _TEXTS / "onnxruntime-ThirdPartyNotices.txt",
    }


def _list() -> str:
    return _LIST.format(
        pyselfie=_npm_version(ROOT),
        pyodide=_npm_version(NODE_MODULES / "pyodide"),
        numpy=_npm_version(NODE_MODULES / "@emscripten-forge" / "numpy"),
        onnxruntime=_npm_version(NODE_MODULES / "onnxruntime-web"),
        codemirror=_npm_version(NODE_MODULES / "@codemirror" / "view"),
        workbox=_npm_version(NODE_MODULES / "workbox-precaching"),
        astronaut=ASTRONAUT_SHA256,
    )


def _npm_version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
