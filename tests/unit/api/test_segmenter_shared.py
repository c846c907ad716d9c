"""`Segmenter` among others: closed, pickled, used by threads, tasks and forked processes."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]


def test_closed_segmenter_refuses(astronaut: Picture) -> None:
    """One sentence, also from a pickle of it; closing and resetting again is no error."""
    with Segmenter() as segmenter:
        pass
    segmenter.close()
    segmenter.reset()
    for closed in (segmenter, pickle.loads(pickle.dumps(segmenter))):
        with pytest.raises(ValueError, match="this Segmenter is closed; make a new one to go on"):
            closed.segment(astronaut)


class Named(Segmenter):
    """A subclass whose `__init__` takes something else."""

    def __init__(self, name: str) -> None:
        super().__init__("landscape", smoothing=0.5)
        self.name = name


def test_pickle_keeps_the_class() -> None:
    """A subclass comes back as what it was, with what it added."""
    copy = pickle.loads(pickle.dumps(Named("mine")))
    assert (type(copy), copy.name, copy.smoothing) == (Named, "mine", 0.5)


def test_pickle_keeps_every_choice(astronaut: Picture) -> None:
    """It is tiny, as the model is loaded anew."""
    data = pickle.dumps(Segmenter("landscape", "refined", 0.5))
    assert len(data) < 200
    with pickle.loads(data) as copy, Segmenter("landscape") as plain:
        assert copy.smoothing == 0.5
        np.testing.assert_array_equal(copy.segment(astronaut), plain.segment(astronaut))
    with pickle.loads(pickle.dumps(Segmenter("general", "raw"))) as copy, Segmenter("general", "raw") as plain:
        np.testing.assert_array_equal(copy.segment(astronaut), plain.segment(astronaut))


def test_threads_and_tasks_may_share_one(astronaut: Picture) -> None:
    """Pictures segmented at the same time get their own masks."""
    pictures = [astronaut, np.ascontiguousarray(astronaut[::-1]), np.ascontiguousarray(astronaut[:, ::-1])]

    async def together(segmenter: Segmenter) -> list[NDArray[np.float32]]:
        return list(await asyncio.gather(*(segmenter.segment_async(picture) for picture in pictures)))

    with Segmenter("landscape") as segmenter:
        expected = [segmenter.segment(picture) for picture in pictures]
        with ThreadPoolExecutor(3) as pool:
            masks = list(pool.map(segmenter.segment, pictures * 3))
        masks += asyncio.run(together(segmenter))
    for index, mask in enumerate(masks):
        np.testing.assert_array_equal(mask, expected[index % 3])


FORKING = """
import os, sys, numpy as np
from pyselfie import Segmenter
segmenter = Segmenter("landscape", smoothing=0.85)
picture = np.arange(90 * 160 * 3, dtype=np.uint8).reshape(90, 160, 3)
expected = segmenter.segment(picture)
segmenter._model._lock.acquire()  # as if another thread were at work in this moment
child = os.fork()
if child == 0:
    same = np.array_equal(segmenter.segment(picture), expected)
    os._exit(0 if same else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_forked_child_starts_over() -> None:
    """A child forked while the segmenter was busy gets its own lock and model and the same mask."""
    environment = {**os.environ, "PYTHONPATH": "pysrc"}
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], env=environment, check=True, timeout=60)
