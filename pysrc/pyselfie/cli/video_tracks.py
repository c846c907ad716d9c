"""The tracks of a video beside its pictures: sound and subtitles, copied, or encoded anew, or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pyselfie.cli.film import Film

_SOUNDS = {
    ".mp4": {"aac", "ac3", "alac", "flac", "mp3", "opus"},
    ".m4v": {"aac", "ac3", "alac"},
    ".mov": {"aac", "ac3", "alac", "mp3", "pcm_s16le", "pcm_s24le"},
    ".webm": {"opus", "vorbis"},
}
"""Sound that players expect in each kind of file; in .mkv anything goes. Other sound is encoded anew."""
_SUBTITLES = {
    ".mp4": {"mov_text"},
    ".m4v": {"mov_text"},
    ".mov": {"mov_text"},
    ".webm": {"webvtt"},
    ".mkv": {
        "subrip",
        "ass",
        "webvtt",
        "text",
        "hdmv_pgs_subtitle",
        "hdmv_text_subtitle",
        "dvd_subtitle",
        "dvb_subtitle",
    },
}
"""Subtitles that each kind of file can hold (FFmpeg's movenc.c, matroska.c)."""
_TEXTS = {"subrip", "ass", "webvtt", "text", "mov_text"}
_TEXT_AS = {".mp4": "mov_text", ".m4v": "mov_text", ".mov": "mov_text", ".webm": "webvtt", ".mkv": "subrip"}
"""What text becomes in a file that cannot hold it as it was; pictures of text stay what they are."""


class Track(Protocol):
    """One track on its way into the new file."""

    def write(self, packet: Any) -> None:
        """Take a packet of the source's track."""

    def finish(self) -> None:
        """Write what is still held back."""


class _Copied:
    def __init__(self, container: Any, source: Any) -> None:
        self._container = container
        self._stream = container.add_stream_from_template(source)
        _describe(self._stream, source)

    def write(self, packet: Any) -> None:
        if packet.dts is not None:  # the one without is the end mark
            packet.stream = self._stream
            self._container.mux(packet)

    def finish(self) -> None:
        """Nothing is held back."""


class _Encoded:
    def __init__(self, container: Any, source: Any, codec: str) -> None:
        self._container = container
        rate = 48_000 if codec == "libopus" else source.codec_context.sample_rate
        self._stream = container.add_stream(codec, rate=rate)
        self._stream.codec_context.layout = source.codec_context.layout
        _describe(self._stream, source)

    def write(self, packet: Any) -> None:
        for frame in packet.decode():
            self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._stream.encode(None))


class _Rewritten:
    """Subtitles as text of another kind, at their old times."""

    def __init__(self, container: Any, source: Any, codec: str) -> None:
        self._container, self._decoder = container, source.codec_context
        self._decoder.open(strict=False)
        self._stream = container.add_stream(codec)
        self._stream.codec_context.subtitle_header = self._decoder.subtitle_header
        _describe(self._stream, source)

    def write(self, packet: Any) -> None:
        text = self._decoder.decode2(packet) if packet.size else None
        if text is None:  # an MP4 has empty ones between
            return
        rewritten = self._stream.codec_context.encode_subtitle(text)
        rewritten.stream, rewritten.time_base = self._stream, packet.time_base
        rewritten.pts = rewritten.dts = packet.pts
        rewritten.duration = packet.duration
        self._container.mux(rewritten)

    def finish(self) -> None:
        """Nothing is held back."""


def _describe(stream: Any, source: Any) -> None:
    """Take over language and title, and which track is played by default."""
    stream.metadata.update({name: source.metadata[name] for name in ("language", "title") if name in source.metadata})
    stream.disposition = source.disposition


def open_tracks(container: Any, film: Film, suffix: str) -> tuple[dict[int, Track], list[str]]:
    """Add the film's sound and subtitles to a new file that ends in `suffix`.

    Returns
    -------
    tracks : dict[int, Track]
        By the index of the film's stream.
    left_out : list[str]
        Phrases: what cannot be kept, and why.
    """
    tracks: dict[int, Track] = {}
    left_out = [
        f"pictures ({_codec(stream)}), as only the first track of them is processed" for stream in film.further_videos
    ]
    for stream in film.sounds:
        codec = _codec(stream)
        if codec in _SOUNDS.get(suffix, {codec}):
            tracks[stream.index] = _Copied(container, stream)
        elif stream.codec_context is not None:
            tracks[stream.index] = _Encoded(container, stream, "libopus" if suffix == ".webm" else "aac")
        else:
            left_out.append(f"sound ({codec}), which cannot be decoded")
    for stream in film.subtitles:
        if _codec(stream) in _SUBTITLES[suffix]:
            tracks[stream.index] = _Copied(container, stream)
        elif _codec(stream) in _TEXTS:
            tracks[stream.index] = _Rewritten(container, stream, _TEXT_AS[suffix])
        else:
            left_out.append(f"subtitles ({_codec(stream)}), which {suffix} cannot hold")
    return tracks, left_out


def _codec(stream: Any) -> str:
    """Return FFmpeg's name for how a track is encoded."""
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else "unknown"
