"""The rounds: every contender takes its turn in each, so that all of them meet the same noise."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Literal

from bench.stats import overlap, ratio, summary
from builder.errors import BuildError
from builder.report import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from bench.contenders import Entrant
    from bench.types import Order, Outcome, Summary, Visit

REFERENCE = "handjs"
What = Literal["totalMs", "roundTripMs"]


class Field:
    """The contenders that are still in the race, and what each has done.

    Parameters
    ----------
    entrants
        Pages that are open.
    failures
        Takes one sentence for each contender that falls out: it is closed, and the others go on.
    """

    def __init__(self, entrants: Sequence[Entrant], failures: dict[str, str]) -> None:
        self._entrants = list(entrants)
        self._failures = failures

    @property
    def keys(self) -> list[str]:
        """Who is still in."""
        return [entrant.contender.key for entrant in self._entrants]

    def rounds(self, count: int, order: Order, only: Sequence[str] = ()) -> dict[str, list[Visit]]:
        """Let everybody (or `only` those) run `order` in each of `count` rounds, beginning with another one each time.

        Only contenders that ran all rounds are in the result, so rounds match one to one.
        """
        visits: dict[str, list[Visit]] = {}
        for turn in range(count):
            for entrant in self._in_turn(turn, only or self.keys):
                self._visit(entrant, order, visits.setdefault(entrant.contender.key, []))
        return {key: visits[key] for key in self.keys if key in visits}

    def _in_turn(self, turn: int, keys: Sequence[str]) -> list[Entrant]:
        entrants = [entrant for entrant in self._entrants if entrant.contender.key in keys]
        first = turn % max(1, len(entrants))
        return entrants[first:] + entrants[:first]

    def _visit(self, entrant: Entrant, order: Order, visits: list[Visit], effect: str | None = None) -> None:
        try:
            if effect:
                entrant.set_effect(effect)
            visits.append(entrant.visit(order))
        except BuildError as error:
            self._fall_out(entrant, error)

    def _fall_out(self, entrant: Entrant, error: BuildError) -> None:
        say(str(error))
        self._failures[entrant.contender.key] = str(error)
        self._entrants.remove(entrant)
        entrant.close()

    def effects(
        self, keys: Sequence[str], names: Sequence[str], count: int, order: Order
    ) -> dict[str, dict[str, list[Visit]]]:
        """Let these contenders run `order` with each effect in each of `count` rounds; return it by key and effect."""
        visits: dict[str, dict[str, list[Visit]]] = {}
        for turn, name in enumerate([*names] * count):
            for entrant in self._in_turn(turn, keys):
                theirs = visits.setdefault(entrant.contender.key, {})
                self._visit(entrant, order, theirs.setdefault(name, []), effect=name)
        return {key: visits[key] for key in self.keys if key in visits}

    def pictures(
        self, keys: Sequence[str], names: Sequence[str], order: Order
    ) -> dict[str, dict[str, NDArray[np.uint8]]]:
        """Return by key and effect what these contenders make of `order`'s last frame, uint8 [height, width, 4]."""
        pictures: dict[str, dict[str, NDArray[np.uint8]]] = {}
        for entrant in self._in_turn(0, keys):
            theirs = pictures.setdefault(entrant.contender.key, {})
            try:
                for name in names:
                    entrant.set_effect(name)
                    entrant.visit(order)
                    theirs[name] = entrant.picture()
            except BuildError as error:
                self._fall_out(entrant, error)
        return pictures

    def agreement(self) -> dict[str, float]:
        """Return how well each one's person covers the reference's in the last frame; empty without the reference."""
        people: dict[str, list[int]] = {}
        for entrant in list(self._entrants):
            self._look(entrant, people)
        reference = people.get(REFERENCE)
        return {key: overlap(person, reference) for key, person in people.items()} if reference else {}

    def _look(self, entrant: Entrant, people: dict[str, list[int]]) -> None:
        try:
            people[entrant.contender.key] = entrant.person()
        except BuildError as error:
            self._fall_out(entrant, error)

    def outcomes(self, visits: dict[str, list[Visit]], agreement: dict[str, float]) -> dict[str, Outcome]:
        """Sum up the rounds of everybody who is in `visits`."""
        return {
            entrant.contender.key: _outcome(entrant, visits[entrant.contender.key], agreement)
            for entrant in self._entrants
            if entrant.contender.key in visits
        }


def _outcome(entrant: Entrant, visits: list[Visit], agreement: dict[str, float]) -> Outcome:
    samples = [sample for visit in visits for sample in visit["samples"]]
    stages = samples[0]["stages"]
    return {
        "label": entrant.contender.label,
        "does": entrant.contender.does,
        "backend": entrant.backend,
        "threads": entrant.threads,
        "frames": len(samples),
        "total_ms": summary([sample["totalMs"] for sample in samples]),
        "round_trip_ms": summary([sample["roundTripMs"] for sample in samples]),
        "main_ms": summary([sample["mainMs"] for sample in samples]),
        "main_task_ms": summary([visit["task_ms"] for visit in visits]),
        "round_totals_ms": medians(visits, "totalMs"),
        "round_trips_ms": medians(visits, "roundTripMs"),
        "stages": {name: summary([sample["stages"][name] for sample in samples]) for name in stages},
        "ways_in": dict(Counter(sample["wayIn"] for sample in samples if "wayIn" in sample)),
        "agreement": agreement.get(entrant.contender.key),
    }


def totals(visits: Sequence[Visit]) -> Summary:
    """Return all frames' milliseconds."""
    return summary([sample["totalMs"] for visit in visits for sample in visit["samples"]])


def medians(visits: Sequence[Visit], what: What) -> list[float]:
    """Return the median of each round."""
    return [round(median(sample[what] for sample in visit["samples"]), 3) for visit in visits]


def ratios(visits: dict[str, list[Visit]], subject: str, what: What) -> dict[str, Summary]:
    """Return `subject`'s time over everybody else's, round by round; empty if `subject` did not finish."""
    if subject not in visits:
        return {}
    above = medians(visits[subject], what)
    return {key: ratio(above, medians(theirs, what)) for key, theirs in visits.items() if key != subject}
