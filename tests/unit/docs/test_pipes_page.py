"""docs/pipes.md: its command lines run as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from builder.paths import ROOT
from tests.unit.film import pictures, scenes, sound_packets, write_film

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

BLOCK = re.compile(r"(<!-- not run: [^\n]+ -->\n)?```sh\n(.*?)```", re.DOTALL)


@pytest.mark.skipif(shutil.which("bash") is None or shutil.which("ffmpeg") is None, reason="needs bash and ffmpeg")
def test_command_lines_of_the_page_run(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Standard streams and FFmpeg on both sides give pictures and films; the film keeps its sound."""
    Image.fromarray(astronaut).resize((96, 64)).save(tmp_path / "photo.jpg")
    write_film(tmp_path / "talk.mp4", scenes(astronaut, (160, 96), 6))
    found = BLOCK.findall((ROOT / "docs" / "pipes.md").read_text(encoding="utf-8"))
    script = "".join(text for mark, text in found if not mark)
    assert sum(bool(mark) for mark, _ in found) == 2
    command = f'set -eo pipefail\npyselfie() {{ {shlex.quote(sys.executable)} -m pyselfie "$@"; }}\n{script}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "pysrc")}
    words = ["bash", "-c", command]
    run = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    for name, mode in (("mask.png", "L"), ("cut.png", "RGBA")):
        with Image.open(tmp_path / name) as picture:
            assert picture.mode == mode
    assert len(pictures(tmp_path / "blurred.mkv")[1]) == 6
    assert len(pictures(tmp_path / "out.mp4")[1]) == 6
    assert sound_packets(tmp_path / "out.mp4") == sound_packets(tmp_path / "talk.mp4")
