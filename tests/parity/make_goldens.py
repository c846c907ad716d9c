"""Make the golden masks with the real MediaPipe; run this only to add a picture, it changes no existing golden.

MediaPipe is no dependency of the tests. What the committed goldens were made with, on Linux x86-64:

    Python 3.11, mediapipe 0.10.21, numpy 1.26.4, opencv-contrib-python 4.11.0.86, pillow 13.0.0,
    scikit-image 0.26.0 (installed with --no-deps: only its sample pictures are used)

    python -m tests.parity.make_goldens        (in the root of the repository)
"""

from __future__ import annotations

import mediapipe

from tests.parity.goldens import FOLDER, golden_path, save_golden
from tests.parity.pictures import PICTURES, build, fingerprint


def main() -> None:
    """Write one golden per picture and model."""
    FOLDER.mkdir(exist_ok=True)
    solution = mediapipe.solutions.selfie_segmentation.SelfieSegmentation
    for name in PICTURES:
        picture = build(name)
        for model_selection in (0, 1):
            # A fresh graph for each picture: nothing is carried over from the one before.
            with solution(model_selection=model_selection) as segmenter:
                mask = segmenter.process(picture).segmentation_mask
            path = golden_path(name, model_selection)
            save_golden(path, mask, fingerprint(picture))
            print(f"{path.name}: {mask.shape}, mean {mask.mean():.4f}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
