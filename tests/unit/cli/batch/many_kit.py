"""Many pictures, an effect that ends the process it runs in, and what the command makes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PIL import Image

from pyselfie.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

DIES = """
import os, signal
from pathlib import Path

def dies(frame, mask, time):
    marker = Path(__file__).with_name("died")
    if frame.shape[1] == {width} and ({always} or not marker.exists()):
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 255 - frame
"""

INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pyselfie.cli import main
sys.exit(main(sys.argv[1:]))
"""


def make_album(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Return a folder of six pictures, each as many pixels wide as its name says."""
    album = tmp_path / "album"
    album.mkdir()
    for width in range(40, 46):
        Image.fromarray(astronaut).resize((width, 32)).save(album / f"{width}.png")
    return album


def pictures_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix == ".png"}


def run_json(capsys: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)
