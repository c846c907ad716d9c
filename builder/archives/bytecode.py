"""Python sources to bytecode, by the very Python that will run it: Pyodide's own, in Node.

Compiling takes most of Pyodide's start: with its standard library as bytecode it starts in a third of the time, and
``import numpy`` takes half.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from builder.archives import zips
from builder.errors import BuildError
from builder.paths import CACHE, NODE_MODULES
from builder.stamps import fingerprint

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = Path(__file__).parent
DRIVER = _HERE / "run_in_pyodide.mjs"
_COMPILER = _HERE / "compile_in_pyodide.py"
_PYODIDE = NODE_MODULES / "pyodide"

SITE_PACKAGES = "/lib/python3.12/site-packages"
"""Where Pyodide has its packages; in the browser it says so itself."""


def recipe() -> str:
    """Hash what decides about the bytecode, besides the sources."""
    return fingerprint(Path(__file__), DRIVER, _COMPILER, _PYODIDE / "package.json")


def compile_sources(
    members: Mapping[str, bytes], location: str, *, optimize: int = 0, documented: tuple[str, ...] = ()
) -> dict[str, bytes]:
    """Replace each ``name.py`` by ``name.pyc``, which Python imports without its source.

    Parameters
    ----------
    members
        The files of an archive, name to content.
    location
        Where the archive's files will be at run time: the folder that tracebacks name.
    optimize
        As for `compile`: 0 keeps all, 2 drops assertions and docstrings.
    documented
        Folders whose docstrings stay all the same.

    Raises
    ------
    BuildError
        If Node or Pyodide fails, or a source does not compile.
    """
    sources = {name: data for name, data in members.items() if name.endswith(".py")}
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="bytecode-") as folder:
        (Path(folder) / "sources.zip").write_bytes(zips.pack(sources))
        settings = {"location": location, "optimize": optimize, "documented": documented}
        (Path(folder) / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        command = ["node", str(DRIVER), str(_PYODIDE), str(_COMPILER), folder]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise BuildError(f"Pyodide could not compile the sources for {location}:\n{result.stderr[-2000:]}")
        compiled = zips.unpack((Path(folder) / "compiled.zip").read_bytes())
    return {name: data for name, data in members.items() if name not in sources} | compiled
