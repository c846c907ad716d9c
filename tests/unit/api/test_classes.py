"""What the multiclass model tells apart: as a mapping, by `Segmenter`, in user effects and on the command line."""

from __future__ import annotations

import asyncio
import gc
import pickle
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from builder.paths import ROOT
from pyselfie import Segmenter
from pyselfie.cli.main import main
from pyselfie.core.classes import Classes, NoClassesError
from pyselfie.core.geometry import Size
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.custom.effect import CustomEffect
from pyselfie.custom.errors import CustomEffectError
from pyselfie.custom.source import load_effect

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

EFFECTS = ROOT / "examples" / "effects"
NAMES = ("background", "hair", "body-skin", "face-skin", "clothes", "others")


@pytest.fixture(scope="module")
def seen(astronaut: NDArray[np.uint8]) -> tuple[NDArray[np.float32], Classes]:
    """Return mask and classes of the astronaut."""
    with Segmenter("multiclass") as segmenter:
        return segmenter.segment_with_classes(astronaut)


def test_classes_are_planes_of_the_pictures_size(seen: Any, astronaut: NDArray[np.uint8]) -> None:
    """Six names in the model's order, float32 of the picture's size; in each pixel they add up to one."""
    _, classes = seen
    assert tuple(classes) == NAMES
    assert {(plane.shape, plane.dtype) for plane in classes.values()} == {(astronaut.shape[:2], np.dtype(np.float32))}
    np.testing.assert_allclose(sum(classes.values()), 1, atol=1e-4)
    assert classes["hair"][40, 216] > 0.9
    assert classes["face-skin"][110, 230] > 0.9


def test_mask_is_that_of_segment(seen: Any, astronaut: NDArray[np.uint8]) -> None:
    """Asking for classes changes nothing of the mask, and `classes` alone gives the same planes, also awaited."""
    mask, classes = seen
    with Segmenter("multiclass") as segmenter:
        np.testing.assert_array_equal(segmenter.segment(astronaut), mask)
        np.testing.assert_array_equal(segmenter.classes(astronaut)["hair"], classes["hair"])
        awaited = asyncio.run(segmenter.classes_async(astronaut))
        np.testing.assert_array_equal(awaited["clothes"], classes["clothes"])


def test_classes_outlive_the_next_picture(astronaut: NDArray[np.uint8]) -> None:
    """They are the caller's: another picture changes nothing of them, even if they were not looked at before."""
    with Segmenter("multiclass") as segmenter:
        classes = segmenter.classes(astronaut)
        segmenter.segment(np.zeros_like(astronaut))
        assert classes["hair"][40, 216] > 0.9


def test_model_without_classes_says_so(astronaut: NDArray[np.uint8]) -> None:
    """One sentence names the model that has them."""
    expected = "^the general model tells no classes apart; the multiclass model does$"
    with Segmenter() as segmenter:
        with pytest.raises(NoClassesError, match=expected):
            segmenter.classes(astronaut)
        with pytest.raises(NoClassesError, match=expected):
            asyncio.run(segmenter.classes_async(astronaut))


@pytest.mark.parametrize("wrong", [3, "Hair", None])
def test_unknown_class_names_the_known(seen: Any, wrong: Any) -> None:
    """A name that is none gets the ones that are."""
    with pytest.raises(KeyError, match=r"there is no class .*; the classes are background, hair, body-skin"):
        seen[1][wrong]


def test_planes_are_enlarged_when_they_are_asked_for() -> None:
    """Each once, and the mirrored ones are mirrored."""
    asked: list[float] = []

    def resize(plane: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
        asked.append(float(plane[0, 0]))
        return np.asarray(resize_half_pixel(plane, width, height))

    planes = np.arange(4, dtype=np.float32).reshape(2, 1, 2)
    classes = Classes(("one", "two"), planes, Size(4, 2), resize)
    assert len(classes) == 2
    np.testing.assert_array_equal(classes["two"][0], [2, 2.25, 2.75, 3])
    assert classes["two"] is classes["two"]
    assert asked == [2]
    np.testing.assert_array_equal(classes.mirrored()["two"][0], [3, 2.75, 2.25, 2])


def test_classes_stand_for_themselves(astronaut: NDArray[np.uint8]) -> None:
    """They can be sent to another process, and keep no segmenter alive."""
    segmenter = Segmenter("multiclass")
    classes = segmenter.classes(astronaut)
    copy = pickle.loads(pickle.dumps(classes))
    np.testing.assert_array_equal(copy["hair"], classes["hair"])
    alive = weakref.ref(segmenter)
    segmenter.close()
    del segmenter
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("name", ["hair_colour", "colourful_clothes"])
def test_examples_change_their_class(name: str, seen: Any, astronaut: NDArray[np.uint8]) -> None:
    """Hair gets another colour and nothing else does; clothes keep theirs and the rest is grey."""
    effect = load_effect((EFFECTS / f"{name}.py").read_text(), name, f"{name}.py")
    mask, classes = seen
    change = np.abs(effect(astronaut, mask, 0.0, classes).astype(int) - astronaut).mean(axis=2)
    plane = classes["hair" if name == "hair_colour" else "clothes"]
    inside, outside = change[plane > 0.8].mean(), change[plane < 0.02].mean()
    few, many = (outside, inside) if name == "hair_colour" else (inside, outside)
    assert few < 3
    assert many > 5


def test_effect_without_the_parameter_is_given_no_classes(seen: Any, astronaut: NDArray[np.uint8]) -> None:
    """A function of three arguments is called with three; one that wants classes and gets none says which model has."""
    mask, classes = seen
    plain = CustomEffect(lambda frame, _mask, _time: frame, "plain")
    assert not plain.wants_classes
    np.testing.assert_array_equal(plain(astronaut, mask, 0.0, classes), astronaut)
    wanting = CustomEffect(lambda frame, _mask, _time, classes: frame * (classes is None), "wanting")
    assert wanting.wants_classes
    with pytest.raises(CustomEffectError, match="wants classes, which only the model multiclass tells apart"):
        wanting(astronaut, mask, 0.0)


def test_parameter_with_a_default_may_be_left_out(seen: Any, astronaut: NDArray[np.uint8]) -> None:
    """It gets the classes where there are any, else its default; one that no name can give is not the one."""
    mask, found = seen

    def optional(frame: Any, _mask: Any, _time: float, classes: Any = None) -> Any:
        return frame if classes is None else 255 - frame

    effect = CustomEffect(optional, "optional")
    assert not effect.wants_classes
    np.testing.assert_array_equal(effect(astronaut, mask, 0.0), astronaut)
    np.testing.assert_array_equal(effect(astronaut, mask, 0.0, found), 255 - astronaut)

    def positional(frame: Any, _mask: Any, _time: float, classes: Any = 3, /) -> Any:
        return frame * (classes == 3)

    def others(frame: Any, _mask: Any, _time: float, *classes: Any) -> Any:
        return frame * (not classes)

    for function in (positional, others):
        np.testing.assert_array_equal(CustomEffect(function, "odd")(astronaut, mask, 0.0, found), astronaut)


@pytest.mark.parametrize(("model", "level"), [("general", 9), ("multiclass", 6)])
def test_command_line_runs_an_effect_that_can_do_without(
    model: str, level: int, tmp_path: Path, astronaut: NDArray[np.uint8]
) -> None:
    """With a model that has classes it gets them, with the others its default."""
    Image.fromarray(astronaut).save(tmp_path / "in.png")
    code = "def f(frame, mask, time, classes=range(9)):\n    return frame * 0 + len(classes)\n"
    (tmp_path / "own.py").write_text(code)
    files = [str(tmp_path / "in.png"), "-o", str(tmp_path / "out.png")]
    assert main([*files, "--model", model, "--effect", f"{tmp_path / 'own.py'}:f", "-q"]) == 0
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.getpixel((3, 3)) == (level,) * 3


def test_command_line_gives_classes_to_an_effect(tmp_path: Path, astronaut: NDArray[np.uint8]) -> None:
    """With `--model multiclass`, and mirrored if it is to be; the pixels are the function's own."""
    Image.fromarray(astronaut).save(tmp_path / "in.png")
    effect = f"{EFFECTS / 'hair_colour.py'}:hair_colour"
    pictures = []
    for mirror in ([], ["--mirror"]):
        out = tmp_path / f"out{len(mirror)}.png"
        arguments = [str(tmp_path / "in.png"), "-o", str(out), "--model", "multiclass", "--effect", effect, "-q"]
        assert main([*arguments, *mirror]) == 0
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture.convert("RGB")).astype(int))
    plain, mirrored = pictures
    assert np.abs(plain - mirrored[:, ::-1]).max() <= 1
    assert np.abs(plain - astronaut)[20:60, 190:250].mean() > 20


def test_command_line_names_the_model_that_an_effect_wants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before any work: the effect wants classes, and the flag that gives them."""
    Image.new("RGB", (8, 8)).save(tmp_path / "in.png")
    effect = f"{EFFECTS / 'hair_colour.py'}:hair_colour"
    assert main([str(tmp_path / "in.png"), "-o", str(tmp_path / "out.png"), "--effect", effect]) == 2
    assert "wants classes: add --model multiclass, which tells them apart" in capsys.readouterr().err


@pytest.mark.parametrize("number", [2, "multiclass", np.int64(2)])
def test_mediapipes_api_knows_two_models(number: Any) -> None:
    """The class that stands in for MediaPipe's refuses the third one as the original does."""
    from pyselfie import SelfieSegmentation  # noqa: PLC0415 - only here

    with pytest.raises((ValueError, TypeError), match=r"expected 0 \(general\) or 1 \(landscape\)$"):
        SelfieSegmentation(number)
