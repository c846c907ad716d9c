"""Write what `names.py` collects to /work/names.json; runs in Pyodide, see ``completions.py``."""

import json
import shutil
import sys
from pathlib import Path

_WORK = Path("/work")

for archive in _WORK.glob("*.zip"):
    shutil.unpack_archive(archive, "/tmp/numpy", "zip")  # noqa: S108 - Pyodide's own
sys.path[:0] = ["/tmp/numpy", "/work", *map(str, _WORK.glob("*.whl"))]  # noqa: S108

from names import collected  # type: ignore[import-not-found]  # noqa: E402 - copied there

examples = "".join(path.read_text(encoding="utf-8") for path in sorted((_WORK / "effects").glob("*.py")))
text = json.dumps(collected(examples), ensure_ascii=False)
(_WORK / "names.json").write_text(text, encoding="utf-8")
