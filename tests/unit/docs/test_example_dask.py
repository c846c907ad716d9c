"""The example for many machines, on a cluster of two worker processes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from builder.paths import ROOT
from pyselfie import Segmenter

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EXAMPLE = ROOT / "examples" / "dask_masks.py"


def test_dataset_is_mapped_over_a_cluster(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """Two workers make the masks that one segmenter makes; a bad photo is told and does not stop them."""
    photos, masks = tmp_path / "photos", tmp_path / "masks"
    photos.mkdir()
    for index in range(4):
        Image.fromarray(astronaut[:, index * 8 :]).save(photos / f"{index}.png")
    (photos / "broken.jpg").write_bytes(b"no picture")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(EXAMPLE), str(photos), "-o", str(masks), "--mask"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert run.returncode == 1, run.stderr
    assert f"pyselfie: {photos / 'broken.jpg'} is no picture that can be read\n" in run.stderr
    assert "pyselfie: 4 done, 1 failed in " in run.stderr
    with Segmenter() as segmenter:
        for index in range(4):
            expected = segmenter.segment(astronaut[:, index * 8 :])
            mask = np.asarray(Image.open(masks / f"{index}.png"))
            np.testing.assert_allclose(mask / 255, expected, atol=0.003)
