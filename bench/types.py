"""The shapes of what the pages answer and of what is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from typing import NotRequired


class Sample(TypedDict):
    """Milliseconds of one frame, as ``pages/bench.d.ts`` describes them."""

    totalMs: float
    roundTripMs: float
    mainMs: float
    stages: dict[str, float]
    wayIn: NotRequired[str]


class Order(TypedDict):
    """Which frames a page makes for its next run."""

    count: int
    width: int
    height: int
    kind: str


class Summary(TypedDict):
    """Median and 95th percentile."""

    median: float
    p95: float


class Visit(TypedDict):
    """One contender's part of one round, its first frame dropped."""

    samples: list[Sample]
    task_ms: float
    """Milliseconds per frame in which the page's main thread ran any task at all (CDP ``TaskDuration``)."""


class Outcome(TypedDict):
    """Everything measured about one contender."""

    label: str
    does: str
    backend: str
    threads: int
    frames: int
    total_ms: Summary
    round_trip_ms: Summary
    main_ms: Summary
    main_task_ms: Summary
    stages: dict[str, Summary]
    ways_in: dict[str, int]
    """How many frames came in which way, as the contender itself says: by which call a video frame became a picture."""
    round_totals_ms: list[float]
    """Median frame of each round, and below the same seen from the page: what the ratios are made of."""
    round_trips_ms: list[float]
    agreement: float | None
    """Overlap of the person's area with that of the hand-written JavaScript."""


class Difference(TypedDict):
    """How far two pictures are apart, of 255."""

    mean: float
    most: int


class ByHand(TypedDict):
    """One effect, painted by us and by the hand-written JavaScript."""

    outcomes: dict[str, Outcome]
    ratio: Summary
    """Our time over the other's, round by round."""
    difference: Difference


class Startup(TypedDict):
    """Milliseconds from navigation to the first composite, one per try, and bytes over the wire."""

    cold_ms: list[float]
    warm_ms: list[float]
    cold_bytes: int
    warm_bytes: int


class Goal(TypedDict):
    """One line of the list of goals."""

    name: str
    figure: float
    limit: float
    met: bool
