"""Runs in Pyodide, with the site's archives in /work; prints what works as JSON. See test_site.py."""

import json
import shutil
import sys
from pathlib import Path

SITE_PACKAGES = "/lib/python3.12/site-packages"

for archive in Path("/work").glob("*.zip"):
    shutil.unpack_archive(archive, SITE_PACKAGES, "zip")
[library] = (path for path in Path(SITE_PACKAGES).rglob("*.so") if path.stat().st_size == 0)
[code] = Path("/work").glob("*.wasm")  # the page links it under that name
shutil.copyfile(code, library)

import numpy as np  # noqa: E402 - unpacked above

import pyselfie  # noqa: E402

values = np.arange(12, dtype=np.float32).reshape(3, 4)
files = [str(getattr(module, "__file__", "")) for module in list(sys.modules.values())]
results = {
    "version": np.__version__,
    "inverse": np.linalg.inv(np.diag([2.0, 4.0])).tolist(),
    "fft": np.abs(np.fft.fft([1.0, 0, 0, 0])).tolist(),
    "random": np.random.default_rng(1).integers(0, 10, 3).shape,
    "masked": float(np.ma.masked_less(values, 6).mean()),
    "sources": [file for file in files if file.startswith(f"{SITE_PACKAGES}/numpy") and file.endswith(".py")],
    "help": bool(np.zeros.__doc__) and bool(np.median.__doc__),
    "package": pyselfie.__name__,
}
print(json.dumps(results))
