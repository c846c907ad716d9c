"""The tracks of a video beside its pictures: sound and subtitles are kept, whatever the kind of file."""

from __future__ import annotations

import struct
from fractions import Fraction
from operator import itemgetter
from typing import TYPE_CHECKING

import av
import pytest

from pyselfie.cli import main
from tests.unit.film import pictures, scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SIZE = (160, 96)
COUNT = 12


@pytest.fixture(scope="module")
def frames(astronaut: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    return scenes(astronaut, SIZE, COUNT)


@pytest.fixture(scope="module")
def film(frames: list[NDArray[np.uint8]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "talk.mp4", frames)


def convert(source: Path, target: Path, *more: str) -> None:
    assert main([str(source), "-o", str(target), "--quiet", *more]) == 0


SUBTITLES = "1\n00:00:00,100 --> 00:00:00,300\nHello\n\n2\n00:00:00,300 --> 00:00:00,400\nBonjour\n"


@pytest.fixture(scope="module")
def tracks(film: Path, frames: list[NDArray[np.uint8]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film with two tracks of sound in two languages, subtitles, and two chapters."""
    folder = tmp_path_factory.mktemp("tracks")
    (folder / "words.srt").write_text(SUBTITLES)
    second = write_film(folder / "second.mkv", frames, sound="libmp3lame")
    with (
        av.open(str(film)) as seen,
        av.open(str(film)) as first,
        av.open(str(second)) as dubbed,
        av.open(str(folder / "words.srt")) as words,
        av.open(str(folder / "talk.mkv"), "w") as container,
    ):
        parts = [seen.streams.video[0], first.streams.audio[0], dubbed.streams.audio[0], words.streams.subtitles[0]]
        streams = [container.add_stream_from_template(part) for part in parts]
        for stream, language in zip(streams[1:], ["eng", "fra", "ger"], strict=True):
            stream.metadata["language"] = language
        milliseconds = Fraction(1, 1000)
        container.set_chapters(
            [{"id": 1, "start": 0, "end": 250, "time_base": milliseconds, "metadata": {"title": "Hello"}}]
        )
        films = [seen, first, dubbed, words]
        packets = [(packet.dts * packet.time_base, packet, stream)
                   for film, part, stream in zip(films, parts, streams, strict=True)
                   for packet in film.demux(part) if packet.dts is not None]  # fmt: skip
        for _, packet, stream in sorted(packets, key=itemgetter(0)):
            packet.stream = stream
            container.mux(packet)
    return folder / "talk.mkv"


def described(path: Path) -> list[tuple[str, str, str]]:
    with av.open(str(path)) as container:
        return [
            (stream.type, stream.codec_context.codec.canonical_name, stream.metadata.get("language", ""))
            for stream in container.streams
            if stream.type != "data"  # MP4 keeps chapters in a track
        ]


def packets_of(path: Path, index: int) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams[index]) if packet.size]


def test_every_track_is_kept(tracks: Path, tmp_path: Path) -> None:
    """All sound and all subtitles are copied to the last byte, with their languages; chapters, too."""
    convert(tracks, tmp_path / "out.mkv")
    assert described(tmp_path / "out.mkv") == described(tracks)
    for index in (1, 2, 3):
        assert packets_of(tmp_path / "out.mkv", index) == packets_of(tracks, index) != []
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["Hello"]


@pytest.mark.parametrize(
    ("suffix", "sounds", "text"),
    [
        (".mp4", ["aac", "mp3"], "mov_text"),
        (".mov", ["aac", "mp3"], "mov_text"),
        (".webm", ["opus", "opus"], "webvtt"),
        (".m4v", ["aac", "aac"], "mov_text"),
    ],
)
def test_every_track_is_kept_in_another_kind_of_file(
    suffix: str, sounds: list[str], text: str, tracks: Path, tmp_path: Path
) -> None:
    """Sound is encoded anew where needed; subtitles are rewritten with their words, times, and language."""
    target = tmp_path / f"out{suffix}"
    convert(tracks, target)
    kept = [(codec, language) for kind, codec, language in described(target) if kind == "audio"]
    assert kept == list(zip(sounds, ["eng", "fra"], strict=True))
    assert ("subtitle", text, "ger") in described(target)
    assert len(pictures(target)[0]) == COUNT
    assert words_of(target) == words_of(tracks) == [(0.1, 0.2, "Hello"), (0.3, 0.1, "Bonjour")]


def words_of(path: Path) -> list[tuple[float, float, str]]:
    """Return begin, from the first picture on, and length in seconds and the text of each subtitle, decoded."""
    first = pictures(path)[0][0]
    found = []
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[0]
        for packet in container.demux(stream):
            texts = stream.codec_context.decode2(packet) if packet.size else None
            for text in texts or ():
                assert isinstance(text, av.subtitles.subtitle.AssSubtitle)
                assert packet.pts is not None
                assert packet.duration is not None
                begin, length = (float(units * packet.time_base) for units in (packet.pts, packet.duration))
                found.append((round(begin - first, 2), round(length, 2), text.dialogue.decode()))
    return found


def test_subtitles_of_mp4_become_text_in_mkv(tracks: Path, tmp_path: Path) -> None:
    """Matroska does not know MP4's kind of text; styles within it stay."""
    convert(tracks, tmp_path / "one.mp4")
    convert(tmp_path / "one.mp4", tmp_path / "out.mkv")
    assert ("subtitle", "subrip", "ger") in described(tmp_path / "out.mkv")
    assert words_of(tmp_path / "out.mkv") == words_of(tracks)


def test_track_that_the_format_cannot_hold_is_told(
    frames: list[NDArray[np.uint8]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Subtitles that are pictures cannot be rewritten as text: a sentence, and exit code 1."""
    ends = [b"PG" + struct.pack(">IIBH", 9000 * time, 0, 0x80, 0) for time in range(1, 4)]  # Blu-ray's, with no picture
    (tmp_path / "signs.sup").write_bytes(b"".join(ends))
    film = write_film(tmp_path / "talk.mp4", frames)
    with (
        av.open(str(film)) as seen,
        av.open(str(tmp_path / "signs.sup"), format="sup") as signs,
        av.open(str(tmp_path / "in.mkv"), "w") as container,
    ):
        parts = [seen.streams.video[0], signs.streams.subtitles[0]]
        streams = [container.add_stream_from_template(part) for part in parts]
        for source, part, stream in zip([seen, signs], parts, streams, strict=True):
            for packet in source.demux(part):
                if packet.dts is not None:
                    packet.stream = stream
                    container.mux(packet)
    assert main([str(tmp_path / "in.mkv"), "-o", str(tmp_path / "out.mp4")]) == 1
    error = capsys.readouterr().err
    assert "in.mkv: left out are subtitles (hdmv_pgs_subtitle), which .mp4 cannot hold\n" in error
    assert "1 incomplete" in error


def test_second_track_of_pictures_is_told(film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only one track of pictures is processed; the sentence says so."""
    with av.open(str(film)) as first, av.open(str(film)) as again, av.open(str(tmp_path / "in.mkv"), "w") as container:
        parts = [first.streams.video[0], again.streams.video[0]]
        streams = [container.add_stream_from_template(part) for part in parts]
        for source, part, stream in zip([first, again], parts, streams, strict=True):
            for packet in source.demux(part):
                if packet.dts is not None:
                    packet.stream = stream
                    container.mux(packet)
    assert main([str(tmp_path / "in.mkv"), "-o", str(tmp_path / "out.mp4")]) == 1
    sentence = "in.mkv: left out are pictures (h264), as only the first track of them is processed"
    assert sentence in capsys.readouterr().err
