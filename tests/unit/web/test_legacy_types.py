"""The declarations of the legacy API against the original's, and against the code."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from builder.paths import NODE_MODULES, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_programs_for_the_original_compile_against_ours(dist: Path) -> None:
    """Ours stands in for the original's class, takes its types, and the code is what the declarations say."""
    assert (dist / "selfie_segmentation.d.ts").is_file()
    compiler = shutil.which("tsc", path=str(NODE_MODULES / ".bin"))
    assert compiler is not None
    command = [compiler, "--project", str(ROOT / "tests" / "types")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
