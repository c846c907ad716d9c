"""CodeMirror, the editor: the parts that web/js/editor/codemirror.js names, in one script."""

from __future__ import annotations

from pathlib import Path

from builder.paths import CACHE, ROOT, WEB
from builder.report import step
from builder.site import bundling
from builder.site.bundling import Bundle, licence_texts, write_script
from builder.stamps import fingerprint, is_fresh, write_atomically

ENTRY = WEB / "js" / "editor" / "codemirror.js"
_FOLDER = CACHE / "play"


def ensure_bundle() -> Bundle:
    """Bundle the editor, unless that has been done for these packages, and return where it is.

    Raises
    ------
    BuildError
        If esbuild fails, or a package has no licence.
    """
    bundle, stamp = Bundle(_FOLDER / "codemirror.js", _FOLDER / "codemirror.txt"), _FOLDER / ".stamp"
    wanted = fingerprint(ENTRY, ROOT / "package-lock.json", Path(__file__), Path(bundling.__file__))
    if is_fresh(stamp, wanted) and all(path.exists() for path in bundle):
        return bundle
    with step("Bundling the editor"):
        packages = write_script(ENTRY, bundle.script, "--format=esm")
        write_atomically(bundle.licences, licence_texts(packages, "the editor's bundle"))
        write_atomically(stamp, wanted)
    return bundle
