"""A user's own effect: what it is given, what comes back, and the sentence about a bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie.core.custom_effect import CustomEffect, CustomEffectError, load_effect

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
        ("def effect(", "fx.py does not run: SyntaxError: .*line 1"),
        ("import nothing_of_this_name", "fx.py does not run: ModuleNotFoundError: .*, line 1"),
        ("effect = 3", "fx.py has no function effect"),
    ],
)
def test_effect_that_cannot_be_loaded_is_one_sentence(source: str, sentence: str) -> None:
    """A file that does not run, or lacks the function, says so."""
    with pytest.raises(CustomEffectError, match=sentence):
        load_effect(source, "effect", "fx.py")
