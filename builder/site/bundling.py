"""What the site has of npm packages in one script, by esbuild, and the licences of all that went into it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from builder.errors import BuildError
from builder.paths import NODE_MODULES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

_ESBUILD = NODE_MODULES / "esbuild" / "bin" / "esbuild"
_SETTINGS = ("--bundle", "--minify", "--target=es2022", "--legal-comments=none", "--charset=utf8", "--log-level=error")


class Bundle(NamedTuple):
    """The script, and the licences of all that went into it."""

    script: Path
    licences: Path


def write_script(entry: Path, script: Path, *settings: str) -> set[Path]:
    """Write the script; return the folders of the packages that are in it.

    Raises
    ------
    BuildError
        If esbuild fails.
    """
    inputs = script.with_name(f"{script.stem}-inputs.json")
    outputs = (f"--outfile={script}", f"--metafile={inputs}")
    command = ["node", str(_ESBUILD), str(entry), *_SETTINGS, *settings, *outputs]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise BuildError(f"esbuild could not bundle {entry.name}:\n{result.stderr[-2000:]}")
    found = [path.split("/") for path in json.loads(inputs.read_text(encoding="utf-8"))["inputs"]]
    packages = (parts[1:] for parts in found if parts[0] == NODE_MODULES.name)
    return {NODE_MODULES.joinpath(*parts[: 2 if parts[0].startswith("@") else 1]) for parts in packages}


def licence_texts(packages: set[Path], what: str) -> str:
    """Return the packages' licence texts, one after the other.

    Raises
    ------
    BuildError
        If one has none; `what` says where it is.
    """
    texts = []
    for folder in sorted(packages):
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        licence = folder / "LICENSE"
        if not licence.exists():
            raise BuildError(f"{about['name']} is in {what}, but has no LICENSE: find out its terms.")
        texts.append(f"{about['name']} {about['version']}\n\n{licence.read_text(encoding='utf-8').strip()}\n")
    return f"\n{'-' * 80}\n\n".join(texts)
