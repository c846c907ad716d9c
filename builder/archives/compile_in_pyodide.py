"""Compile every source in /work/sources.zip into /work/compiled.zip; runs in Pyodide, see ``bytecode.py``.

The result is the same bytes every time: fixed dates, fixed hash seed, and validated by nothing at run time, because
there is no source beside it to compare with.
"""

import json
import zipfile
from importlib import util
from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined]
from pathlib import Path

_WORK = Path("/work")
_DATE = (1980, 1, 1, 0, 0, 0)

settings = json.loads((_WORK / "settings.json").read_text(encoding="utf-8"))
documented = tuple(settings["documented"])

with zipfile.ZipFile(_WORK / "sources.zip") as sources, zipfile.ZipFile(_WORK / "compiled.zip", "w") as compiled:
    for name in sources.namelist():
        source = sources.read(name)
        optimize = 0 if documented and name.startswith(documented) else settings["optimize"]
        code = compile(source, f"{settings['location']}/{name}", "exec", dont_inherit=True, optimize=optimize)
        bytecode = _code_to_hash_pyc(code, util.source_hash(source), checked=False)
        compiled.writestr(zipfile.ZipInfo(f"{name}c", _DATE), bytes(bytecode))
