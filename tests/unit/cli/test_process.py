"""The command as a process: signals, streams that are closed or full, and the terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from pyselfie.cli.batch.record import NAME
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

ENVIRONMENT = {**os.environ, "PYTHONPATH": "pysrc"}
COMMAND = [sys.executable, "-m", "pyselfie"]


@pytest.fixture
def folder(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Return a folder with three pictures."""
    album = tmp_path / "album"
    (album / "summer").mkdir(parents=True)
    small = Image.fromarray(astronaut).resize((96, 64))
    for name in ("a.jpg", "b.png", "summer/c.bmp"):
        small.save(album / name)
    return album


def files_in(folder: Path) -> list[str]:
    """Return all files but the record of what has been made."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != NAME]
    return sorted(file.relative_to(folder).as_posix() for file in files)


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from pyselfie.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
@pytest.mark.parametrize("name", ["out.bmp", "out.mp4"])
def test_write_that_the_system_stops_leaves_no_half_file(
    name: str, folder: Path, astronaut: NDArray[np.uint8], tmp_path: Path
) -> None:
    """A real refusal in the middle of writing, of a picture and of a video: one sentence, no file."""
    source = folder / "b.png"
    if name == "out.mp4":
        source = write_film(tmp_path / "in.mp4", scenes(astronaut, (320, 180), 24))
    target = tmp_path / "out" / name
    command = [sys.executable, "-c", LIMITED, str(source), "-o", str(target), "--effect", "fill"]
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    assert re.search(rf"pyselfie: .*{re.escape(name)}.* cannot be written|cannot be converted", run.stderr)
    assert files_in(tmp_path / "out") == []


# Tests that run in the background, or under nohup, inherit that these signals are ignored.
INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from pyselfie.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_interrupt_leaves_nothing_broken(name: str, astronaut: NDArray[np.uint8], folder: Path, tmp_path: Path) -> None:
    """Ctrl-C, or a closed terminal, in the middle of a video: exit code 130, all that is there is whole."""
    write_film(folder / "z.mp4", scenes(astronaut, (320, 180), 30) * 20, sound=None)
    command = [sys.executable, "-c", INTERRUPTIBLE, str(folder), "-o", str(tmp_path / "out"), "--json"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        while not list((tmp_path / "out").glob(".pyselfie-*.part.mp4")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.Signals[name])
        process.send_signal(signal.Signals[name])  # a terminal that closes sends it twice
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert json.loads(out)["interrupted"]
    assert files_in(tmp_path / "out") == ["a.jpg", "b.png", "summer/c.bmp"]
    for picture in ("a.jpg", "b.png", "summer/c.bmp"):
        Image.open(tmp_path / "out" / picture).load()


def in_shell(script: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which "$@" is the command with the arguments."""
    words = ["bash", "-c", script, "bash", *COMMAND, *map(str, arguments)]
    return subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bash")
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ('"$@" >/dev/full', "the disk is full"),
        ('"$@" >&-', "it is closed"),
        ('"$@" | true; exit "${PIPESTATUS[0]}"', "its reader has gone"),
    ],
    ids=["full", "closed", "pipe"],
)
def test_summary_that_cannot_be_printed_is_one_sentence(script: str, reason: str, folder: Path, tmp_path: Path) -> None:
    """The pictures are there, and exit code 1 says that not all is done."""
    run = in_shell(script, folder, "-o", tmp_path / "out", "--json")
    sentence = f"pyselfie: standard output cannot be written: {reason}\n"
    assert (run.returncode, run.stdout, run.stderr) == (1, "", sentence)
    assert files_in(tmp_path / "out") == ["a.jpg", "b.png", "summer/c.bmp"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev/full")
@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_on_a_full_disk_is_one_sentence(option: str) -> None:
    """What argparse prints is watched, too."""
    run = in_shell('"$@" >/dev/full', option)
    assert (run.returncode, run.stderr) == (1, "pyselfie: standard output cannot be written: the disk is full\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bash")
@pytest.mark.parametrize("script", ['"$@" 2>&-', '"$@" 2>/dev/full', '"$@" <&- >&- 2>&-'])
def test_work_goes_on_when_nobody_hears(script: str, folder: Path, tmp_path: Path) -> None:
    """Without standard error everything is done, and the exit code tells what failed."""
    (folder / "bad.png").write_text("no picture")
    run = in_shell(script, folder, "-o", tmp_path / "out")
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "")
    assert files_in(tmp_path / "out") == ["a.jpg", "b.png", "summer/c.bmp"]
    for picture in files_in(tmp_path / "out"):
        Image.open(tmp_path / "out" / picture).load()


OPENS_A_FILE = """
import sys
from pyselfie.cli.console import secure_streams
secure_streams()
sys.exit(open(sys.argv[1]).fileno() <= 2)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bash")
@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_no_file_takes_a_closed_streams_place(closed: str, tmp_path: Path) -> None:
    """FFmpeg and OpenCV write to file 2: that must not be a picture."""
    (tmp_path / "file").touch()
    words = ["bash", "-c", f'"$@" {closed}', "bash", sys.executable, "-c", OPENS_A_FILE, str(tmp_path / "file")]
    assert subprocess.run(words, env=ENVIRONMENT, capture_output=True, check=False).returncode == 0


def on_terminal(*arguments: Any) -> tuple[int, str]:
    """Run the command with a terminal as standard error; return the exit code and all that the terminal got."""
    import pty  # noqa: PLC0415, not on Windows
    import termios  # noqa: PLC0415, not on Windows

    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (30, 100))
    environment = {**ENVIRONMENT, "TQDM_MININTERVAL": "0"}
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], env=environment, stderr=terminal, stdin=terminal)
    os.close(terminal)
    received = b""
    try:
        while chunk := os.read(controller, 65536):
            received += chunk
    except OSError:  # how Linux says that the other side has gone
        pass
    finally:
        os.close(controller)
    return process.wait(), received.decode()


def screen(received: str) -> list[str]:
    """Return the lines that a terminal shows in the end."""
    rows, row, column = [""], 0, 0
    for mark, character in re.findall(r"(\x1b\[A)|([^\x1b])", received, re.DOTALL):
        if mark:
            row -= 1
        elif character == "\r":
            column = 0
        elif character == "\n":
            row, column = row + 1, 0
            rows += [""] * (row - len(rows) + 1)
        else:
            rows[row] = f"{rows[row]:<{column}}"[:column] + character + rows[row][column + 1 :]
            column += 1
    return [line.rstrip() for line in rows if line.strip()]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_bars_show_rate_and_time_left_and_leave_sentences_alone(
    folder: Path, astronaut: NDArray[np.uint8], tmp_path: Path
) -> None:
    """A bar for the files, one for a film's pictures; in the end the sentences stand there alone."""
    (folder / "bad.png").write_text("no picture")
    write_film(folder / "talk.mp4", scenes(astronaut, (160, 96), 12), sound=None)
    code, received = on_terminal(folder, "-o", tmp_path / "out")
    assert code == 1
    assert re.search(r"\d+%\|.*\| \d/5 \[\d\d:\d\d<\d\d:\d\d, +[\d.]+( files/s|s/ files)\]", received)
    assert re.search(r"talk\.mp4: +\d+%\|.*\| \d+/12 \[\d\d:\d\d<\d\d:\d\d, +[\d.]+ pictures/s\]", received)
    sentence, summary = screen(received)
    assert sentence == f"pyselfie: {folder / 'bad.png'} is no picture that can be read"
    assert re.fullmatch(r"pyselfie: 4 done, 1 failed in \d+\.\d s, 15 pictures", summary)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_no_bar_where_none_is_wanted(option: str, folder: Path, tmp_path: Path) -> None:
    """`--quiet` and `--json` draw nothing, on a terminal, too."""
    assert on_terminal(folder, "-o", tmp_path / "out", option) == (0, "")


def test_module_can_be_run() -> None:
    """`python -m pyselfie --version` prints the package's version."""
    run = subprocess.run([*COMMAND, "--version"], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"pyselfie \d+\.\d+\.\d+", run.stdout.strip())
