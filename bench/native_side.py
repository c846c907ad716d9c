"""One side of ``bench --native``, in a process and an environment of its own: it reads orders and answers in JSON.

Runs on the interpreter that has the library: ``python -P native_side.py LIBRARY MODEL FRAMES.npy`` (-P, as this folder
has a types.py). Orders are lines on standard input: ``run N`` answers with the milliseconds of N frames, ``mask PATH``
saves the first frame's mask, ``memory`` answers with the peak of resident memory in MB, ``version`` with the library's
version.
"""

import importlib
import importlib.metadata
import json
import resource
import sys
import time
from typing import Any

import numpy as np

KILOBYTES = 1024 if sys.platform != "darwin" else 1024 * 1024


def make_segmenter(library: str, model_selection: int) -> Any:
    """Return the library's `SelfieSegmentation`: the same class name, arguments and results."""
    if library == "mediapipe":
        mediapipe = importlib.import_module("mediapipe")
        return mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=model_selection)
    import pyselfie  # noqa: PLC0415 - only one of the two is there

    return pyselfie.SelfieSegmentation(model_selection=model_selection)


def main(library: str, model: str, file: str) -> None:
    """Answer orders until standard input ends."""
    segmenter = make_segmenter(library, int(model))
    frames = np.load(file)
    for line in sys.stdin:
        order, _, argument = line.strip().partition(" ")
        answer: Any = None
        if order == "run":
            answer = [timed(segmenter, frames[index % len(frames)]) for index in range(int(argument))]
        elif order == "mask":
            np.save(argument, segmenter.process(frames[0]).segmentation_mask)
        elif order == "memory":
            answer = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES, 1)
        elif order == "version":
            answer = importlib.metadata.version(library) if library == "mediapipe" else segmenter_version()
        print(json.dumps(answer), flush=True)


def segmenter_version() -> str:
    """Return pyselfie's version, from a checkout too."""
    import pyselfie  # noqa: PLC0415 - not there on the other side

    return pyselfie.__version__


def timed(segmenter: Any, frame: Any) -> float:
    """Return the milliseconds of one frame: preprocessing, inference and the mask's resizing."""
    begin = time.perf_counter()
    mask = segmenter.process(frame).segmentation_mask
    milliseconds = (time.perf_counter() - begin) * 1000
    if mask.shape != frame.shape[:2]:
        raise ValueError(f"the mask is {mask.shape}, expected {frame.shape[:2]}")
    return milliseconds


if __name__ == "__main__":
    main(*sys.argv[1:])
