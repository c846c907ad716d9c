"""The way out of a video: encoded pictures, and the other tracks."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.cli.errors import FileError
from pyselfie.cli.formats import VIDEOS_WITH_ALPHA
from pyselfie.cli.video_tracks import open_tracks

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from pyselfie.cli.files import Place
    from pyselfie.cli.film import Film
    from pyselfie.cli.video_tracks import Track

_H264 = ("libx264", {"crf": "18", "preset": "veryfast"})
_FALLBACK = ("mpeg4", {"qscale": "3"})
_VP9 = ("libvpx-vp9", {"crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"})
_PRORES = ("prores_ks", {"profile": "4444", "alpha_bits": "16", "vendor": "apl0"})
_BT709, _FULL_RANGE, _LIMITED_RANGE, _UNKNOWN = 1, 2, 1, 2


class VideoOutput:
    """Writes pictures and other tracks into a new file; complete only after a clean exit of the ``with`` block.

    Parameters
    ----------
    path, target
        The file to write to, and the name it will get: for messages.
    film
        Where the pictures come from: their times and colours, the other tracks and the chapters are taken over.

    Attributes
    ----------
    left_out
        Phrases: the tracks that this kind of file cannot hold; known after the first picture.
    """

    def __init__(self, path: Path, target: Place, film: Film) -> None:
        self._av, self._film, self._target = film.av, film, target
        self._container = film.av.open(str(path), "w")
        self._video: Any = None
        self.left_out: list[str] = []
        self._tracks: dict[int, Track] = {}  # by the index of the source's stream
        self._waiting: list[Any] = []  # from before the first picture: streams cannot be added once writing has begun
        self._last = -1  # the newest picture's time

    def __enter__(self) -> VideoOutput:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._video is not None:
                self._finish()
        finally:
            if kind is None:
                self._container.close()
            else:
                self._abandon()

    def _finish(self) -> None:
        self._container.mux(self._video.encode(None))
        for track in self._tracks.values():
            track.finish()

    def _abandon(self) -> None:
        """Close without a word: what went wrong is being told already, and the file will be removed."""
        try:
            self._container.close()
        except (OSError, ValueError):
            return

    def picture(self, picture: NDArray[np.uint8], source: Any) -> None:
        """Write one RGB or RGBA picture at the time of the frame `source`."""
        has_alpha = picture.shape[2] == 4
        padded = _even(picture)
        if self._video is None:
            self._open(padded, source, has_alpha=has_alpha)
        frame = self._av.VideoFrame.from_ndarray(padded, format="rgba" if has_alpha else "rgb24")
        frame = frame.reformat(
            format=self._video.codec_context.pix_fmt,
            dst_colorspace=self._matrix(source),
            src_color_range=_FULL_RANGE,
            dst_color_range=_LIMITED_RANGE,
        )
        frame.time_base = self._video.codec_context.time_base
        frame.pts = self._last = self._time(source)
        self._container.mux(self._video.encode(frame))

    def _time(self, source: Any) -> int:
        """Return the frame's time in units of the stream; it only ever grows."""
        if source.pts is None:
            return self._last + int(max(1, round(1 / (self._rate() * self._video.codec_context.time_base))))
        return max(self._last + 1, int(source.pts))

    def _rate(self) -> Fraction:
        return Fraction(self._film.video.average_rate or self._film.video.guessed_rate or 25)

    def _open(self, picture: NDArray[np.uint8], source: Any, *, has_alpha: bool) -> None:
        (codec, options), pix_fmt = self._codec(has_alpha=has_alpha)
        stream = self._container.add_stream(codec, rate=self._rate(), options=options)
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt = pix_fmt
        context = stream.codec_context
        context.time_base = source.time_base or 1 / self._rate()
        context.colorspace, context.color_range = self._matrix(source) or _UNKNOWN, _LIMITED_RANGE
        context.color_primaries, context.color_trc = source.color_primaries, source.color_trc
        aspect = self._film.video.sample_aspect_ratio
        if aspect and aspect != 1:
            context.sample_aspect_ratio = 1 / aspect if round(source.rotation / 90) % 2 else aspect
        if pix_fmt == "yuva420p":
            stream.metadata["alpha_mode"] = "1"  # what tells a player of WebM
        self._video = stream
        self._tracks, self.left_out = open_tracks(self._container, self._film, self._target.suffix.lower())
        self._container.metadata.update(self._film.metadata)
        self._container.set_chapters(self._film.chapters)
        for packet in self._waiting:
            self.packet(packet)
        self._waiting.clear()

    def _codec(self, *, has_alpha: bool) -> tuple[tuple[str, dict[str, str]], str]:
        """Return the encoder with its options, and how its pixels lie."""
        suffix = self._target.suffix.lower()
        if has_alpha and suffix not in VIDEOS_WITH_ALPHA:
            kinds = " or ".join(sorted(VIDEOS_WITH_ALPHA, reverse=True))
            raise FileError(f"{self._target} cannot hold transparency: a transparent video has to be {kinds}")
        if suffix == ".webm":
            return _VP9, "yuva420p" if has_alpha else "yuv420p"
        if has_alpha:
            return _PRORES, "yuva444p10le"
        return _H264 if "libx264" in self._av.codecs_available else _FALLBACK, "yuv420p"

    def _matrix(self, source: Any) -> int | None:
        """Return how the source's colours were made of RGB, None where it does not say: the same way back then."""
        if source.format.is_rgb:
            return _BT709
        known = int(source.colorspace)
        return known if known not in {0, _UNKNOWN} else None

    def packet(self, packet: Any) -> None:
        """Write a packet of another track, if this kind of file can hold that."""
        if self._video is None:
            self._waiting.append(packet)
        elif packet.stream.index in self._tracks:
            self._tracks[packet.stream.index].write(packet)


def _even(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture of even width and height, as video needs: the last row or column is doubled."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return picture
