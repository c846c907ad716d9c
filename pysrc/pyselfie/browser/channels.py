"""Several engines of one page in one worker: one Python, one ONNX Runtime, a channel for each engine."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

from pyselfie.browser.engine import Engine
from pyselfie.browser.service.segmentation_service import SegmentationService
from pyselfie.browser.service.service_client import ServiceClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyselfie.browser.js_types import Host


class Channels:
    """Opens an `Engine` or a `ServiceClient` per channel and hands each message to the one that it is for.

    Parameters
    ----------
    make_host : callable
        ``make_host(channel)`` returns the JavaScript side of a new channel.
    requested, painter : str
        Backend and painter of all channels; see `Engine`.
    """

    def __init__(self, make_host: Callable[[int], Host], requested: str, painter: str) -> None:
        gc.freeze()  # what start-up has made stays: collections between frames need not look at it
        self._make_host = make_host
        self._requested = requested
        self._painter = painter
        self._clients: dict[int, Engine | ServiceClient] = {}
        self._service: SegmentationService | None = None
        # ONNX Runtime's WebGPU build may not be entered twice at a time, whoever calls it.
        self._lock = asyncio.Lock()

    def receive(self, message: Any) -> bool:
        """Take one message of the page, and say so; see ``web/js/engine/engine.js`` for their forms."""
        if message.type == "ping":
            return True
        if message.type == "open":
            self._open(message)
        elif message.type == "close":
            worker = self._clients.pop(message.channel, None)
            if worker is not None:
                worker.close()
        elif message.channel in self._clients:
            self._clients[message.channel].receive(message)
        return True

    def _open(self, message: Any) -> None:
        worker = self._make(message, self._make_host(message.channel))
        self._clients[message.channel] = worker
        worker.start()

    def _make(self, message: Any, host: Host) -> Engine | ServiceClient:
        if getattr(message, "kind", None) == "segment":
            return ServiceClient(self._service_for(host), host, message.options)
        settings = {"requested": self._requested, "painter": self._painter}
        return Engine(host, message.canvas, message.options, lock=self._lock, **settings)

    def _service_for(self, host: Host) -> SegmentationService:
        """Return the service that all segmenters share; the first one's host serves it."""
        if self._service is None or self._service.is_over:
            self._service = SegmentationService(host, requested=self._requested, lock=self._lock)
        return self._service
