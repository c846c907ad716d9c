"""``-`` for standard input and output: what comes out is what files get, and a sentence names the streams."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import av
import fsspec
import pytest
from PIL import Image

from pyselfie.cli import main
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@pytest.fixture(scope="module")
def folder(astronaut: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a picture of each kind, and a film."""
    made = tmp_path_factory.mktemp("standard")
    small = Image.fromarray(astronaut).resize((96, 64))
    for suffix in ("jpg", "png", "webp", "bmp", "tif"):
        small.save(made / f"a.{suffix}")
    write_film(made / "a.mp4", scenes(astronaut, (160, 96), 3))
    return made


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that runs the command with these bytes; what comes out, with nothing left in the middle."""
    (tmp_path / "between").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "between"))

    def run(content: bytes, *arguments: str) -> tuple[int, bytes]:
        out = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out))
            code = main(list(arguments))
            assert not list((tmp_path / "between").iterdir())
            return code, out.getvalue()

    return run


def within(content: bytes) -> Any:
    """Return what is compared: of a film its pictures and sound, as x264 may encode the same ones in several ways."""
    if content[4:8] != b"ftyp":
        return content
    with av.open(io.BytesIO(content), "r") as film:
        pictures = [(frame.time, frame.to_ndarray().tobytes()) for frame in film.decode(video=0)]
    with av.open(io.BytesIO(content), "r") as film:
        return pictures, [bytes(packet) for packet in film.demux(audio=0)]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tif", "mp4"])
def test_streams_have_what_files_have(suffix: str, folder: Path, tmp_path: Path, piped: Any) -> None:
    """What a picture or a video is, is seen by its first bytes; the result is of the same kind, or as asked for."""
    source, target = folder / f"a.{suffix}", tmp_path / f"out.{suffix}"
    effect = ["--effect", "color", "--quiet"]
    assert main([str(source), "-o", str(target), *effect]) == 0
    expected = within(target.read_bytes())
    for content, given in ((source.read_bytes(), "-"), (b"", str(source))):
        code, out = piped(content, given, "-o", "-", *effect)
        assert (code, within(out)) == (0, expected)
    named = tmp_path / f"named.{suffix}"
    assert piped(source.read_bytes(), "-", "-o", str(named), *effect) == (0, b"")
    assert within(named.read_bytes()) == expected


def test_other_end_may_be_a_url(folder: Path, tmp_path: Path, piped: Any) -> None:
    """From standard input to a URL, and from there to standard output."""
    content = (folder / "a.png").read_bytes()
    assert main([str(folder / "a.png"), "-o", str(tmp_path / "mask.png"), "--mask", "-q"]) == 0
    assert piped(content, "-", "-o", "memory://standard/a.png", "--mask", "-q") == (0, b"")
    assert piped(b"", "memory://standard/a.png", "-o", "-", "--effect", "none", "-q")[0] == 0
    with fsspec.open("memory://standard/a.png") as file:
        assert file.read() == (tmp_path / "mask.png").read_bytes()


def test_summary_does_not_tell_the_password_in_a_url(folder: Path, piped: Any) -> None:
    """Nor one with a blank in it."""
    content = (folder / "a.png").read_bytes()
    for password in ("secret", "my secret"):
        code, said = piped(content, "-", "-o", f"memory://me:{password}@standard/b.png", "--mask", "--json")
        summary = json.loads(said)
        assert (code, summary["files"][0]["output"]) == (0, "memory://me:***@standard/b.png")


@pytest.mark.parametrize(
    ("suffix", "arguments", "begin"),
    [
        ("jpg", ["--mask"], b"\x89PNG"),
        ("jpg", ["--effect", "transparent"], b"\x89PNG"),
        ("jpg", ["--format", "webp"], b"RIFF"),
        ("mp4", ["--effect", "transparent"], b"\x1aE\xdf\xa3"),
        ("mp4", ["--format", "mkv"], b"\x1aE\xdf\xa3"),
        ("mp4", ["--format", "png"], b"\0\0\0"),
    ],
)
def test_kind_of_the_result(suffix: str, arguments: list[str], begin: bytes, folder: Path, piped: Any) -> None:
    """It is chosen as in a folder: a mask is a PNG, a transparent video WebM; `--format` says otherwise."""
    code, out = piped((folder / f"a.{suffix}").read_bytes(), "-", "-o", "-", *arguments)
    assert code == 0
    assert out.startswith(begin)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "standard input is empty: no picture and no video came"),
        (b"plain text", "standard input is no video that can be read (Invalid data found when processing input)"),
        (b"\x89PNG and no more", "standard input is no picture that can be read"),
    ],
)
def test_what_cannot_be_read_is_told_of_the_stream(content: bytes, sentence: str, piped: Any, capsys: Any) -> None:
    """No sentence names a file that the user has never seen; nothing comes out."""
    assert piped(content, "-", "-o", "-", "--quiet") == (1, b"")
    assert capsys.readouterr().err == f"pyselfie: {sentence}\n"


def test_folder_that_is_called_dash_is_no_stream(
    folder: Path, tmp_path: Path, piped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """- is standard input and output, whatever lies there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").mkdir()
    code, out = piped((folder / "a.png").read_bytes(), "-", "-o", "-", "--mask", "-q")
    assert (code, out[:4]) == (0, b"\x89PNG")


def test_result_that_the_file_cannot_hold_is_one_sentence(
    folder: Path, tmp_path: Path, piped: Any, capsys: Any
) -> None:
    """A name that does not suit what came, and a folder in a stream's place."""
    assert piped((folder / "a.mp4").read_bytes(), "-", "-o", str(tmp_path / "out.png"), "--quiet")[0] == 1
    assert f"{tmp_path / 'out.png'} cannot be written: a video ends in" in capsys.readouterr().err
    assert piped(b"", "-", "-o", str(tmp_path / "out.png"), "--format", "jpg")[0] == 2
    assert "--format is jpg, but the result is called" in capsys.readouterr().err
    assert piped(b"", str(folder), "-o", "-")[0] == 2
    assert f"pyselfie: {folder} is a folder, but standard input and standard output are" in capsys.readouterr().err
