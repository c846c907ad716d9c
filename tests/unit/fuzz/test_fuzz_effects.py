"""Effects that users write, of any text, parameters and results: a picture, or one sentence and a place."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyselfie.arrays.custom import CustomPainter
from pyselfie.core.option import OptionError
from pyselfie.custom.errors import CustomEffectError
from pyselfie.custom.live import LiveEffect
from pyselfie.custom.source import load_effect
from tests.unit.fuzz.fuzz_kit import ANYTHING, ARRAYS, REFUSED, TEXTS, outcome

REFUSALS = (CustomEffectError, OptionError)
FRAME, MASK = np.zeros((6, 8, 3), np.uint8), np.ones((6, 8), np.float32)

DEFAULTS = """0 1 0.5 -3 1e400 10**400 10**5000 -0.0 True None "a" "" "x"*2000 "#00FF00" b"a" [] [0] {} () 1j ... print
Color("#000000") Color("red") float("nan") -5e-324 5e-324 np.float32(0.5) np.int64(3) np.zeros(3) np.array(1) object
Odd() int float 3.0 0.1+0.2 2**70 "\\ud800" np.nan np.str_("a") "𝒳" np.datetime64("NaT")""".split()
ANNOTATIONS = """float int bool str Color list dict np.ndarray np.zeros(3) None 5 "float" "nobody" "exit()" "1/0"
"Odd()" Literal["a","b"] Literal[1,2] Literal["a",1] Literal["x"*2000] Literal[()] Annotated[float,Range(0,1)]
Annotated[int,Range(1,40)] Annotated[float,Range(1,0)] Annotated[float,Range(0,5e-324)] Annotated[float,"x"]
Annotated[str,Range(0,1)] Annotated[float,Range(np.float32(0),np.float64(9),np.int8(1))] Annotated[int,Range(0.2,0.7)]
Annotated[float,Range(0,10**400)] Annotated[float,Range("a","b")] float|int Optional[float] Any Odd() np.float32
Annotated[float,Range(0,1e300,1e-300)] Annotated[int,Range(0,1,0.5)] Annotated[float,np.zeros(3)] list[int]""".split()
NAMES = "x y strength classes state aspect _own frame mask time é 𝒳 self print".split()
BODIES = [
    "return frame",
    "return None",
    "return frame[..., 0]",
    "return frame.astype(float)",
    "return np.full(frame.shape, np.nan)",
    "return np.full(frame.shape, 'x')",
    "return np.ma.masked_array(frame, frame == 0)",
    "return np.dstack([frame, frame[..., 0]])",
    "return np.dstack([frame, frame])",
    "return frame[::-1, ::-1]",
    "frame += 1; mask[:] = 5; return frame",
    "raise ValueError('a\\nb' * 3000)",
    "raise Mine()",
    "raise BaseException('x')",
    "raise GeneratorExit",
    "raise StopIteration",
    "raise type('\\n', (Exception,), {})()",
    "exit()",
    "return effect(frame, mask, time)",
    "return np.zeros(frame.shape) / 0",
    "return np.zeros((2**40, 2**40, 3), np.uint8)",
    "print('x' * 10**6, '\\n' * 10**4); return frame",
    "global n; n = 1; del globals()['np']; return frame",
    "return type('A', (np.ndarray,), {})((6, 8, 3), np.uint8)",
    "return Odd()",
    "return memoryview(frame)",
    "yield frame",
    "return (yield)",
    "import nobody",
    "warnings.warn('w' * 9000); return frame",
    "return frame if state.setdefault('n', 0) else mask",
    "return np.broadcast_to(frame[:1], frame.shape)",
]
HEAD = """
import warnings
import numpy as np
from typing import Annotated, Any, Literal, Optional
from pyselfie import Color, Range
class Mine(BaseException):
    def __str__(self): raise RuntimeError
class Odd:
    def __repr__(self): raise RuntimeError
    def __eq__(self, other): raise RuntimeError
    __hash__ = None
"""
PARAMETERS = st.builds(
    lambda name, annotation, default: f"{name}{annotation}{default}",
    st.sampled_from(NAMES),
    st.sampled_from(["", *(f": {one}" for one in ANNOTATIONS)]),
    st.sampled_from(["", *(f" = {one}" for one in DEFAULTS)]),
)
PLACES = st.sampled_from(["frame, mask, time", "sample, mask, time", "frame, mask", "mask, frame, time", "*frames", ""])
MARKS = st.sampled_from(["*", "/", "*more", "**more"])
SIGNATURES = st.tuples(PLACES, st.lists(st.one_of(PARAMETERS, PARAMETERS, PARAMETERS, MARKS), max_size=3)).map(
    lambda parts: ", ".join([part for part in (parts[0], *parts[1]) if part])
)
DEFINITIONS = st.builds(
    lambda head, lead, name, taken, body: (
        f"{head}\n{lead}def {name}({taken}):\n    {body.replace('frame', 'sample' if 'sample' in taken else 'frame')}\n"
    ),
    st.sampled_from([HEAD, HEAD, f"from __future__ import annotations\n{HEAD}"]),
    st.sampled_from(["", "", "", "", "async ", "@print\n", "@staticmethod\n", "@property\n"]),
    st.sampled_from(["effect", "effect", "overlay", "other", "_hidden"]),
    SIGNATURES,
    st.sampled_from(BODIES),
)
ENDINGS = [
    "effect.__wrapped__ = effect",
    "effect.__signature__ = 5",
    "effect.__signature__ = Odd()",
    "effect.__annotations__ = 5",
    "effect.__name__ = 'x\\ny'",
    "effect.__defaults__ = (Odd(),)",
    "overlay = effect",
    "effect = np.sin",
    "effect = 5",
    "raise Mine()",
    "raise BaseException",
    "raise KeyError('a\\nb')",
    "1/0",
    "(" * 500,
    "x = " + "-" * 5000 + "1",
    "\0",
    "x = '\ud800'",
    "\tx",
    "print = None",
    "__file__ = None",
]
TEXT = st.text("defrn (),:=*#\"'\\\n\t[]{}0é𝒳@.", max_size=40)
SOURCES = st.one_of(
    DEFINITIONS,
    DEFINITIONS,
    st.tuples(DEFINITIONS, st.sampled_from(ENDINGS)).map("\n".join),
    st.tuples(DEFINITIONS, TEXT).map("".join),
    TEXT,
    TEXTS,
)
FUNCTIONS = st.one_of(
    st.none(), st.none(), st.sampled_from(["effect", "overlay", "np", "Odd", "Mine", "print", "_hidden", ""])
)


def told(error: CustomEffectError) -> None:
    """See that an error has one line and, if it names a place, one that a text can have."""
    assert "\n" not in str(error)
    assert error.line is None or error.line >= 0


@given(SOURCES, FUNCTIONS, st.dictionaries(st.sampled_from(["x", "y", "strength", "nobody"]), ANYTHING, max_size=2))
@settings(max_examples=4 * settings.get_profile(settings.get_current_profile_name()).max_examples)
@pytest.mark.filterwarnings("ignore")  # the text's own
def test_any_text(source, function, values):
    """A text is an effect that gives a picture, or a sentence says why not; its controls can be told to a page."""
    effect = outcome(lambda: load_effect(source, function, say=lambda *_, **__: None), refusals=REFUSALS)
    if effect is REFUSED:
        return
    json.dumps([control.as_dict() for control in effect.controls], allow_nan=False)
    outcome(lambda: effect.set(values), refusals=REFUSALS)
    frame, mask = FRAME.copy(), MASK.copy()
    result = outcome(lambda: CustomPainter(effect)(frame, mask), refusals=REFUSALS)
    if result is not REFUSED:
        assert type(result) is np.ndarray
        assert result.dtype == np.uint8
        assert result.shape in {(6, 8, 3), (6, 8, 4)}
    assert not frame.any()
    assert mask.all()


@given(st.lists(st.tuples(SOURCES, FUNCTIONS, st.dictionaries(TEXTS, ANYTHING, max_size=1)), max_size=4))
@pytest.mark.filterwarnings("ignore")
def test_any_texts_one_after_another(texts):
    """A live effect takes any texts, says what is wrong, and goes on with the last good one."""
    live = LiveEffect()
    live.load("def effect(frame, mask, time): return 255 - frame")
    assert live.run(lambda effect: effect(FRAME.copy(), MASK.copy(), 0.0)) is not None
    for source, function, values in texts:
        live.load(source, function, values)
        kind = live.newest.kind if live.newest else None
        result = live.run(lambda effect: effect(FRAME.copy(), MASK.copy(), 0.0), kind)
        assert result is None or result.dtype == np.uint8
        assert live.error is None or "\n" not in str(live.error)
        json.dumps(live.as_dict(), allow_nan=False)
        outcome(partial(live.set, values), refusals=REFUSALS)
        live.console.take()
        live.reset()


@given(st.one_of(ARRAYS, ANYTHING), st.sampled_from(["frame", "sample"]))
@pytest.mark.filterwarnings("ignore")
def test_any_result(result: Any, first):
    """Whatever an effect returns is its picture, or one sentence."""
    scope = load_effect(f"def effect({first}, mask, time): return box[0]\nbox = [None]", "effect")
    scope._function.__globals__["box"][0] = result
    made = outcome(lambda: CustomPainter(scope)(FRAME, MASK), refusals=REFUSALS)
    assert made is REFUSED or made.shape[:2] == (6, 8)


@given(st.text(max_size=30), st.text("print(0)\n 'é", max_size=30))
def test_only_effects_are_files_with_effects(text, more):
    """A text without a function is refused, whatever it does."""
    if "def" not in text:
        assert outcome(lambda: load_effect(text + more, say=lambda *_, **__: None), refusals=REFUSALS) is REFUSED
