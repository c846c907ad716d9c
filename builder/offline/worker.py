"""service-worker.js: web/offline/worker.js with Workbox in it, and the list of the files that it keeps."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

from builder.paths import CACHE, ROOT, SERVICE_WORKER, WEB
from builder.report import step
from builder.serving.policy import headers_for
from builder.site import bundling
from builder.site.bundling import Bundle, licence_texts, write_script
from builder.stamps import fingerprint, is_fresh, sha256_of, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCES = WEB / "offline"
_FOLDER = CACHE / "offline"
_LEFT_OUT_PREFIXES = ("packages/", "app/screenshot")
"""What `pip` installs; what is shown before the app is installed."""
_LEFT_OUT_NAMES = {
    "LICENSE",
    "NOTICE",
    "README.md",
    "package.json",
    "widget.json",  # who may read the widget's picture is asked anew each time
}
_FOR_COMPILERS = ".d.ts"
_REVISION_DIGITS = 16


def ensure_worker() -> Bundle:
    """Bundle the worker, still without its list, unless that has been done, and return where it is.

    Raises
    ------
    BuildError
        If esbuild fails, or a package has no licence.
    """
    bundle, stamp = Bundle(_FOLDER / SERVICE_WORKER, _FOLDER / "workbox.txt"), _FOLDER / ".stamp"
    wanted = fingerprint(_SOURCES, ROOT / "package-lock.json", Path(__file__), Path(bundling.__file__))
    if is_fresh(stamp, wanted) and all(path.exists() for path in bundle):
        return bundle
    with step("Bundling the service worker"):
        settings = ("--format=iife", '--define:process.env.NODE_ENV="production"')
        packages = write_script(_SOURCES / "worker.js", bundle.script, *settings)
        write_atomically(bundle.licences, licence_texts(packages, "the service worker"))
        write_atomically(stamp, wanted)
    return bundle


def worker_script(plan: Mapping[str, Path | bytes], script: Path) -> bytes:
    """Return the worker that keeps the files of `plan`."""
    entries = [_entry(name, plan[name]) for name in sorted(plan) if is_kept(name)]
    listed = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    return f"self.FILES=[\n{listed}\n];\n{script.read_text(encoding='utf-8')}".encode()


def is_kept(name: str) -> bool:
    """Tell whether a page may ask for this file of dist/ without a network."""
    left_out = name in _LEFT_OUT_NAMES or name.endswith(_FOR_COMPILERS) or name.startswith(_LEFT_OUT_PREFIXES)
    return not left_out and name != SERVICE_WORKER


def _entry(name: str, source: Path | bytes) -> dict[str, str]:
    """Return a file as Workbox wants it.

    An answer is kept with its headers, so another policy is another revision, too.
    """
    digest = sha256_of(source)
    policy = json.dumps(headers_for(name, isolation=True, changes={}), sort_keys=True)
    return {
        "url": name,
        "revision": fingerprint(digest, policy)[:_REVISION_DIGITS],
        "integrity": f"sha256-{base64.b64encode(bytes.fromhex(digest)).decode()}",
    }
