"""The effects of examples/effects: their stills, and the same pixels by the function, the command line and Dask."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from dask.distributed import Client
from PIL import Image, ImageSequence

from pyselfie import effects
from pyselfie.cli import main
from tests.unit.docs.effect_stills_kit import (
    CLASSES,
    EXAMPLES,
    FRAME_S,
    NAMES,
    STILLS,
    classes_of,
    film,
    masks_of,
    shown,
    shown_with_classes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pyselfie.core.classes import Classes

    Picture = NDArray[np.uint8]


class Seen:
    """A film with its masks, and what each effect makes of it."""

    def __init__(self, astronaut: Picture) -> None:
        self.frames = film(astronaut)
        self.masks = masks_of(self.frames)
        self._shown: dict[str, list[Picture]] = {}

    @cached_property
    def found(self) -> list[tuple[NDArray[np.float32], Classes]]:
        return classes_of(self.frames)

    def make(self, name: str) -> list[Picture]:
        if name in CLASSES:
            return shown_with_classes(name, self.frames, self.found)
        return shown(name, self.frames, self.masks)

    def by(self, name: str) -> list[Picture]:
        if name not in self._shown:
            self._shown[name] = self.make(name)
        return self._shown[name]


@pytest.fixture(scope="module")
def seen() -> Seen:
    """Return the film of the stills."""
    with Image.open(EXAMPLES.parent / "astronaut.jpg") as picture:
        return Seen(np.asarray(picture.convert("RGB")))


def difference(one: Picture, other: Picture) -> int:
    return int(np.abs(one.astype(int) - other).max())


@pytest.mark.parametrize("name", [*NAMES, *CLASSES])
def test_effect_looks_like_its_still(name: str, seen: Seen) -> None:
    """Its last picture of a film has the still's colours, which were looked at; the same twice."""
    picture = seen.by(name)[-1]
    with Image.open(STILLS / f"{name}.webp") as still:
        others = np.abs(picture.astype(int) - np.asarray(still.convert("RGB"))) > 2
    assert others.mean() < 1e-3  # where a letter or a level is as good as another, rounding decides
    np.testing.assert_array_equal(picture, seen.make(name)[-1])


@pytest.mark.parametrize("name", [*NAMES, *CLASSES])
def test_command_line_has_the_functions_pixels(name: str, seen: Seen, tmp_path: Path) -> None:
    """Of each picture of an animation, with the times and the state that a film has."""
    first, *rest = (Image.fromarray(frame) for frame in seen.frames)
    first.save(tmp_path / "in.png", save_all=True, append_images=rest, duration=FRAME_S * 1000)
    command = [str(tmp_path / "in.png"), "-o", str(tmp_path / "out.png"), "--smoothing", "0", "-q"]
    model = "multiclass" if name in CLASSES else "general"
    assert main([*command, "--model", model, "--effect-file", str(EXAMPLES / f"{name}.py")]) == 0
    with Image.open(tmp_path / "out.png") as result:
        pictures = [np.asarray(picture.convert("RGB")) for picture in ImageSequence.Iterator(result)]
    assert len(pictures) == len(seen.frames)
    assert max(map(difference, pictures, seen.by(name))) <= 2


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Return the address of a cluster in this process."""
    local: dict[str, Any] = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": ":0", "processes": False}
    with Client(**local) as client:
        yield client.scheduler.address


@pytest.mark.parametrize("name", NAMES)
def test_dask_has_the_functions_pixels(name: str, seen: Seen, cluster: str, tmp_path: Path) -> None:
    """Of two photos, neither of which knows of the other."""
    (tmp_path / "photos").mkdir()
    for number in (0, 3):
        Image.fromarray(seen.frames[number]).save(tmp_path / "photos" / f"{number}.png")
    command = [str(tmp_path / "photos"), "-o", str(tmp_path / "results"), "-q", "--dask", cluster]
    assert main([*command, "--effect-file", str(EXAMPLES / f"{name}.py")]) == 0
    for number in (0, 3):
        expected = shown(name, seen.frames[number : number + 1], seen.masks[number : number + 1])[0]
        with Image.open(tmp_path / "results" / f"{number}.png") as result:
            assert difference(np.asarray(result.convert("RGB")), expected) <= 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(61, 37), (24, 90)])
def test_every_control_reaches_its_ends(name: str, size: tuple[int, int]) -> None:
    """With each number at both ends, each switch turned, an empty text, on odd sizes, with and without a person."""
    random = np.random.default_rng(3)
    frame = random.integers(0, 256, (*size, 3), np.uint8)
    masks = [np.zeros(size, np.float32), np.ones(size, np.float32), random.random(size, np.float32)]
    own = effects.load(EXAMPLES / f"{name}.py")
    for control in own.controls:
        told = control.as_dict()
        ends = {"number": (told.get("low"), told.get("high")), "flag": (not told["default"],), "text": ("",)}
        for value in ends.get(told["kind"], ()):
            changed = effects.load(EXAMPLES / f"{name}.py", None, **{control.name: value})
            for time, mask in enumerate(masks):
                assert changed(frame, mask, time).shape == frame.shape


def test_a_dozen_short_files_of_numpy_alone() -> None:
    """They import NumPy, public names of pyselfie and annotations, have 20 to 50 lines, and stand in the README."""
    readme = (EXAMPLES / "README.md").read_text()
    assert len(NAMES) >= 12
    for name in [*NAMES, *CLASSES]:
        text = (EXAMPLES / f"{name}.py").read_text()
        tree = ast.parse(text)
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert imported <= {"numpy", "pyselfie", "typing"}, name
        assert len(text.splitlines()) <= 55, name
        assert f"[`{name}.py`]({name}.py)" in readme
