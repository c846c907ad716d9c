"""The effects that the hand-written JavaScript has as well: both sides in turns, and whether their pictures agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.measure import REFERENCE, medians
from bench.stats import ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bench.measure import Field
    from bench.types import ByHand, Difference, Order

EFFECTS = ("fill", "blur", "picture")
_FRAMES_SHOWN = 4  # so that the last one, which is compared, isn't the backdrop


def compare(field: Field, subject: str, rounds: int, order: Order) -> dict[str, ByHand]:
    """Let `subject` and the hand-written JavaScript take turns with each effect; empty if one of them falls out."""
    keys = (subject, REFERENCE)
    visits = field.effects(keys, EFFECTS, rounds, order)
    pictures = field.pictures(keys, EFFECTS, {**order, "count": _FRAMES_SHOWN})
    if not all(key in field.keys for key in keys):
        return {}
    return {
        name: {
            "outcomes": field.outcomes({key: visits[key][name] for key in keys}, {}),
            "ratio": ratio(*(medians(visits[key][name], "totalMs") for key in keys)),
            "difference": difference(*(pictures[key][name] for key in keys)),
        }
        for name in EFFECTS
    }


def difference(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Difference:
    """Return how far two pictures of one shape are apart, over all their channels, of 255."""
    apart = np.abs(first.astype(np.int16) - second)
    return {"mean": round(float(apart.mean()), 4), "most": int(apart.max())}
