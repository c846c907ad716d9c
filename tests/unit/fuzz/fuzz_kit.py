"""What the Python fuzz tests share: values and arrays of all kinds, and what a refusal has to be."""

from __future__ import annotations

import decimal
import fractions
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

import models
import pyselfie

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

REFUSED: Any = object()
"""What `outcome` returns of a call that was refused."""
_OURS = (str(Path(pyselfie.__file__).parent), str(Path(models.__file__).parent))
_LONGEST = 1_600


def outcome(call: Callable[[], Any], *, refusals: tuple[type[BaseException], ...] = (TypeError, ValueError)) -> Any:
    """Return what `call` does, or REFUSED where the package refuses it in one sentence of its own."""
    try:
        return call()
    except refusals as error:
        check_sentence(error)
    return REFUSED


def check_sentence(error: BaseException) -> None:
    """See that an error was raised by the project itself, and that its message is one sentence on one line."""
    message = str(error)
    raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
    assert raised_in.startswith(_OURS), f"raised in {raised_in}: {error!r}"
    assert message.strip(), f"{type(error).__name__} says nothing"
    assert "\n" not in message, message
    assert len(message) <= _LONGEST, message


HUGE = st.sampled_from([10**22, -(10**22), 10**400, -(10**400), 2**63, 2**64])
NUMBERS = st.one_of(st.integers(-3, 5), st.integers(), HUGE, st.floats(), st.floats(-0.5, 1.5))
TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(st.characters(), max_size=6),  # lone surrogates, too
    st.sampled_from(["", "blur", "general", "#00FF00", "#00ff0", "refined", "raw", "true", "0.5", "nan", "x" * 300]),
)


def _numpy_scalars() -> st.SearchStrategy[Any]:
    kinds = [np.float16, np.float32, np.float64, np.longdouble]
    whole = [np.int8, np.uint8, np.int64]
    return st.one_of(
        st.builds(lambda kind, value: kind(value), st.sampled_from(kinds), st.floats(-2, 2)),
        st.builds(lambda kind, value: kind(value), st.sampled_from(whole), st.integers(0, 5)),
        st.sampled_from([np.bool_(True), np.str_("blur"), np.datetime64("NaT"), np.array(0.5), np.array("raw")]),
        st.sampled_from([np.array([0.5]), np.zeros((2, 2)), np.array(None), np.ma.masked, np.complex64(1)]),
    )


PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ANYTHING = st.one_of(
    PLAIN,
    PLAIN,
    st.binary(max_size=5),
    st.complex_numbers(),
    st.sampled_from([decimal.Decimal("0.5"), decimal.Decimal("sNaN"), fractions.Fraction(1, 2), int, print]),
    _numpy_scalars(),
    st.lists(PLAIN, max_size=3),
    st.dictionaries(TEXTS, PLAIN, max_size=2),
)
"""Values of every kind that a program may hand over by mistake."""

_DTYPES = "u1 u1 f4 f4 f8 f2 >f4 g b i2 >u2 i4 i8 ? c8 O S3 U2 M8[s] m8[s] V3".split()
_SIDES = st.one_of(st.integers(0, 3), st.integers(1, 24), st.integers(1, 24))


def _filled(shape: tuple[int, ...], kind: str, values: str, seed: int) -> NDArray[Any]:
    """Return an array with levels in 0..255 or 0..1, or out of that, or not all of it numbers."""
    random = np.random.default_rng(seed)
    unit = np.asarray(random.random(shape, np.float32))
    dtype = np.dtype(kind)
    if dtype.kind == "f":
        if values == "constant":
            unit[...] = seed % 2
        elif values == "outside":
            unit = unit * 4 - 2
        elif values == "special" and unit.size:
            unit.flat[seed % unit.size] = (np.nan, np.inf, -np.inf)[seed % 3]
        return np.asarray(unit, dtype)
    if dtype.kind in "iub":
        scale = 256 if dtype.itemsize == 1 and dtype.kind == "u" else 2
        return np.asarray(unit * (0 if values == "constant" else scale)).astype(dtype)
    if dtype.kind in "OSU":
        return np.full(shape, "x", dtype)
    return np.zeros(shape, dtype)


def _laid_out(array: NDArray[Any], layout: str) -> NDArray[Any]:
    """Return the same shape (a wider one for "strided") by other strides, or as another class."""
    if layout == "fortran":
        return np.asfortranarray(array)
    if layout == "reversed" and array.ndim:
        return array[::-1]
    if layout == "strided" and array.ndim > 1:
        return np.repeat(array, 2, axis=1)[:, ::2]
    if layout == "broadcast" and array.ndim and len(array):
        return np.broadcast_to(array[:1], array.shape)
    if layout == "masked":
        return np.ma.masked_array(array, mask=np.zeros(array.shape, bool))
    if layout == "all masked":
        return np.ma.masked_array(array, mask=np.ones(array.shape, bool))
    if layout == "matrix" and array.ndim == 2:
        return array.view(np.matrix)
    if layout == "read-only":
        array.flags.writeable = False
    return array


_LAYOUTS = st.sampled_from("plain,fortran,reversed,strided,broadcast,masked,all masked,matrix,read-only".split(","))
_VALUES = st.sampled_from(["unit", "unit", "constant", "outside", "special"])
_SEEDS = st.integers(0, 2**32 - 1)


def arrays(shapes: st.SearchStrategy[tuple[int, ...]], kinds: list[str], values: Any = _VALUES) -> Any:
    """Return arrays of such shapes and kinds, in every layout."""
    made = st.builds(_filled, shapes, st.sampled_from(kinds), values, _SEEDS)
    return st.builds(_laid_out, made, _LAYOUTS)


_EXTREME = st.sampled_from([(1, 1), (1, 40_000), (40_000, 1), (2, 33_000), (700, 3), (3, 700)])
SIZES = st.one_of(st.tuples(st.integers(1, 48), st.integers(1, 48)), _EXTREME)
FRAMES = arrays(SIZES.map(lambda size: (*size, 3)), ["u1"], st.just("unit"))
"""Right ones."""
MASKS = arrays(SIZES, ["f4", "f8", "f2", ">f4", "?", "g"], st.sampled_from(["unit", "constant"]))
"""Right ones, of any size."""
ARRAYS = arrays(st.one_of(st.lists(_SIDES, max_size=4).map(tuple), _SIDES.map(lambda n: (n, n, 3))), _DTYPES)
"""Any, most of them wrong."""
ANY_FRAME = st.one_of(FRAMES, FRAMES, ARRAYS, ANYTHING)
ANY_MASK = st.one_of(MASKS, MASKS, ARRAYS, ANYTHING)


class Unchanged:
    """Sees that arrays that were handed over are as they were: in values, strides and flags."""

    def __init__(self, *given: Any) -> None:
        self._given = [one for one in given if isinstance(one, np.ndarray) and one.dtype.kind != "O"]
        self._before = [self._look(one) for one in self._given]

    @staticmethod
    def _look(array: NDArray[Any]) -> tuple[Any, ...]:
        return np.asarray(array).tobytes(), array.strides, array.flags.writeable

    def check(self) -> None:
        """Fail if one is another one."""
        assert [self._look(one) for one in self._given] == self._before
