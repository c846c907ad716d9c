"""What Python tells the page: a dictionary, sent as JSON."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict


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
    maskFrom: Literal["model", "camera"]


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
