"""Small films for the tests: the astronaut wanders over a blue wall, and a tone sounds."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WALL = (40, 90, 160)
_RATE_HZ = 48_000


def scenes(photo: NDArray[np.uint8], size: tuple[int, int], count: int) -> list[NDArray[np.uint8]]:
    """Return `count` frames of `size` (width, height)."""
    width, height = size
    portrait = np.asarray(Image.fromarray(photo).resize((height, height)))
    frames = []
    for index in range(count):
        frame = np.full((height, width, 3), WALL, np.uint8)
        frame[:, 2 * index : 2 * index + height] = portrait
        frames.append(frame)
    return frames


def write_film(
    path: Path,
    frames: list[NDArray[np.uint8]],
    *,
    times: list[float] | None = None,
    sound: str | None = "aac",
    options: dict[str, str] | None = None,
    **video: Any,
) -> Path:
    """Write frames at 24 a second, or at `times`; `video` sets attributes of the encoder."""
    with av.open(str(path), "w", options=options or {}) as container:
        codec = "libvpx-vp9" if path.suffix == ".webm" else "libx264"
        stream = container.add_stream(codec, rate=24, options={"crf": "10", "preset": "ultrafast"})
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1200)
        for name, value in video.items():
            setattr(stream.codec_context, name, value)
        tone = _add_tone(container, sound) if sound else None
        for index, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts = round(1200 * (times[index] if times else index / 24))
            frame.time_base = Fraction(1, 1200)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone:
            _write_tone(container, tone, len(frames) / 24)
    return path


def _add_tone(container: Any, codec: str) -> Any:
    stream = container.add_stream(codec, rate=_RATE_HZ)
    stream.codec_context.layout = "mono"
    return stream


def _write_tone(container: Any, stream: Any, seconds: float) -> None:
    samples = np.sin(2 * np.pi * 440 * np.arange(int(seconds * _RATE_HZ)) / _RATE_HZ).astype(np.float32)
    for start in range(0, len(samples), 960):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _RATE_HZ, start, Fraction(1, _RATE_HZ)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def turn(path: Path) -> None:
    """Note in an MP4 that it was filmed with the camera on its side, as phones do: shown a quarter turn clockwise."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # behind version, times, track, duration, layer, volume
    one = 1 << 16
    struct.pack_into(">9i", data, matrix, 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


def sound_packets(path: Path) -> list[bytes]:
    """Return the encoded sound."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def pictures(path: Path, codec: str | None = None) -> tuple[list[float], list[NDArray[np.uint8]]]:
    """Return times in seconds, and frames: RGB, or RGBA with a `codec` that decodes alpha."""
    times, frames = [], []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = av.CodecContext.create(codec, "r") if codec else None
        assert decoder is None or isinstance(decoder, av.VideoCodecContext)
        for packet in container.demux(stream):
            decoded = decoder.decode(packet if packet.size else None) if decoder else packet.decode()
            times += [float(frame.time or 0) for frame in decoded]
            frames += [np.asarray(frame.to_ndarray(format="rgba" if codec else "rgb24"), np.uint8) for frame in decoded]
    return times, frames
