"""Several engines of one page in one worker: one Python, one ONNX Runtime, a channel for each engine."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

from pyselfie.browser.engine.engine import Engine
from pyselfie.browser.interop import provoke_first_error
from pyselfie.core.gpu_check import Trust

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyselfie.browser.js_types import Host
    from pyselfie.browser.lab.lab_client import LabClient
    from pyselfie.browser.protocol.incoming import Open, OpenLab, OpenService, ToPython
    from pyselfie.browser.service.segmentation_service import SegmentationService
    from pyselfie.browser.service.service_client import ServiceClient


class Channels:
    """Opens an `Engine`, `ServiceClient` or `LabClient` per channel and hands each message to the one that it is for.

    Parameters
    ----------
    make_host : callable
        ``make_host(channel)`` returns the JavaScript side of a new channel.
    requested, painter : str
        Backend and painter of all channels; see `Engine`.
    verdicts : str
        What the page has kept of verdicts on GPUs; see `Trust`.
    """

    def __init__(self, make_host: Callable[[int], Host], requested: str, painter: str, verdicts: str) -> None:
        provoke_first_error()
        gc.freeze()  # what start-up has made stays: collections between frames need not look at it
        self._make_host = make_host
        self._requested = requested
        self._painter = painter
        self._clients: dict[int, Engine | ServiceClient | LabClient] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._service: SegmentationService | None = None
        # ONNX Runtime's WebGPU build may not be entered twice at a time, whoever calls it.
        self._lock = asyncio.Lock()
        self._trust = Trust(verdicts)

    def receive(self, message: ToPython) -> bool:
        """Take one message of the page, and say so."""
        if message.type == "ping":
            return True
        if message.type in {"open", "open_service", "open_lab"}:
            self._open(message)
        elif message.type == "close":
            self._close(message.channel)
        else:
            self._forward(message)
        return True

    def _close(self, channel: int) -> None:
        client = self._clients.pop(channel, None)
        if client is not None:
            task = client.close()
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def end(self) -> None:
        """Close what is open and wait until all frames are: the page ends the worker then."""
        for channel in list(self._clients):
            self._close(channel)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _forward(self, message: Any) -> None:
        if message.channel in self._clients:  # else it has been closed
            self._clients[message.channel].receive(message)

    def _open(self, message: Open | OpenService | OpenLab) -> None:
        client = self._make(message, self._make_host(message.channel))
        self._clients[message.channel] = client
        client.start()

    def _make(self, message: Open | OpenService | OpenLab, host: Host) -> Engine | ServiceClient | LabClient:
        if message.type == "open_service":
            from pyselfie.browser.service.service_client import ServiceClient  # noqa: PLC0415, few pages want it

            return ServiceClient(self._service_for(host), host, message.options)
        if message.type == "open_lab":
            from pyselfie.browser.lab.lab_client import LabClient  # noqa: PLC0415, few pages want it

            return LabClient(host, lock=self._lock)
        settings = {"requested": self._requested, "painter": self._painter}
        return Engine(host, message.canvas, message.options, lock=self._lock, trust=self._trust, **settings)

    def _service_for(self, host: Host) -> SegmentationService:
        """Return the service that all segmenters share; the first one's host serves it."""
        if self._service is None or self._service.is_over:
            from pyselfie.browser.service.segmentation_service import SegmentationService  # noqa: PLC0415, as above

            self._service = SegmentationService(host, requested=self._requested, lock=self._lock, trust=self._trust)
        return self._service
