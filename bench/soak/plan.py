"""Which steps a run takes, in an order that its seed decides."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EACH_ROUND = (
    "effect",
    "options",
    "model",
    "photo",
    "film",
    "camera",
    "hide",
    "own_effect",
    "track",
    "capture",
    "ask",
    "second",
    "legacy",
)
"""Every round takes each of them once: rounds are alike, and what is left after one can be compared."""
SELDOM = ("multiclass", "worker_death")
"""They take as long as all others together: one of them closes each third round."""
SELDOM_ON_WEBGPU = ("worker_death",)
"""In software: nothing stands in for the multiclass model there."""
_ROUNDS_BETWEEN = 3
_NUMBERS = 1 << 16


class Step(NamedTuple):
    """One of bench/pages/soak_steps.js, and the number from which it chooses."""

    name: str
    number: int


def rounds(seed: int, each: Sequence[str] = EACH_ROUND, seldom: Sequence[str] = SELDOM) -> Iterator[list[Step]]:
    """Give the steps of one round after the other, for ever; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    turn = 0
    while True:
        turn += 1
        names = list(each)
        chance.shuffle(names)
        if seldom and turn % _ROUNDS_BETWEEN == 0:
            names.append(seldom[turn // _ROUNDS_BETWEEN % len(seldom)])
        yield [Step(name, chance.randrange(_NUMBERS)) for name in names]
