"""The messages between page and Python; ``web/js/engine/protocol.d.ts`` says the same and what each means.

What comes in is a JavaScript object, read by its attributes; what goes out is a dictionary, sent as JSON. A test holds
the two files equal. For type checkers only: nothing here is needed at run time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, Protocol, TypeAlias, TypedDict

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


class Status(TypedDict):
    backend: str
    reason: str
    model: str
    modelSelection: int
    modelAsked: int
    modelReason: str
    edges: str
    threads: int
    painter: str
    painterReason: str


class Ready(Status):
    type: Literal["ready"]


class ModelChanged(Status):
    type: Literal["model"]


class BackendChanged(Status):
    type: Literal["backendchange"]


class Pacing(TypedDict):
    framesPerMask: NotRequired[int]
    masksReused: NotRequired[int]
    edgeDropped: NotRequired[bool]


class Stats(Status, Pacing):
    type: Literal["stats"]
    fps: float
    frames: int
    stages: dict[str, dict[str, float]]
    width: int
    height: int
    wayIn: str


class Overload(TypedDict):
    type: Literal["overload"]
    framesPerMask: int
    seconds: float


class Notice(TypedDict):
    type: Literal["notice"]
    code: str
    message: str


class Failure(TypedDict):
    type: Literal["error"]
    code: str
    message: str
    action: Literal["retry", "restart"] | None


class EffectState(TypedDict):
    type: Literal["effect"]
    state: str
    printed: str | None


class EffectGood(TypedDict):
    type: Literal["effect_good"]
    number: int


class Loading(TypedDict):
    type: Literal["loading"]
    on: bool


class Repainted(TypedDict):
    type: Literal["repainted"]
    lot: int


class WantCanvas(TypedDict):
    type: Literal["canvas"]


class ShowCanvas(TypedDict):
    type: Literal["show"]


class GpuChecked(TypedDict):
    type: Literal["gpucheck"]
    key: str
    entry: str
    ifItDies: str | None


class ServiceReady(TypedDict):
    type: Literal["ready"]
    backend: str
    reason: str


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

FromEngine: TypeAlias = (
    Ready
    | ModelChanged
    | BackendChanged
    | Stats
    | Overload
    | Notice
    | Failure
    | EffectState
    | EffectGood
    | Loading
    | Repainted
    | WantCanvas
    | ShowCanvas
    | GpuChecked
)
FromService: TypeAlias = ServiceReady | Notice | Failure | Loading | GpuChecked
FromPython: TypeAlias = FromEngine | FromService
