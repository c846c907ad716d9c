"""A user's own effect: what it is given, what comes back, and the sentence about a bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie.arrays import blending
from pyselfie.arrays.custom import CustomPainter, premultiplied
from pyselfie.custom.effect import CustomEffect
from pyselfie.custom.errors import CustomEffectError
from pyselfie.custom.source import load_effect
from pyselfie.extras import best_blending

if TYPE_CHECKING:
    from numpy.typing import NDArray


def test_custom_effect_runs(astronaut: NDArray[np.uint8]) -> None:
    """A plain function gets frame, mask and time as arrays of its own, and its picture comes back."""
    seen = []
    mask = (np.indices(astronaut.shape[:2]).sum(axis=0) % 2).astype(np.float32)

    def effect(frame: NDArray[np.uint8], mask: NDArray[np.float32], time: float) -> NDArray[np.uint8]:
        seen.append((frame.dtype, mask.dtype, mask.shape, time))
        frame[mask < 0.5] = 0
        mask[:] = 0
        return frame

    before, mask_before = astronaut.copy(), mask.copy()
    result = CustomEffect(effect, "mine")(astronaut, mask, 1.5)
    assert seen == [(np.uint8, np.float32, astronaut.shape[:2], 1.5)]
    assert not result[mask < 0.5].any()
    np.testing.assert_array_equal(result[mask >= 0.5], astronaut[mask >= 0.5])
    np.testing.assert_array_equal(astronaut, before)
    np.testing.assert_array_equal(mask, mask_before)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return 1 / 0", r"the effect fx\.py:effect raised ZeroDivisionError: division by zero, line 2"),
        ("raise GeneratorExit", r"the effect fx\.py:effect raised GeneratorExit, line 2"),
        ("return None", r"the effect fx\.py:effect returned NoneType, not a NumPy array"),
        ("return mask", r"the effect fx\.py:effect returned float32, not uint8"),
        ("return frame[1:]", r"returned the shape \(3, 5, 3\), not \(4, 5, 3\) or \(4, 5, 4\)"),
        ("return frame[..., 0]", r"returned the shape \(4, 5\), not"),
    ],
)
def test_bad_custom_effect_is_one_sentence(body: str, sentence: str) -> None:
    """What the user's function did wrong, and in which line of theirs."""
    effect = load_effect(f"def effect(frame, mask, time):\n    {body}\n", "effect", "fx.py")
    with pytest.raises(CustomEffectError, match=sentence):
        effect(np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), np.float32), 0.0)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("def effect(", r"^fx.py does not run: SyntaxError: '\(' was never closed, line 1$"),
        ("import nothing_of_this_name", "fx.py does not run: ModuleNotFoundError: .*, line 1"),
        ("effect = 3", "fx.py has no function effect"),
        ("raise BaseException('no')", "^fx.py does not run: BaseException: no, line 1$"),
    ],
)
def test_effect_that_cannot_be_loaded_is_one_sentence(source: str, sentence: str) -> None:
    """A file that does not run, or lacks the function, says so."""
    with pytest.raises(CustomEffectError, match=sentence):
        load_effect(source, "effect", "fx.py")


FRAME, MASK = np.full((4, 5, 3), 9, np.uint8), np.ones((4, 5), np.float32)


def test_first_parameter_says_the_kind() -> None:
    """`sample` makes an overlay, whose RGBA comes back; anything else an effect of full size."""
    overlay = load_effect("def glow(sample, mask, time):\n    return sample.repeat(2, axis=2)[..., 2:]\n")
    assert (overlay.kind, load_effect("def effect(picture, _mask, _time): ...").kind) == ("overlay", "effect")
    assert overlay(FRAME, MASK, 0.0).shape == (4, 5, 4)
    with pytest.raises(CustomEffectError, match=r"returned the shape \(4, 5, 3\), not \(4, 5, 4\), which is RGBA$"):
        load_effect("def overlay(sample, mask, time):\n    return sample")(FRAME, MASK, 0.0)


@pytest.mark.parametrize(
    ("source", "sentence", "line"),
    [
        ("", r"^effect\.py is empty: write def effect\(frame, mask, time\) or def overlay\(sample, mask, t", None),
        ("import numpy\nx = 3\n", r"^effect\.py has no effect: write def effect", None),
        ("\ndef glow(image): ...", r"has no effect: glow takes \(image\), but an effect takes \(frame,", 2),
        (
            "def one(frame, mask, time): ...\ndef _no(frame, mask, time): ...\ndef two(sample, mask, time): ...",
            r"^effect\.py has 2 effects, one and two: let the names of all but one begin with an underscore$",
            3,
        ),
        ("def effect(frame, time): ...", r"it takes \(frame, time\), but an effect takes \(frame, mask,", 1),
        ("def effect(frame, time, mask): ...", r"it takes \(frame, time, mask\), but an effect takes", 1),
        ("def effect(frame, mask, time, size): ...", r"size has no default: give it one, as in size: ", 1),
        ("async def effect(frame, mask, time):\n    return frame", r"is async, and has to be a plain function$", 1),
        ("def effect(frame, mask, time):\n    yield frame", r"has a yield, and has to return its picture$", 1),
        ("x = 1\ndef effect(frame, mask, time):\nreturn frame", r"^effect\.py does not run: IndentationError: ", 3),
        ("def _f():\n    1 / 0\n\n_f()\n", r"does not run: ZeroDivisionError: division by zero, line 2$", 2),
        ("exit('enough')", r"does not run: SystemExit: enough, line 1$", 1),
        ("raise ValueError('a\\n  b' * 400)", r"^effect\.py does not run: ValueError: a ba ba b[ab ]+…, line 1$", 1),
        ("a\0b", r"^effect\.py does not run: \w+Error: source code (string )?cannot contain null bytes", None),
    ],
)
def test_bad_source_is_one_sentence_with_its_line(source: str, sentence: str, line: int | None) -> None:
    """What is wrong with a text that defines no effect, and in which of its lines."""
    with pytest.raises(CustomEffectError, match=sentence) as raised:
        load_effect(source)
    assert raised.value.line == line
    assert raised.value.as_dict() == {"message": str(raised.value), "line": line, "column": raised.value.column}


def test_helpers_are_no_effects() -> None:
    """Functions of other parameters, hidden and imported ones lie beside the effect."""
    source = (
        "from statistics import mean\n"
        "def grey(picture): return picture\n"
        "def _left(frame, mask, time): ...\n"
        "def split(frame, mask, time): return grey(frame)\n"
    )
    assert load_effect(source).name == "effect.py:split"


def test_line_is_the_innermost_of_the_users_own() -> None:
    """An error inside NumPy, that a helper has called, is in the helper's line."""
    source = "import numpy\ndef _sum(a):\n    return a + numpy.ones(7)\ndef f(frame, mask, time):\n    _sum(frame)\n"
    with pytest.raises(CustomEffectError, match=r"raised ValueError: operands could not .*, line 3$") as raised:
        load_effect(source)(FRAME, MASK, 0.0)
    assert raised.value.line == 3


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return frame * (mask / (mask < 2) * float('nan'))[..., None]", r"float\w+ with 60 values that are not a num"),
        ("return frame / 2.0", r"returned float64, not uint8: \.clip\(0, 255\)\.astype\(np\.uint8\) makes bytes"),
        ("return (frame, mask)", r"returned tuple, not a NumPy array"),
        ("raise SystemExit", r"raised SystemExit, line 2"),
        ("raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})", r"raised Odd, line 2"),
        ("return bytearray(10 ** 15)", r"raised MemoryError, line 2"),
        ("return effect(frame, mask, time)", r"raised RecursionError: maximum recursion depth exceeded.*, line 2"),
    ],
)
def test_what_comes_back_is_checked(body: str, sentence: str) -> None:
    """NaN, other types and whatever Python raises are a sentence each."""
    with pytest.raises(CustomEffectError, match=sentence):
        load_effect(f"def effect(frame, mask, time):\n    {body}\n")(FRAME, MASK, 0.0)


def test_state_lasts_until_it_is_reset_or_the_size_changes() -> None:
    """The dict is the same from frame to frame; `reset` and a frame of another size empty it."""
    source = (
        "def effect(frame, mask, time, state):\n"
        "    state['n'] = state.get('n', 0) + 1\n"
        "    return frame // 255 + state['n']\n"
    )
    effect = load_effect(source)

    def count(frame: NDArray[np.uint8]) -> int:
        return int(effect(frame, np.ones(frame.shape[:2], np.float32), 0.0).max())

    assert [count(FRAME), count(FRAME)] == [1, 2]
    effect.reset()
    assert [count(FRAME), count(FRAME), count(FRAME[1:]), count(FRAME[1:])] == [1, 2, 1, 2]


def test_aspect_is_that_of_the_frame() -> None:
    """An effect that asks for it gets width over height of its picture, an overlay what it is told of the frame."""
    source = "def f({0}, mask, time, aspect):\n    return {0}.repeat(2, axis=2)[..., :4] // 255 + int(aspect * 100)\n"
    assert load_effect(source.format("frame"))(FRAME, MASK, 0.0).max() == 125
    assert load_effect(source.format("sample"))(FRAME, MASK, 0.0, aspect=1.5).max() == 150


def test_overlay_is_drawn_over_the_frame() -> None:
    """On the desktop an overlay gets what the model sees, and its transparent colours leave no rim."""
    seen: list[tuple[int, ...]] = []

    def overlay(sample: Any, mask: Any, _time: float, aspect: float) -> Any:
        seen.append((*sample.shape, *mask.shape, round(100 * aspect)))
        rgba = np.zeros((*mask.shape, 4), np.uint8)
        rgba[..., 0] = 255  # red that is not seen
        rgba[:, mask.shape[1] // 2 :] = 0, 0, 200, 128
        return rgba

    frame = np.full((90, 300, 3), 100, np.uint8)
    painter = CustomPainter(CustomEffect(overlay, "half"), 1)
    result = painter(frame, np.ones((90, 300), np.float32))
    assert seen == [(144, 256, 3, 144, 256, 333)]
    np.testing.assert_array_equal(result[:, :140], frame[:, :140])
    assert np.abs(result[:, 160:].astype(int) - (50, 50, 150)).max() <= 1
    assert result[..., 0].max() <= 100


def test_blending_is_the_same_with_and_without_opencv() -> None:
    """Premultiplied RGBA over a picture: within one of the exact value, and it never runs over."""
    random = np.random.default_rng(7)
    under = random.integers(0, 256, (40, 50, 3), np.uint8)
    over = premultiplied(random.integers(0, 256, (40, 50, 4), np.uint8))
    over[0] = 255
    exact = under * (1 - over[..., 3:] / 255) + over[..., :3]
    for module in (blending, best_blending()):
        assert np.abs(module.lay(under, over) - exact).max() <= 1.01
