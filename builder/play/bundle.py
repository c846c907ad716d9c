"""CodeMirror, the playground's editor: the parts that web/js/play/codemirror.js names, in one script, by esbuild."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

from builder.errors import BuildError
from builder.paths import CACHE, NODE_MODULES, ROOT, WEB
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically

ENTRY = WEB / "js" / "play" / "codemirror.js"
_FOLDER = CACHE / "play"
_ESBUILD = NODE_MODULES / "esbuild" / "bin" / "esbuild"


class Bundle(NamedTuple):
    """The script, and the licences of all that went into it."""

    script: Path
    licences: Path


def ensure_bundle() -> Bundle:
    """Bundle the editor, unless that has been done for these packages, and return where it is.

    Raises
    ------
    BuildError
        If esbuild fails, or a package has no licence.
    """
    bundle, stamp = Bundle(_FOLDER / "codemirror.js", _FOLDER / "codemirror.txt"), _FOLDER / ".stamp"
    wanted = fingerprint(ENTRY, ROOT / "package-lock.json", Path(__file__))
    if is_fresh(stamp, wanted) and all(path.exists() for path in bundle):
        return bundle
    with step("Bundling the editor"):
        write_atomically(bundle.licences, _licences(_bundle(bundle.script)))
        write_atomically(stamp, wanted)
    return bundle


def _bundle(script: Path) -> set[Path]:
    """Write the script; return the folders of the packages that are in it."""
    inputs = script.with_name("inputs.json")
    settings = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none", "--charset=utf8"]
    command = [
        "node",
        str(_ESBUILD),
        str(ENTRY),
        *settings,
        f"--outfile={script}",
        f"--metafile={inputs}",
        "--log-level=error",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise BuildError(f"esbuild could not bundle {ENTRY.name}:\n{result.stderr[-2000:]}")
    found = (Path(name).parts for name in json.loads(inputs.read_text(encoding="utf-8"))["inputs"])
    packages = (parts[1:] for parts in found if parts[0] == NODE_MODULES.name)
    return {NODE_MODULES.joinpath(*parts[: 2 if parts[0].startswith("@") else 1]) for parts in packages}


def _licences(packages: set[Path]) -> str:
    """Return the packages' licence texts, one after the other."""
    texts = []
    for folder in sorted(packages):
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        licence = folder / "LICENSE"
        if not licence.exists():
            raise BuildError(f"{about['name']} is in the editor's bundle, but has no LICENSE: find out its terms.")
        texts.append(f"{about['name']} {about['version']}\n\n{licence.read_text(encoding='utf-8').strip()}\n")
    return f"\n{'-' * 80}\n\n".join(texts)
