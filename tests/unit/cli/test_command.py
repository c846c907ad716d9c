"""The command line as a whole: folders, resuming, exit codes, the summary, safe writes, Ctrl-C."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from pyselfie.cli import main
from pyselfie.cli.batch.record import NAME

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@pytest.fixture
def folder(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Return a folder with pictures of several sizes and kinds, a hidden one, and a text among them."""
    album = tmp_path / "album"
    (album / "summer").mkdir(parents=True)
    small = Image.fromarray(astronaut).resize((96, 64))
    small.save(album / "b.png")
    small.resize((33, 77)).save(album / "a.jpg")
    small.resize((1, 1)).save(album / "summer" / "c.bmp")
    small.save(album / ".hidden.png")
    (album / "notes.txt").write_text("no picture")
    return album


def files_in(folder: Path) -> list[str]:
    """Return all files but the record of what has been made."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != NAME]
    return sorted(file.relative_to(folder).as_posix() for file in files)


def run_json(capsys: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_folder_keeps_its_shape_and_resumes(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """Subfolders are kept, sizes may vary; a second run skips what is done, and does what is new or changed."""
    command = [str(folder), "-o", str(tmp_path / "out"), "--effect", "color"]
    code, summary = run_json(capsys, *command)
    assert (code, summary["done"], summary["skipped"], summary["failed"]) == (0, 3, 0, 0)
    assert files_in(tmp_path / "out") == ["a.jpg", "b.png", "summer/c.bmp"]

    later = time.time() + 10
    os.utime(folder / "a.jpg", (later, later))
    (tmp_path / "out" / "b.png").unlink()
    _, again = run_json(capsys, *command)
    assert {file["input"]: file["status"] for file in again["files"]} == {
        str(folder / "a.jpg"): "done",
        str(folder / "b.png"): "done",
        str(folder / "summer" / "c.bmp"): "skipped",
    }
    assert run_json(capsys, *command, "--overwrite")[1]["done"] == 3


def test_result_folder_inside_the_input_is_not_read(folder: Path, capsys: Any) -> None:
    """Results are never taken for inputs by the next run."""
    command = [str(folder), "-o", str(folder / "out"), "--mask"]
    run_json(capsys, *command)
    assert run_json(capsys, *command)[1]["skipped"] == 3


def test_input_inside_the_result_folder_is_read(folder: Path, capsys: Any) -> None:
    """Its results go beside it: they are none of its files."""
    command = [str(folder / "summer"), "-o", str(folder), "--mask"]
    code, summary = run_json(capsys, *command)
    assert (code, summary["done"]) == (0, 1)
    assert (folder / "c.png").exists()
    assert run_json(capsys, *command)[1]["skipped"] == 1


def test_folder_that_goes_while_it_is_looked_through_is_left_out(
    folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may tidy up at the same time."""
    scan = os.scandir

    def remove_first(path: Any) -> Any:
        if str(path) == str(folder / "summer"):
            raise FileNotFoundError(path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", remove_first)
    code, summary = run_json(capsys, str(folder), "-o", str(tmp_path / "out"), "--mask")
    assert (code, summary["done"]) == (0, 2)


def test_summary_says_everything(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """`--json` prints model, effect, counts and one entry for each file, and nothing else on standard output."""
    code, summary = run_json(
        capsys, str(folder / "b.png"), "gone.png", "-o", f"{tmp_path / 'out'}/", "-m", "landscape", "--mask"
    )
    assert code == 1
    assert (summary["model"], summary["effect"], summary["interrupted"]) == ("landscape", "mask", False)
    good, bad = summary["files"]
    assert (good["status"], good["pictures"], good["output"]) == ("done", 1, str(tmp_path / "out" / "b.png"))
    assert (bad["status"], bad["error"]) == ("failed", "there is no file gone.png")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "nothing to do: name pictures, videos or folders, or use --webcam"),
        (["a.png"], "say where the result goes: -o out.png, or -o folder/ for many files"),
        (
            ["a.png", "-o", "b.png", "--effect", "sparkle"],
            "--effect is “sparkle”, but it has to be one of fill, mask, color",
        ),
        (["a.png", "-o", "b.png", "--strength", "7"], "--strength is 7, but it has to be a number from 0 to 1"),
        (["a.png", "-o", "b.png", "--color", "red"], "--color is “red”, but it has to be a colour like #00FF00"),
        (["a.png", "-o", "b.png", "--background", "c.png"], "--background is for --effect picture, not for blur"),
        (["a.png", "-o", "b.png", "--light-wrap", "0.4"], "--light-wrap is for --effect picture, not for blur"),
        (
            ["a.png", "-o", "b.png", "--mask", "--color", "#102030"],
            "--color is for --effect fill or color, not for mask",
        ),
        (
            ["a.png", "-o", "b.png", "-e", "fx.py:f", "--no-decontaminate"],
            "--no-decontaminate is for --effect color or picture or blur or transparent, not for fx.py:f",
        ),
        (
            ["a.png", "-o", "b.png", "--mask", "--edges", "raw", "--smoothing", "0.9"],
            "--smoothing is 0.9, but raw edges cannot be smoothed",
        ),
        (["a.png", "-o", "b.png", "--model", "tall"], "--model is “tall”, but it has to be 0 (general) or 1"),
        (
            ["a.png", "-o", "b.png", "--colour", "red"],
            "There is no option “--colour”; the nearest are --color, ",
        ),
        (["a.png", "-o", "b.png", "c.png"], "unrecognized arguments: c.png"),
        (
            ["a.png", "-o", "b.png", "ftp://me:secret@host/c.png"],
            "unrecognized arguments: ftp://me:***@host/c.png",
        ),
        (
            ["a.png", "-o", "b.png", "-e", "none", "--edges", "raw"],
            "--edges is for --effect fill or mask or color or picture or blur or transparent, not for none without "
            "--framing gentle",
        ),
        (
            ["a.png", "-o", "b/", "--format", "../x"],
            "--format is '../x', but pictures are written as one of bmp",
        ),
        (["--webcam", "-o", "b.png"], "--webcam shows its pictures at once: it takes no files and no --output"),
    ],
)
def test_wrong_command_is_one_sentence(arguments: list[str], sentence: str, capsys: Any) -> None:
    """A command that makes no sense ends with exit code 2 and says why."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a.png", "b.png", "-o", "c.png"], "c.png is one file, but there are many inputs: name a folder, as -o c/"),
        (
            ["a.png", "-o", "b.png", "--format", "webp"],
            "--format is webp, but the result is called b.png: leave --format out, as the name says what is written",
        ),
        (["a.png", "-o", "b.png", "-e", "gone.py:f"], "the effect gone.py:f cannot be read: there is no such file"),
        (["a.png", "-o", f"{'x' * 300}/"], f"{'x' * 300}/{NAME} cannot be read: its name is too long"),
        (["a.png", "-o", "b/", "-e", "gone.py:f"], "gone.py cannot be read: there is no such file"),
        (["a.png", "-o", "b.png", "-e", "picture", "--background", "gone.png"], "gone.png cannot be read: there is no"),
    ],
)
def test_command_that_cannot_be_carried_out_is_one_sentence(
    arguments: list[str], sentence: str, capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is begun; exit code 2."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["album/b.png", "-o", "album/b.png"], "the result would overwrite its own input album/b.png"),
        (["album", "-o", "album"], "the result would overwrite its own input album/a.jpg"),
        (["album/b.png", "-o", "out.pdf"], "out.pdf cannot be written: a picture ends in .bmp .jpeg .jpg"),
        (["album/b.png", "b.png", "-o", "out/"], "b.png would overwrite the result of album/b.png: give it another"),
        (["empty", "-o", "out/"], "there is no picture and no video in the folder empty"),
        (["gone.png", "-o", "out.png"], "there is no file gone.png"),
        (["album/b.png", "-o", "album/notes.txt/out.png"], "cannot be written: a part of its path is a file"),
        (["album/b.png", "-o", f"{'x' * 300}.png"], "x.png cannot be written: its name is too long"),
        ([f"{'x' * 300}.png", "-o", "out.png"], "x.png cannot be read: its name is too long"),
    ],
)
def test_job_that_cannot_be_done_is_one_sentence(
    arguments: list[str], sentence: str, folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1, and every input is as it was."""
    monkeypatch.chdir(folder.parent)
    (folder.parent / "empty").mkdir()
    Image.new("RGB", (8, 8)).save("b.png")
    before = {name: (folder / name).read_bytes() for name in files_in(folder)}
    assert main(arguments) == 1
    assert sentence in capsys.readouterr().err
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_file_named_twice_is_done_once(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """A file that a folder brings along too is one job."""
    _, summary = run_json(capsys, str(folder), str(folder / "summer" / ".." / "b.png"), "-o", str(tmp_path / "out"))
    assert (summary["done"], len(summary["files"])) == (3, 3)


def test_same_stem_gives_two_results(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """a.jpg and a.png in one folder do not overwrite each other's mask."""
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    _, summary = run_json(capsys, str(folder), "-o", str(tmp_path / "out"), "--mask")
    assert summary["failed"] == 0
    assert files_in(tmp_path / "out") == ["a.png", "a.png.png", "b.png", "summer/c.png"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("raise KeyError('hat')", "raised KeyError: 'hat', line 3"),
        ("return frame[:, 1:]", "returned the shape (64, 95, 3), not (64, 96, 3) or (64, 96, 4)"),
        ("return None", "returned NoneType, not a NumPy array"),
    ],
)
def test_own_effect_that_fails_loses_nothing(
    body: str, sentence: str, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """One sentence with file, function and line; no result is written, and an older one stays."""
    effect, target = tmp_path / "fx.py", tmp_path / "out.png"
    effect.write_text(f"import numpy\ndef mine(frame, mask, time):\n    {body}\n")
    target.write_bytes(b"before")
    assert main([str(folder / "b.png"), "-o", str(target), "--effect", f"{effect}:mine"]) == 1
    error = capsys.readouterr().err
    assert f"b.png: the effect {effect}:mine {sentence}" in error
    assert target.read_bytes() == b"before"


def test_full_disk_leaves_no_half_file(
    folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full, what was there stays, nothing half is left, and the sentence names the cause."""
    target = tmp_path / "out.png"
    target.write_bytes(b"before")

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    assert main([str(folder / "b.png"), "-o", str(target)]) == 1
    assert f"{target} cannot be written: the disk is full" in capsys.readouterr().err
    assert target.read_bytes() == b"before"
    assert files_in(tmp_path) == ["album/.hidden.png", "album/a.jpg", "album/b.png", "album/notes.txt",
                                  "album/summer/c.bmp", "out.png"]  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "arguments", "sentence"),
    [
        ("PIL", ["b.png", "-o", "out.png"], 'reading pictures needs PIL, .* pip install "pyselfie[cli]"'),
        ("av", ["in.mp4", "-o", "out.mp4"], 'reading videos needs av, .* pip install "pyselfie[video]"'),
        ("onnxruntime", ["b.png", "-o", "out.png"], 'onnxruntime is not installed; pip install "pyselfie[native]"'),
    ],
)
def test_missing_extra_is_named(
    missing: str, arguments: list[str], sentence: str, folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an optional dependency: exit code 2 and the extra that brings it, once."""
    monkeypatch.chdir(folder)
    (folder / "in.mp4").write_bytes(b"")
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(arguments) == 2
    assert re.search(sentence.replace("[", r"\["), capsys.readouterr().err)
