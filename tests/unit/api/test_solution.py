"""The Solution API on the desktop: what it accepts, what it refuses, and what a bare import loads."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import pyselfie
from pyselfie import SelfieSegmentation, arrays
from pyselfie.arrays import sampling_cv2
from pyselfie.core import sampling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LIST_MODULES = "import sys, json, {}; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"


@pytest.fixture(scope="module")
def segmenter() -> Iterator[SelfieSegmentation]:
    with SelfieSegmentation(model_selection=1) as made:
        yield made


def modules_after_importing(name: str) -> set[str]:
    output = subprocess.run([sys.executable, "-c", LIST_MODULES.format(name)], capture_output=True, check=True).stdout
    return set(json.loads(output))


def test_bare_import_loads_numpy_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """`import pyselfie` loads nothing that is not in the standard library, NumPy apart."""
    monkeypatch.setenv("PYTHONPATH", "pysrc")
    loaded = modules_after_importing("pyselfie")
    assert loaded - modules_after_importing("numpy") - set(sys.stdlib_module_names) == {"pyselfie"}


def test_every_public_name_can_be_used() -> None:
    """Each name in `__all__` resolves, and an unknown one is an AttributeError."""
    assert all(getattr(pyselfie, name) is not None for name in pyselfie.__all__)
    assert set(pyselfie.__all__) <= set(dir(pyselfie))
    with pytest.raises(AttributeError, match="module 'pyselfie' has no attribute 'nothing'"):
        _ = pyselfie.nothing


def test_mask_finds_the_astronaut(segmenter: SelfieSegmentation, astronaut: NDArray[np.uint8]) -> None:
    """The mask has the picture's size; it is high on her face and low in the corner beside her."""
    result = segmenter.process(astronaut)
    assert result._fields == ("segmentation_mask",)
    assert (result.segmentation_mask.shape, result.segmentation_mask.dtype) == (astronaut.shape[:2], np.float32)
    assert result.segmentation_mask[60:130, 200:260].min() > 0.9
    assert result.segmentation_mask[0:150, 340:].max() < 0.1


def views(rgb: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    frozen = rgb.copy()
    frozen.flags.writeable = False
    padded = np.zeros((rgb.shape[0], rgb.shape[1] + 5, 4), np.uint8)
    padded[:, :-5, :3] = rgb
    return {
        "read-only": frozen,
        "Fortran": np.asfortranarray(rgb),
        "strided": padded[:, :-5, :3],
        "reversed": np.ascontiguousarray(rgb[..., ::-1])[..., ::-1],
    }


@pytest.mark.parametrize("kind", ["read-only", "Fortran", "strided", "reversed"])
def test_views_of_any_layout_are_accepted(
    segmenter: SelfieSegmentation, astronaut: NDArray[np.uint8], kind: str
) -> None:
    """Read-only arrays and non-contiguous views give the same mask as the plain array."""
    expected = segmenter.process(astronaut).segmentation_mask
    np.testing.assert_array_equal(segmenter.process(views(astronaut)[kind]).segmentation_mask, expected)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (4, 4, 1), (1, 4, 4, 3), (12,)])
def test_wrong_shape_is_refused_in_the_words_of_mediapipe(
    segmenter: SelfieSegmentation, shape: tuple[int, ...]
) -> None:
    """Anything but three channels is MediaPipe's ValueError, with the shape that came."""
    with pytest.raises(
        ValueError, match=r"^Input image must contain three channel rgb data\. Got an array of shape "
    ) as caught:
        segmenter.process(np.zeros(shape, np.uint8))
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint16, np.int32])
def test_wrong_dtype_is_refused(segmenter: SelfieSegmentation, dtype: type) -> None:
    """Other numbers than bytes are a TypeError, as with MediaPipe, not silently cut down."""
    with pytest.raises(
        TypeError, match=f"Cannot cast array data from dtype\\('{np.dtype(dtype)}'\\) to dtype\\('uint8'\\)"
    ):
        segmenter.process(np.zeros((4, 4, 3), dtype))


@pytest.mark.parametrize("wrong", [None, [[[1, 2, 3]]], "photo.jpg", 3])
def test_what_is_no_array_is_refused(segmenter: SelfieSegmentation, wrong: Any) -> None:
    """A list, a path or nothing is a TypeError that names its type."""
    with pytest.raises(TypeError, match=f"must be a NumPy array .*, got {type(wrong).__name__}"):
        segmenter.process(wrong)


@pytest.mark.parametrize("shape", [(0, 4, 3), (4, 0, 3)])
def test_empty_picture_is_refused(segmenter: SelfieSegmentation, shape: tuple[int, ...]) -> None:
    """A picture without pixels is a ValueError with its shape."""
    with pytest.raises(ValueError, match="the image is empty"):
        segmenter.process(np.zeros(shape, np.uint8))


def test_closed_segmenter_refuses(astronaut: NDArray[np.uint8]) -> None:
    """After the `with` block, and after any number of closes, processing is a ValueError as in MediaPipe."""
    with SelfieSegmentation() as segmenter:
        pass
    segmenter.close()
    with pytest.raises(ValueError, match="this SelfieSegmentation is closed"):
        segmenter.process(astronaut)


def test_unknown_model_is_refused() -> None:
    """A model that does not exist is a ValueError with the choices."""
    with pytest.raises(ValueError, match=r"model_selection is 2, expected 0 \(general\) or 1 \(landscape\)"):
        SelfieSegmentation(model_selection=2)


def test_reset_changes_nothing(astronaut: NDArray[np.uint8]) -> None:
    """As with MediaPipe: the next mask is the same, and on a closed segmenter it is not an error."""
    with SelfieSegmentation() as segmenter:
        before = segmenter.process(astronaut).segmentation_mask
        segmenter.reset()
        np.testing.assert_array_equal(segmenter.process(astronaut).segmentation_mask, before)
    segmenter.reset()


@pytest.mark.parametrize("one", [True, np.int64(1)])
def test_model_may_be_any_whole_number(one: Any, segmenter: SelfieSegmentation, astronaut: NDArray[np.uint8]) -> None:
    """MediaPipe takes a bool and NumPy's integers; a pickle of such a segmenter is one of the same model."""
    with pickle.loads(pickle.dumps(SelfieSegmentation(one))) as made:
        mask = made.process(astronaut).segmentation_mask
    np.testing.assert_array_equal(mask, segmenter.process(astronaut).segmentation_mask)


def test_threads_may_share_a_segmenter(segmenter: SelfieSegmentation, astronaut: NDArray[np.uint8]) -> None:
    """Pictures processed at the same time get their own masks, which later calls leave alone."""
    pictures = [astronaut, np.ascontiguousarray(astronaut[::-1]), np.ascontiguousarray(astronaut[:, ::-1])]
    expected = [segmenter.process(picture).segmentation_mask for picture in pictures]
    with ThreadPoolExecutor(3) as pool:
        actual = list(pool.map(lambda picture: segmenter.process(picture).segmentation_mask, pictures * 10))
    for index, mask in enumerate(actual):
        np.testing.assert_array_equal(mask, expected[index % 3])


def test_mask_of_the_model_size_belongs_to_the_caller(segmenter: SelfieSegmentation) -> None:
    """A picture of the model's size needs no resize; its mask is still the caller's to keep and change."""
    picture = np.zeros((144, 256, 3), np.uint8)
    first = segmenter.process(picture).segmentation_mask
    kept = first.copy()
    segmenter.process(np.full_like(picture, 200))
    np.testing.assert_array_equal(first, kept)
    first[:] = 0


@pytest.mark.parametrize(
    ("picture", "advice"),
    [
        (np.zeros((4, 4, 4), np.uint8), r"leave alpha out with image\[\.\.\., :3\], and mind that OpenCV reads BGR"),
        (np.zeros((4, 4), np.uint8), r"becomes RGB by np\.dstack"),
        (np.full((4, 4, 3), np.nan, np.float32), r"\(image \* 255\)\.round\(\)\.astype\(np\.uint8\) makes bytes"),
    ],
    ids=["alpha", "grey", "float"],
)
def test_refusal_says_what_would_help(segmenter: SelfieSegmentation, picture: NDArray[Any], advice: str) -> None:
    """The usual wrong kinds of picture come with the line of code that makes them right."""
    with pytest.raises((TypeError, ValueError), match=advice):
        segmenter.process(picture)


def test_awaited_mask_is_the_same(segmenter: SelfieSegmentation, astronaut: NDArray[np.uint8]) -> None:
    """`process_async` gives what `process` gives; several may be under way; `use_site` is a no-op on the desktop."""

    async def both() -> list[NDArray[np.float32]]:
        await pyselfie.use_site("nowhere")
        outputs = await asyncio.gather(*(segmenter.process_async(picture) for picture in (astronaut, astronaut[::-1])))
        return [output.segmentation_mask for output in outputs]

    upright, flipped = asyncio.run(both())
    np.testing.assert_array_equal(upright, segmenter.process(astronaut).segmentation_mask)
    np.testing.assert_array_equal(flipped, segmenter.process(astronaut[::-1]).segmentation_mask)


def test_pickled_segmenter_is_made_anew(segmenter: SelfieSegmentation, astronaut: NDArray[np.uint8]) -> None:
    """A pickle is tiny and brings the same model back; a closed one stays closed."""
    data = pickle.dumps(segmenter)
    assert len(data) < 200
    with pickle.loads(data) as copy:
        np.testing.assert_array_equal(
            copy.process(astronaut).segmentation_mask, segmenter.process(astronaut).segmentation_mask
        )
    with pytest.raises(ValueError, match="closed"):
        pickle.loads(pickle.dumps(copy)).process(astronaut)


class Named(SelfieSegmentation):
    """A subclass whose `__init__` takes something else."""

    def __init__(self, name: str) -> None:
        super().__init__(1)
        self.name = name


def test_pickled_subclass_keeps_its_class() -> None:
    """It comes back as what it was, with what it added."""
    copy = pickle.loads(pickle.dumps(Named("mine")))
    assert (type(copy), copy.name) == (Named, "mine")


FORKING = """
import os, sys, threading, numpy as np
from pyselfie import SelfieSegmentation, arrays
segmenter = SelfieSegmentation(model_selection=1)
picture = np.arange(90 * 160 * 3, dtype=np.uint8).reshape(90, 160, 3)
expected = segmenter.process(picture).segmentation_mask
segmenter._model._lock.acquire()  # as if another thread were at work in this moment
child = os.fork()
if child == 0:
    same = np.array_equal(segmenter.process(picture).segmentation_mask, expected)
    os._exit(0 if same else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_forked_child_starts_over() -> None:
    """A child forked while the segmenter was busy gets its own lock and model and the same mask."""
    environment = {**os.environ, "PYTHONPATH": "pysrc"}
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKING], env=environment, check=True, timeout=60)


def test_works_without_opencv(astronaut: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenCV the NumPy sampling takes over and gives the same mask."""
    monkeypatch.setitem(sys.modules, "pyselfie.arrays.sampling_cv2", None)
    monkeypatch.delattr(arrays, "sampling_cv2", raising=False)
    with SelfieSegmentation() as plain:
        assert plain._sampling is sampling
        actual = plain.process(astronaut).segmentation_mask
    monkeypatch.undo()
    with SelfieSegmentation() as fast:
        assert fast._sampling is sampling_cv2
        np.testing.assert_allclose(actual, fast.process(astronaut).segmentation_mask, atol=1e-6)


def test_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    """ONNX Runtime keeps no device id and no events: its telemetry is off before it is imported."""
    code = "import pyselfie, numpy; pyselfie.SelfieSegmentation().process(numpy.zeros((8, 8, 3), numpy.uint8))"
    environment = {
        **os.environ,
        "PYTHONPATH": "pysrc",
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
