"""Modules of the page in Node."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from builder.paths import ROOT, WEB

if TYPE_CHECKING:
    from pathlib import Path


def run_node(script: str, given: Any = None, folder: Path = ROOT) -> Any:
    """Run a module in Node with `web`, `all` (what is given) and `say`, and return what it says."""
    start = (
        f"const web = {WEB.as_uri()!r}, all = {json.dumps(given)};\n"
        "const say = (value) => process.stdout.write(JSON.stringify(value));\n"
    )
    command = ["node", "--input-type=module", "-e", start + script]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)
