"""An opened video: its frames upright and of one size, and its other tracks as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.cli.errors import FileError
from pyselfie.extras import best_sampling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pyselfie.cli.files import Place

_CUT_OFF_S, _CUT_OFF_SHARE = 0.5, 0.05  # a file that ends so much earlier than it says has been cut off


class Film:
    """An opened video: its frames, upright and all of one size, and its sound and subtitles as they are.

    Attributes
    ----------
    av, source
        The module, and the file.
    video
        PyAV's stream of the pictures that are processed.
    sounds, subtitles
        PyAV's streams of the other tracks.
    further_videos
        What lies in the file beside `video` and is not processed, cover pictures apart.
    metadata, chapters
        Title and the like.
    expected
        How many frames there should be, 0 if the file does not say.
    read
        How many frames have been read.
    has_new_size
        Whether the last frame of `upright` had another size in the file than the one before it.
    """

    def __init__(self, av: Any, container: Any, source: Place) -> None:
        self.av, self.source, self._container = av, source, container
        covers = av.stream.Disposition.attached_pic
        videos = [stream for stream in container.streams.video if not stream.disposition & covers]
        if not videos:
            raise FileError(f"{source} has no pictures in it")
        self.video, *self.further_videos = videos
        self.video.thread_type = "AUTO"
        self.metadata: dict[str, str] = dict(container.metadata)
        self.chapters = container.chapters()
        self.sounds: list[Any] = list(container.streams.audio)
        self.subtitles: list[Any] = list(container.streams.subtitles)
        self.expected = self.video.frames or self._guess_frames()
        self.read, self._damaged, self._end = 0, False, 0.0
        self.has_new_size = False
        self._size: tuple[int, int] | None = None  # of all frames that `upright` returns
        self._own_size: tuple[int, int] | None = None  # of the frame before, in the file
        self._begin: float | None = None

    def _guess_frames(self) -> int:
        rate, duration = self.video.average_rate, self._container.duration
        return round(duration / self.av.time_base * rate) if rate and duration else 0

    def parts(self) -> Iterator[tuple[str, Any]]:
        """Yield ("picture", frame) and ("packet", another track's packet), in the order of the file."""
        packets = self._container.demux([self.video, *self.sounds, *self.subtitles])
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except self.av.FFmpegError:
                self._damaged = True
                return
            if packet.pts is not None and packet.stream not in self.subtitles:  # they may end long before the film
                self._end = max(self._end, float(packet.pts * packet.time_base))
            if packet.stream is not self.video:
                yield "packet", packet
                continue
            for frame in self._decoded(packet):
                self.read += 1
                yield "picture", frame

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            return list(packet.decode())
        except self.av.FFmpegError:
            self._damaged = True
            return []

    def upright(self, frame: Any) -> NDArray[np.uint8]:
        """Return a frame as RGB, turned as the camera noted, and of the first frame's size."""
        rgb: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
        quarter_turns = round(frame.rotation / 90) % 4
        rgb = np.ascontiguousarray(np.rot90(rgb, quarter_turns))
        height, width = rgb.shape[:2]
        self.has_new_size = self._own_size not in {None, (width, height)}
        self._own_size = width, height
        if self._size is None:
            self._size = width, height
        if self._size != (width, height):
            rgb = best_sampling().resize_half_pixel(rgb, *self._size)
        return rgb

    def seconds(self, frame: Any) -> float:
        """Return a frame's time since the first one."""
        time = frame.time if frame.time is not None else self.read / float(self.video.guessed_rate or 25)
        if self._begin is None:
            self._begin = time
        return float(time - self._begin)

    def missing(self) -> str:
        """Return what could not be read, in one sentence, or an empty string."""
        length = (self._container.duration or 0) / self.av.time_base
        cut_off = length - self._end > max(_CUT_OFF_S, _CUT_OFF_SHARE * length)
        if self._damaged or cut_off or self.read < self.video.frames:
            of = f" of {self.expected}" if self.expected > self.read else ""
            return f"{self.source} is damaged: only {self.read}{of} frames could be read; they are written"
        return ""
