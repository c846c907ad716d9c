"""Parameters of an effect as controls: their kinds, their ranges, what they may be set to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie import Color, Range
from pyselfie.core.option import OptionError
from pyselfie.custom.errors import CustomEffectError
from pyselfie.custom.source import load_effect

if TYPE_CHECKING:
    from pyselfie.custom.effect import CustomEffect

FRAME, MASK = np.zeros((2, 3, 3), np.uint8), np.ones((2, 3), np.float32)
HEAD = "from typing import Annotated, Literal\nfrom pyselfie import Color, Range\n"


def effect_with(parameters: str, body: str = "return frame", head: str = HEAD) -> CustomEffect:
    return load_effect(f"{head}def effect(frame, mask, time, {parameters}):\n    {body}\n")


def described(parameters: str) -> dict[str, Any]:
    [control] = effect_with(parameters).controls
    return json.loads(json.dumps(control.as_dict()))


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("x: float = 0.5", {"kind": "number", "default": 0.5, "low": 0, "high": 1, "step": 0.01, "whole": False}),
        ("x=0.5", {"kind": "number", "default": 0.5, "low": 0, "high": 1, "step": 0.01, "whole": False}),
        ("x: float = 4", {"kind": "number", "default": 4.0, "low": 0, "high": 8, "step": 0.08, "whole": False}),
        ("x: float = -3", {"kind": "number", "default": -3.0, "low": -6, "high": 6, "step": 0.12, "whole": False}),
        ("*, x: int = 3", {"kind": "number", "default": 3, "low": 0, "high": 10, "step": 1, "whole": True}),
        ("x=40", {"kind": "number", "default": 40, "low": 0, "high": 80, "step": 1, "whole": True}),
        (
            "x: Annotated[float, 'how much', Range(2, 3, 0.5)] = 2",
            {"kind": "number", "default": 2.0, "low": 2, "high": 3, "step": 0.5, "whole": False},
        ),
        ("x: bool = True", {"kind": "flag", "default": True}),
        ("x=False", {"kind": "flag", "default": False}),
        ("x: Color = Color('#ff8000')", {"kind": "color", "default": "#ff8000"}),
        ("x: Color = '#ff8000'", {"kind": "color", "default": "#ff8000"}),
        ("x: Literal['a', 'b'] = 'b'", {"kind": "choice", "default": "b", "choices": ["a", "b"]}),
        ("x: str = 'hello'", {"kind": "text", "default": "hello", "longest": 1000}),
    ],
)
def test_annotation_and_default_make_a_control(parameter: str, expected: dict[str, Any]) -> None:
    """Each kind as JSON, also where annotations are texts and where there is only a default."""
    assert described(parameter) == {"name": "x", **expected}
    [control] = effect_with(parameter, head=f"from __future__ import annotations\n{HEAD}").controls
    assert control.as_dict() == {"name": "x", **expected}


def test_what_is_no_control_stays_the_functions_own() -> None:
    """What an effect is given, hidden names, and defaults of other types without an annotation."""
    effect = effect_with("classes=None, state=None, aspect=1.0, _cache=3, table=range(3), *rest, **more")
    assert effect.controls == ()
    assert effect(FRAME, MASK, 0.0).shape == FRAME.shape


@pytest.mark.parametrize(
    ("parameter", "sentence"),
    [
        ("x: float = 'a'", r"effect\.py:effect cannot run: x is “a”, but it has to be a number from 0 to 1$"),
        ("x: float = float('inf')", r"x is Infinity, but it has to be a number from 0 to 1$"),
        ("x: Annotated[float, Range(0, 1)] = 2", r"x is 2, but it has to be a number from 0 to 1$"),
        ("x: int = 2.5", r"x is 2.5, but it has to be a whole number from 0 to 10$"),
        ("x: Color = 'red'", r"x is “red”, but it has to be a colour like #00FF00$"),
        ("x: Literal['a', 'b'] = 'c'", r"x is “c”, but it has to be one of a, b$"),
        ("x: bool = 1", r"x is 1, but it has to be true or false$"),
        ("x: list = []", r"the annotation of x is none that becomes a control; those are float, int, bool, str, Color"),
        (
            "x: Literal[1, 2] = 1",
            r'none that becomes a control; .*, Literal\["a", "b"\] of texts and Annotated',
        ),
        ("x: int = 10**400", r"cannot run: x is too large for a slider: give it a Range$"),
        ("x: float = -1e308", r"cannot run: x is too large for a slider: give it a Range$"),
        ("x: str = 'a' * 1001", r"cannot run: x has 1,001 letters, but it may have 1,000$"),
        (f"x: Literal['a', '{'b' * 998}'] = 'a'", r"the choices of x have 1,001 letters, but they may have 1,000$"),
        (f"{'x' * 101} = 1", r"the name x{20}… has 101 letters, but it may have 100$"),
        (", ".join(f"x{one} = 1" for one in range(65)), r"it has 65 parameters that can be set, and may have 64$"),
        ("x: 'Colour' = 1", r"the annotation of x cannot be read: name 'Colour' is not defined$"),
        ("x: 'exit()' = 1", r"the annotation of x cannot be read: None$"),
        ("x: __import__('numpy').zeros(3) = 1", r"the annotation of x is none that becomes a control"),
    ],
)
def test_bad_parameter_is_one_sentence(parameter: str, sentence: str) -> None:
    """An annotation that means nothing, or a default that does not fit; with the function's line."""
    with pytest.raises(CustomEffectError, match=sentence) as raised:
        effect_with(parameter)
    assert raised.value.line == 3


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [
        ("Range(1, 0)", r"Range\(1, 0\) has to begin below its end, line 3"),
        ("Range(0, 1, 2)", r"the step of Range\(0, 1\) is 2, which does not fit in, line 3"),
        ("Range(-1e308, 1e308)", r"Range\(-1e\+308, 1e\+308\) is too large for a slider, line 3"),
        ("Range(0, float('nan'))", r"Range\(0, nan\) has to begin below its end, line 3"),
        ("Range(0, 10**400)", r"Range\(0, Infinity\) is too large for a slider, line 3"),
        ("Range(None, 1, 0.5)", r"Range\(None, 1\) has to have numbers, line 3"),
        ("Range('a', None)", r"Range\(“a”, None\) has to have numbers, line 3"),
    ],
)
def test_bad_range_is_one_sentence(bounds: str, sentence: str) -> None:
    """A range without numbers is told where it is written."""
    with pytest.raises(CustomEffectError, match=sentence):
        effect_with(f"x: Annotated[float, {bounds}] = 0")


def test_range_of_numpys_numbers_can_be_told_to_a_page() -> None:
    """Its ends and its step are Python's own numbers, which JSON can hold."""
    bounds = "Annotated[float, Range(np.float32(0), np.int64(9), np.float64(0.5))]"
    [control] = effect_with(f"x: {bounds} = 1", head=f"import numpy as np\n{HEAD}").controls
    assert json.loads(json.dumps(control.as_dict())) == control.as_dict()


def test_set_values_reach_the_function() -> None:
    """As float, int, bool, str and Color; what is not set has its default."""
    effect = effect_with(
        "a: float = 0.5, b: int = 3, c: bool = False, d: str = 'x', e: Color = '#000000', f: float = 0.25",
        "print(repr(a), repr(b), c, d, e, f); return frame",
    )
    said: list[Any] = []
    effect._function.__globals__["print"] = lambda *values: said.extend(values)
    effect.set({"a": 1, "b": np.float64(4), "c": True, "d": "y", "e": "#102030"})
    effect(FRAME, MASK, 0.0)
    assert said == ["1.0", "4", True, "y", Color("#102030"), 0.25]
    assert effect.values == {"a": 1.0, "b": 4, "c": True, "d": "y", "e": Color("#102030"), "f": 0.25}


@pytest.mark.parametrize("name", ["effect", None])
def test_signature_that_is_none_is_one_sentence(name: str | None) -> None:
    """A text can set it to anything; what has none to read is taken as it is."""
    text = "x = 1\ndef effect(frame, mask, time):\n    return frame\neffect.{}\n"
    with pytest.raises(CustomEffectError, match=r"^the parameters of effect cannot be read: .*__signature__") as raised:
        load_effect(text.format("__signature__ = 3"), name)
    assert raised.value.line == 2
    with pytest.raises(CustomEffectError, match=r"^the parameters of effect cannot be read: "):
        load_effect("class Odd:\n def __repr__(self): exit()\n" + text.format("__signature__ = Odd()"), name)
    assert load_effect(text.format("__wrapped__ = effect"), name).controls == ()
    with pytest.raises(CustomEffectError, match=r"it has a yield"):
        load_effect(text.replace("return", "yield").format("__wrapped__ = effect"), name)


def test_text_that_is_set_is_no_longer_than_a_default() -> None:
    """One more letter is a sentence."""
    effect = effect_with("x: str = ''")
    effect.set({"x": "a" * 1000})
    with pytest.raises(OptionError, match=r"^x has 1,001 letters, but it may have 1,000\.$"):
        effect.set({"x": "a" * 1001})


def test_wrong_values_change_nothing() -> None:
    """All of a lot are set, or none; the sentence says what is known."""
    effect = effect_with("a: float = 0.5, b: bool = True")
    with pytest.raises(OptionError, match=r"^b is 3, but it has to be true or false\.$"):
        effect.set({"a": 1, "b": 3})
    with pytest.raises(OptionError, match=r"^There is no parameter “c”; the parameters are a, b\.$"):
        effect.set({"a": 1, "c": 3})
    assert effect.values == {"a": 0.5, "b": True}
    with pytest.raises(OptionError, match=r"^the effect effect\.py:effect has no parameters to set"):
        load_effect("def effect(frame, mask, time): ...").set({"a": 1})


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        ("x: float = 0.5", " 1e-1", 0.1),
        ("x: int = 3", "7", 7),
        ("x: bool = False", "True", True),
        ("x: Color = '#000000'", "#FF0000", Color("#ff0000")),
        ("x: Literal['1', '2'] = '2'", "1", "1"),
        ("x: str = ''", "a=b", "a=b"),
    ],
)
def test_text_of_the_command_line_is_read(parameter: str, text: str, value: Any) -> None:
    """A text becomes what the function is given."""
    [control] = effect_with(parameter).controls
    read = control.read(text)
    assert (read, type(read)) == (value, type(value))


def test_color_is_an_array_in_arithmetic() -> None:
    """Three float32 from both sides, as an operand and as a value; else a colour with a text, equal to its like."""
    color = Color("#102040")
    np.testing.assert_array_equal(color * 0.5, np.array([8, 16, 32], np.float32))
    assert (FRAME * color).dtype == (color * np.float32(2)).dtype == np.float32
    frame = FRAME.copy()
    frame[..., :] = color
    assert frame[1, 2].tolist() == list(color) == [16, 32, 64]
    assert color == Color("#102040") != Color("#102041")
    assert (repr(color), hash(color)) == ('Color("#102040")', hash(Color("#102040")))
    with pytest.raises(OptionError, match="it has to be a colour like #00FF00"):
        Color("blue")


def test_range_says_what_it_is() -> None:
    """It is a value like any other."""
    assert Range(0, 1) == Range(0, 1, None) != Range(0, 2)
