"""Videos on the command line: sound, timing, rotation and colours stay; what is damaged is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from pyselfie.cli import main
from tests.unit.film import WALL, pictures, scenes, sound_packets, turn, write_film

if TYPE_CHECKING:
    from pathlib import Path

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


def test_sound_is_copied_and_times_are_kept(film: Path, tmp_path: Path) -> None:
    """The encoded sound is the same to the last byte; every frame comes at its old time."""
    target = tmp_path / "out.mp4"
    convert(film, target, "--effect", "color", "--color", "#C02020")
    assert sound_packets(target) == sound_packets(film)
    assert pictures(target)[0] == pytest.approx(pictures(film)[0])
    corner = pictures(target)[1][0][:8, -8:]
    assert np.abs(corner.astype(int) - [0xC0, 0x20, 0x20]).max() <= 4


def test_irregular_frame_times_are_kept(frames: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    """A film of variable frame rate, as phones and screen recorders make, is not evened out."""
    times = [0.0, 0.04, 0.1, 0.5, 0.55, 0.6, 1.0, 1.02, 1.1, 1.2, 1.7, 2.0]
    source = write_film(tmp_path / "phone.mp4", frames, times=times, sound=None)
    convert(source, tmp_path / "out.mp4")
    assert pictures(tmp_path / "out.mp4")[0] == pytest.approx(times, abs=0.002)


def test_film_of_a_turned_camera_is_upright(frames: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    """A rotation noted in the file is applied: the result is upright, and notes none."""
    source = write_film(tmp_path / "phone.mp4", [np.ascontiguousarray(np.rot90(frame)) for frame in frames])
    turn(source)
    convert(source, tmp_path / "out.mp4", "--effect", "fill")
    _, shown = pictures(tmp_path / "out.mp4")
    assert shown[0].shape == (SIZE[1], SIZE[0], 3)
    assert np.abs(shown[0][:8, -8:].astype(int) - WALL).max() <= 6
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert next(container.decode(video=0)).rotation == 0


@pytest.mark.parametrize("matrix", [1, 5, 2], ids=["bt709", "bt601", "unmarked"])
def test_colours_survive(matrix: int, frames: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    """What the effect leaves alone has its old colours and is marked as before, whatever matrix the film uses."""
    source = write_film(tmp_path / "in.mp4", frames, sound=None, colorspace=matrix)
    convert(source, tmp_path / "out.mp4", "--effect", "fill")
    with av.open(str(source)) as before, av.open(str(tmp_path / "out.mp4")) as after:
        first, second = next(before.decode(video=0)), next(after.decode(video=0))
    assert int(second.colorspace) == int(first.colorspace) == matrix
    difference = (
        first.to_ndarray(format="yuv420p")[:8, -32:].astype(int) - second.to_ndarray(format="yuv420p")[:8, -32:]
    )
    assert np.abs(difference).max() <= 3


def test_odd_sizes_gain_a_row(frames: list[NDArray[np.uint8]], tmp_path: Path) -> None:
    """A film of odd size, which most players cannot show, becomes even; nothing is cut off."""
    odd = [np.ascontiguousarray(frame[:-1, :-1]) for frame in frames]
    source = write_film(tmp_path / "in.mkv", odd, sound=None, pix_fmt="yuv444p")
    convert(source, tmp_path / "out.mp4")
    assert pictures(tmp_path / "out.mp4")[1][0].shape == (SIZE[1], SIZE[0], 3)


def test_transparent_video_is_webm_with_alpha(film: Path, tmp_path: Path) -> None:
    """`--effect transparent` keeps alpha in VP9, the sound becomes Opus, and other kinds of file are refused."""
    convert(film, tmp_path / "out.webm", "--effect", "transparent")
    times, shown = pictures(tmp_path / "out.webm", codec="libvpx-vp9")
    assert len(times) == COUNT
    assert shown[0][48, 48, 3] > 200
    assert shown[0][4, -4, 3] < 30
    with av.open(str(tmp_path / "out.webm")) as container:
        assert container.streams.audio[0].codec_context.name == "opus"


def test_transparent_video_is_mov_with_alpha(film: Path, tmp_path: Path) -> None:
    """In `.mov` it is ProRes 4444, with the sound as it was; in a folder `--format mov` asks for it."""
    convert(film, tmp_path / "out.mov", "--effect", "transparent")
    times, shown = pictures(tmp_path / "out.mov", codec="prores")
    assert times == pytest.approx(pictures(film)[0], abs=1e-4)
    assert shown[0][48, 48, 3] > 200
    assert shown[0][4, -4, 3] < 30
    with av.open(str(tmp_path / "out.mov")) as container:
        video = container.streams.video[0].codec_context
        assert (video.name, video.profile, video.codec_tag) == ("prores", "4444", "ap4h")
    assert sound_packets(tmp_path / "out.mov") == sound_packets(film)
    folder = f"{tmp_path / 'many'}/"
    assert main([str(film), "-o", folder, "--quiet", "--effect", "transparent", "--format", "mov"]) == 0
    assert (tmp_path / "many" / "talk.mov").exists()


def test_transparent_mp4_is_refused(film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and no file."""
    assert main([str(film), "-o", str(tmp_path / "out.mp4"), "--effect", "transparent"]) == 1
    assert "out.mp4 cannot hold transparency: a transparent video has to be .webm or .mov" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_own_effect_gets_the_time(film: Path, tmp_path: Path) -> None:
    """A user's function sees seconds since the first frame, and its picture is what is written."""
    effect = tmp_path / "flash.py"
    effect.write_text("def flash(frame, mask, time):\n    frame[:] = 255 if time >= 0.25 else 0\n    return frame\n")
    convert(film, tmp_path / "out.mp4", "--effect", f"{effect}:flash")
    times, shown = pictures(tmp_path / "out.mp4")
    assert [bool(picture.mean() > 128) for picture in shown] == [time >= 0.25 for time in times]


def test_mask_of_a_video(film: Path, tmp_path: Path) -> None:
    """`--mask` writes a grey film: white on the person, black beside."""
    convert(film, tmp_path / "out.mp4", "--mask")
    shown = pictures(tmp_path / "out.mp4")[1][0]
    assert shown[48, 48].min() > 200
    assert shown[:8, -8:].max() < 30


def test_film_that_ends_early_is_told(
    frames: list[NDArray[np.uint8]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a damaged film what can be read is written, and a sentence with exit code 1 says that it is not all."""
    source = write_film(tmp_path / "in.mkv", frames * 3)
    data = source.read_bytes()
    source.write_bytes(data[: len(data) // 2])
    assert main([str(source), "-o", str(tmp_path / "out.mkv")]) == 1
    error = capsys.readouterr().err
    assert "in.mkv is damaged: only" in error
    assert "1 incomplete" in error
    assert 0 < len(pictures(tmp_path / "out.mkv")[0]) < 3 * COUNT


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "in.mp4 is no video that can be read"), (b"plain text", "in.mp4 is no video that can be read")],
    ids=["empty", "text"],
)
def test_unreadable_film_is_one_sentence(
    content: bytes, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty file, or one of another kind, is told in one line."""
    (tmp_path / "in.mp4").write_bytes(content)
    assert main([str(tmp_path / "in.mp4"), "-o", str(tmp_path / "out.mp4")]) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out.mp4").exists()


def test_film_without_pictures_is_one_sentence(film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A video file that has sound only, or no frame at all, says so."""
    with av.open(str(film)) as source, av.open(str(tmp_path / "in.mp4"), "w") as container:
        stream = container.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                container.mux(packet)
    assert main([str(tmp_path / "in.mp4"), "-o", str(tmp_path / "out.mp4")]) == 1
    assert "in.mp4 has no pictures in it" in capsys.readouterr().err


def test_frames_of_changing_size_become_one_size(
    frames: list[NDArray[np.uint8]], astronaut: NDArray[np.uint8], tmp_path: Path
) -> None:
    """A stream that changes its size halfway, as calls do, has the first frame's size throughout."""
    parts = [
        write_film(tmp_path / f"{index}.ts", part, sound=None)
        for index, part in enumerate([frames, scenes(astronaut, (128, 64), COUNT)])
    ]
    (tmp_path / "call.ts").write_bytes(b"".join(part.read_bytes() for part in parts))
    main([str(tmp_path / "call.ts"), "-o", str(tmp_path / "out.mp4"), "--quiet"])
    shapes = {picture.shape for picture in pictures(tmp_path / "out.mp4")[1]}
    assert shapes == {(SIZE[1], SIZE[0], 3)}
