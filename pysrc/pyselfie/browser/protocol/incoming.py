"""What the page tells Python: a JavaScript object, read by its attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from pyselfie.browser.js_types import Bitmap, Frame, OffscreenCanvas


class Ping(Protocol):
    type: Literal["ping"]
    number: float


class Open(Protocol):
    type: Literal["open"]
    channel: int
    options: str
    canvas: OffscreenCanvas


class OpenService(Protocol):
    type: Literal["open_service"]
    channel: int
    options: str


class OpenLab(Protocol):
    type: Literal["open_lab"]
    channel: int
    options: str


class Close(Protocol):
    type: Literal["close"]
    channel: int


class ShowFrame(Protocol):
    type: Literal["frame"]
    frame: Frame
    isCut: bool
    isFirst: bool
    isPhoto: bool
    isBlurred: bool
    mask: Bitmap | None


class SetOptions(Protocol):
    type: Literal["options"]
    changes: str
    lot: int


class SetBackdrop(Protocol):
    type: Literal["backdrop"]
    bitmap: Bitmap | None
    lot: int


class SetCustomEffect(Protocol):
    type: Literal["custom_effect"]
    source: str | None
    name: str | None
    values: str
    number: int
    ended: str | None


class SetEffectValues(Protocol):
    type: Literal["effect_values"]
    values: str


class SetTap(Protocol):
    type: Literal["tap"]
    on: bool
    form: Literal["frame", "alpha", "bitmap"]
    intervalMs: float


class SetTrace(Protocol):
    type: Literal["trace"]
    state: Literal["off", "live", "held"]


class Reset(Protocol):
    type: Literal["reset"]


class TakeCanvas(Protocol):
    type: Literal["canvas"]
    canvas: OffscreenCanvas


class AskMask(Protocol):
    type: Literal["mask"]
    request: int


class AskClasses(Protocol):
    type: Literal["classes"]
    request: int


class AskSnapshot(Protocol):
    type: Literal["snapshot"]
    request: int


class AskTraced(Protocol):
    type: Literal["traced"]
    request: int
    step: str


class Prepare(Protocol):
    type: Literal["prepare"]
    request: int
    model: int


class Segment(Protocol):
    type: Literal["segment"]
    request: int
    frame: Frame
    model: int
    mirror: bool


class PlanLab(Protocol):
    type: Literal["plan"]
    request: int
    plan: str


class Measure(Protocol):
    type: Literal["measure"]
    request: int
    name: str
    picture: Frame
    truth: Frame | None
    hasPalette: bool


class AskTable(Protocol):
    type: Literal["table"]
    request: int
    order: str
    descending: bool


class AskViews(Protocol):
    type: Literal["views"]
    request: int
    kind: str
    name: str
    picture: Frame
    truth: Frame | None
    hasPalette: bool


class AskCsv(Protocol):
    type: Literal["csv"]
    request: int
    side: int


ToEngine: TypeAlias = (
    ShowFrame
    | SetOptions
    | SetBackdrop
    | SetCustomEffect
    | SetEffectValues
    | SetTap
    | SetTrace
    | Reset
    | TakeCanvas
    | AskMask
    | AskClasses
    | AskSnapshot
    | AskTraced
)
ToService: TypeAlias = Prepare | Segment
ToLab: TypeAlias = PlanLab | Measure | AskTable | AskViews | AskCsv
ToPython: TypeAlias = Ping | Open | OpenService | OpenLab | Close | ToEngine | ToService | ToLab
