"""The npm package: what makes of dist/ a folder that ``npm pack`` takes as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from builder.paths import ROOT, WEB

if TYPE_CHECKING:
    from pathlib import Path

_FILES = [
    "*.js",
    "*.d.ts",
    "NOTICE",
    "assets.json",
    "js",
    "licenses",
    "models",
    "python",
    "styles/trace.css",
    "vendor",
    *(f"!js/{page}/**" for page in ("demo", "lab", "page", "play", "widget")),
    "!service-worker.js",  # it keeps the pages as well
    "!**/*.br",
    "!**/*.gz",
]
"""What the package has; package.json, README.md and LICENSE are in every one. The pages and their scripts are not."""

_FRAMEWORKS = {"react": ">=19", "vue": ">=3.5"}
"""Who has a component and a hook of its own, and from which version on."""

_DECLARED = ("svelte",)
"""Who wants only declarations of the tag in its own way: ``import type {} from "pyselfie/svelte"``."""

_CALL_SDKS = ("jitsi", "livekit", "twilio")
"""Whose tracks have an adapter of their own."""

_TYPES = (*_DECLARED, "pyselfie_editor", "pyselfie_options", "pyselfie_trace")
"""Declarations that no script of their name is there for."""

_LEGACY = {"types": "./selfie_segmentation.d.ts", "default": "./js/mediapipe/index.js"}
_EXPORTS = {
    ".": {"types": "./pyselfie.d.ts", "default": "./pyselfie.js"},
    **{f"./{name}": {"types": f"./{name}.d.ts", "default": f"./{name}.js"} for name in (*_CALL_SDKS, *_FRAMEWORKS)},
    "./selfie_segmentation": _LEGACY,
    **{f"./{name}": {"types": f"./{name}.d.ts"} for name in _DECLARED},
    "./package.json": "./package.json",
    "./*": "./*",  # a page's own server, and build scripts, may want any of the files
}


def package_files(version: str) -> dict[str, Path | bytes]:
    """Return what dist/ needs besides the site: path below dist/ to its source."""
    files: dict[str, Path | bytes] = {name: ROOT / name for name in ("README.md", "LICENSE", "NOTICE")}
    files |= {f"{name}.d.ts": WEB / "types" / f"{name}.d.ts" for name in _TYPES}
    return files | {"package.json": _package_json(version)}


def _package_json(version: str) -> bytes:
    source = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    package = {
        "name": source["name"],
        "version": version,
        "description": source["description"],
        "keywords": ["mediapipe", "segmentation", "selfie", "background", "blur", "webcam"],
        "license": source["license"],
        "repository": source["repository"],  # npm compares it with the workflow that publishes
        "type": "module",
        "exports": _EXPORTS,
        "types": "./pyselfie.d.ts",
        "peerDependencies": _FRAMEWORKS,
        "peerDependenciesMeta": {name: {"optional": True} for name in _FRAMEWORKS},
        "sideEffects": ["./pyselfie.js", "./selfie_segmentation.js"],
        "files": _FILES,
    }
    return json.dumps(package, indent=2).encode() + b"\n"
