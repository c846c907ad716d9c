"""The operators against Porter and Duff's formulas and against each other."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.reference.porter_duff import OPERATORS, premultiply, to_straight_u8

# (fraction of the source, fraction of the destination) by operator, from the paper's table.
FRACTIONS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "copy": lambda **_: (1, 0),
    "source-over": lambda sa, **_: (1, 1 - sa),
    "source-in": lambda da, **_: (da, 0),
    "destination-out": lambda sa, **_: (0, 1 - sa),
    "destination-over": lambda da, **_: (1 - da, 1),
    "destination-atop": lambda sa, da: (1 - da, sa),
}


@pytest.fixture
def layers():
    rng = np.random.default_rng(7)
    return [premultiply(rng.random((5, 6, 4), np.float32)) for _ in range(2)]


@pytest.mark.parametrize("name", FRACTIONS)
def test_operator_weighs_source_and_destination_as_published(name, layers):
    """Every operator is Fs * source + Fd * destination with the published fractions."""
    destination, source = layers
    f_source, f_destination = FRACTIONS[name](sa=source[..., 3:], da=destination[..., 3:])
    expected = source * f_source + destination * f_destination
    np.testing.assert_allclose(OPERATORS[name](destination, source), expected, atol=1e-6)


def test_every_operator_has_a_published_formula():
    """No operator goes untested."""
    assert set(OPERATORS) == set(FRACTIONS)


def test_operators_leave_their_inputs_alone(layers):
    """Compositing returns a new array."""
    before = [layer.copy() for layer in layers]
    for operator in OPERATORS.values():
        operator(*layers)[...] = 0
    np.testing.assert_array_equal(layers, before)


def test_straight_pixels_survive_premultiplying_and_back():
    """uint8 RGBA comes back exactly wherever it is visible, and as zero where it is not."""
    rgba = np.random.default_rng(3).integers(0, 256, (16, 16, 4), np.uint8)
    rgba[0, :, 3] = 0
    rgba[1:, :, 3] |= 1
    expected = np.where(rgba[..., 3:] > 0, rgba, 0)
    np.testing.assert_array_equal(to_straight_u8(premultiply(rgba)), expected)
