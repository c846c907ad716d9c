"""Which painter paints, and why."""

from __future__ import annotations

PAINTERS = ("auto", "webgpu", "canvas2d")


class PainterChoice:
    """Chooses between the WebGPU painter, whose frames stay on the GPU, and Canvas 2D.

    Parameters
    ----------
    requested : str
        One of `PAINTERS`; anything else counts as ``"auto"``.
    is_software : bool
        The WebGPU adapter computes on the CPU.
    """

    def __init__(self, requested: str, *, is_software: bool) -> None:
        self._requested = requested
        self._is_software = is_software
        self._failure: str | None = None
        self._needed: str | None = None

    def give_up(self, why: str) -> None:
        """Paint on Canvas 2D from now on: the WebGPU painter failed because of `why`."""
        self._failure = why

    def need_canvas(self, why: str | None) -> None:
        """Paint on Canvas 2D as long as there is a reason `why`."""
        self._needed = why

    def for_backend(self, backend: str) -> tuple[str, str]:
        """Return (painter, reason) where the model runs on `backend`."""
        if self._requested == "canvas2d":
            return "canvas2d", "asked for"
        if self._needed is not None or self._failure is not None:
            return "canvas2d", self._needed or f"webgpu failed ({self._failure})"
        if backend != "webgpu":
            return "canvas2d", f"the model runs on {backend}"
        if self._requested == "webgpu":
            return "webgpu", "asked for"
        if self._is_software:
            return "canvas2d", "the WebGPU adapter is software"
        return "webgpu", "hardware adapter"
