"""Any value for any option: it is taken as the table says, or refused in one sentence."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyselfie.core.manifest import load_spec
from pyselfie.core.option import Option, unknown_option
from pyselfie.core.options import EFFECT_NAMES, OPTIONS, Options, parse_changes, parse_color
from pyselfie.core.show import show, show_in_python
from pyselfie.custom.controls import Color, Range
from pyselfie.segmenter import Segmenter
from pyselfie.solution import SelfieSegmentation
from tests.unit.fuzz.fuzz_kit import ANYTHING, NUMBERS, PLAIN, REFUSED, TEXTS, outcome

ROWS = st.sampled_from(OPTIONS)
NAMES = st.one_of(st.sampled_from([name for row in OPTIONS for name in (row.name, row.js_name)]), TEXTS)


def is_allowed(option: Option, value: Any) -> bool:
    """Tell by other words than the table's own whether an option may have this value."""
    match option.kind:
        case "number":
            return type(value) in {int, float} and option.low <= value <= option.high
        case "model":
            return type(value) is int and 0 <= value < len(option.choices)
        case "flag":
            return type(value) is bool
        case "choice":
            return value in list(option.choices)
    return isinstance(value, str)


@given(ROWS, ANYTHING, st.sampled_from([show, show_in_python]))
def test_any_value_is_taken_or_refused(option, value, shown):
    """What is taken is what the row allows, as Python's own type, and is taken again as it is."""
    parsed = outcome(lambda: option.parse(value, "", shown))
    if parsed is not REFUSED:
        assert is_allowed(option, parsed)
        assert option.parse(parsed) == parsed


@given(ROWS, TEXTS)
def test_any_text_is_read(option, text):
    """A text of the command line stands for a number or for itself, and is then judged like any value."""
    read = option.read(text)
    assert isinstance(read, str | float)
    outcome(lambda: option.parse(read))


@given(st.dictionaries(NAMES, ANYTHING, max_size=3))
def test_any_changes(changes):
    """Changes for the engine are parsed, all of them, or refused."""
    parsed = outcome(lambda: parse_changes(changes))
    assert parsed is REFUSED or len(parsed) <= len(changes)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(Options.__dataclass_fields__, ANYTHING)))
def test_any_options(values):
    """`Options` has what it was given, or is not made."""
    made = outcome(lambda: Options(**values))
    if made is not REFUSED:
        assert made.effect in EFFECT_NAMES
        assert made.updated({}) == made


@given(ANYTHING)
def test_any_color(value):
    """A colour is three bytes."""
    parsed = outcome(lambda: parse_color(value))
    assert parsed is REFUSED or (len(parsed) == 3 and all(0 <= level <= 255 for level in parsed))
    made = outcome(lambda: Color(value))
    assert (made is REFUSED) == (parsed is REFUSED)


@given(ANYTHING, ANYTHING, st.one_of(st.none(), ANYTHING))
def test_any_range(low, high, step):
    """A slider's range is finite and goes up, or there is none."""
    made = outcome(lambda: Range(low, high, step))
    if made is not REFUSED:
        assert math.isfinite(float(made.high) - float(made.low))
        assert made.low < made.high


@given(ANYTHING, ANYTHING)
def test_any_model(model, edges):
    """A model is found by its number or name, or refused."""
    spec = outcome(lambda: load_spec(model, edges))
    assert spec is REFUSED or spec.edges == edges


def is_index(value: Any) -> bool:
    """Tell whether Python takes a value as an index."""
    try:
        operator.index(value)
    except TypeError:
        return False
    return True


@given(st.one_of(ANYTHING.filter(lambda value: not is_index(value)), st.integers(2), st.integers(max_value=-1)))
def test_any_model_of_the_solution(model):
    """MediaPipe's API has two models; all else is refused before anything is loaded."""
    assert outcome(lambda: SelfieSegmentation(model)) is REFUSED


@pytest.fixture(scope="module")
def raw():
    """Return a segmenter whose edges are raw: it cannot smooth."""
    with Segmenter("landscape", "raw") as segmenter:
        yield segmenter


@given(value=st.one_of(ANYTHING, st.floats(0, 0.95)))
def test_refused_smoothing_changes_nothing(raw, value):
    """A segmenter that refuses a smoothing has the one before."""
    if outcome(lambda: setattr(raw, "smoothing", value)) is REFUSED:
        assert raw.smoothing == 0
    assert raw.smoothing == 0


@given(st.one_of(PLAIN, NUMBERS, ANYTHING))
def test_any_value_is_shown(value):
    """A value is shown on one line of a bounded length."""
    for shown in (show(value), show_in_python(value)):
        assert len(shown.splitlines()) <= 1
        assert len(shown) <= 84


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=12))
def test_any_unknown_name(name, known):
    """The sentence about an unknown option is one line, whatever it is called."""
    assert "\n" not in unknown_option(name, [one.replace("\n", "") for one in known])


@given(st.sampled_from([np.float32, np.float64, np.array]), st.floats(0, 1, width=32))
def test_scalars_of_numpy_count_as_numbers(kind, value):
    """A scalar of NumPy's is as good as Python's own number."""
    assert Options(strength=kind(value)).strength == float(value)
