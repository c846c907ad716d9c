"""What the playground's editor completes, collected from the site's own NumPy and from pyselfie, in Pyodide."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from builder.archives.bytecode import DRIVER
from builder.errors import BuildError
from builder.paths import CACHE, NODE_MODULES, PYSRC
from builder.play.examples import EFFECTS
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically

if TYPE_CHECKING:
    from builder.archives.late_modules import Parts

_HERE = Path(__file__).parent
_PROGRAM, _NAMES = _HERE / "names_in_pyodide.py", _HERE / "names.py"
_RESULT = CACHE / "play" / "completions.json"


def ensure_completions(numpy: Parts, wheel: Path) -> Path:
    """Collect them, unless that has been done for this NumPy and these effects, and return the JSON file.

    Raises
    ------
    BuildError
        If Node or Pyodide fails.
    """
    stamp = _RESULT.with_name(".stamp-completions")
    wanted = fingerprint(Path(__file__), _PROGRAM, _NAMES, DRIVER, *numpy, PYSRC / "pyselfie" / "custom", EFFECTS)
    if is_fresh(stamp, wanted) and _RESULT.exists():
        return _RESULT
    with step("Collecting what the editor completes"), tempfile.TemporaryDirectory(dir=CACHE, prefix="names-") as name:
        folder = Path(name)
        for path in (*numpy, wheel, _NAMES):
            shutil.copy(path, folder)
        shutil.copytree(EFFECTS, folder / "effects")
        command = ["node", *map(str, (DRIVER, NODE_MODULES / "pyodide", _PROGRAM, folder))]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise BuildError(f"Pyodide could not collect NumPy's names:\n{result.stderr[-2000:]}")
        write_atomically(_RESULT, (folder / "names.json").read_bytes())
        write_atomically(stamp, wanted)
    return _RESULT
