"""Options are checked in one place, and every refusal is one sentence."""

import re
from typing import Any

import numpy as np
import pytest

from pyselfie.core.options import OptionError, Options, parse_changes, parse_color


def test_changes_make_a_new_value_and_leave_the_old():
    """The original stays as it was, and what is not mentioned stays in the new one."""
    options = Options(strength=0.25)
    changed = options.updated({"effect": "mask", "mirror": True})
    assert (changed.effect, changed.mirror, changed.strength) == ("mask", True, 0.25)
    assert options == Options(strength=0.25)


def test_both_spellings_of_a_name_are_known():
    """JavaScript's and Python's; what comes out has Python's."""
    assert parse_changes({"modelSelection": 1, "strength": 1}) == {"model_selection": 1, "strength": 1}
    assert parse_changes({"model_selection": 1}) == {"model_selection": 1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effect": "sepia"}, "effect is “sepia”, but it has to be one of fill, mask, color, picture, blur"),
        ({"color": "green"}, "color is “green”, but it has to be a colour like #00FF00; the last one stays."),
        ({"color": 7}, "color is 7, but"),
        ({"strength": 1.5}, "strength is 1.5, but it has to be a number from 0 to 1"),
        ({"strength": float("nan")}, "strength is NaN, but"),
        ({"strength": True}, "strength is true, but"),
        ({"mirror": "yes"}, "mirror is “yes”, but it has to be true or false"),
        (
            {"modelSelection": 4},
            "modelSelection is 4, but it has to be 0 (general) or 1 (landscape) or 2 (multiclass) or 3 (auto)",
        ),
        ({"model_selection": True}, "model_selection is true, but"),
        ({"speed": 3}, "There is no option “speed”; the nearest are edges, "),
    ],
)
def test_bad_values_are_refused_in_one_sentence(change, words):
    """The sentence quotes what came and what was expected."""
    with pytest.raises(OptionError, match=re.escape(words)) as refusal:
        parse_changes(change)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("model", [1, 1.0, "landscape"])
def test_models_have_numbers_and_names(model):
    """Either is taken; what is kept is the number."""
    assert repr(parse_changes({"model_selection": model})["model_selection"]) == "1"


def test_colours_are_read_as_rgb():
    """The three bytes in reading order, either case."""
    assert parse_color("#12aBfF") == (0x12, 0xAB, 0xFF)


def test_options_may_be_scalars_of_numpys():
    """Numbers, flags and texts; what is kept is Python's own."""
    scalars: Any = {"strength": np.float32(0.5), "mirror": np.bool_(True), "light_wrap": np.int64(1)}
    options = Options(**scalars, effect=np.str_("mask"))
    assert options == Options(strength=0.5, mirror=True, light_wrap=1, effect="mask")
    assert [type(value) for value in (options.strength, options.mirror, options.light_wrap)] == [float, bool, int]


class Odd:
    """It cannot even be shown."""

    def __repr__(self):
        raise RuntimeError


NESTED: list[Any] = []
for _ in range(100_000):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (10**5000, "Infinity"),
        (-(10**5000), "-Infinity"),
        (10**30, "1e+30"),
        (NESTED, "[object list]"),
        ([10**5000], "[object list]"),
        (Odd(), "[object Odd]"),
    ],
    ids=["huge", "low", "large", "deep", "list", "odd"],
)
def test_values_that_python_cannot_write_are_shown(value, words):
    """Too many digits, too deep, or with a way of its own that fails: still one sentence."""
    with pytest.raises(OptionError, match=re.escape(f"strength is {words}, but")):
        Options(strength=value)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"effect": None}, "effect is None, but"),
        ({"strength": np.zeros(2)}, "strength is array([0., 0.]), but"),
        ({"mirror": {"a": 1}}, "mirror is {'a': 1}, but"),
        ({"color": np.zeros((90, 90))}, "color is array([[0., 0., 0., ..., 0., 0., 0.], "),
    ],
)
def test_wrong_values_are_written_as_python_does(wrong, words):
    """On one line, and shortened."""
    with pytest.raises(OptionError, match=re.escape(words)) as refusal:
        Options(**wrong)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 160
