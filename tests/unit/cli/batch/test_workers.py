"""`--workers`: several processes do what one does, and one that dies loses nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pyselfie.cli import main
from pyselfie.cli.batch.record import NAME
from tests.unit.cli.batch.many_kit import DIES, INTERRUPTIBLE, make_album, pictures_in, run_json
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the signals that these tests send are not Windows's")


@pytest.fixture
def folder(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    return make_album(astronaut, tmp_path)


def test_two_processes_do_what_one_does(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """The same files, summary, exit code and record; a second run skips what is done and tells what is wrong again."""
    (folder / "43.png").write_text("no picture")
    code, alone = run_json(capsys, str(folder), "gone.png", "-o", str(tmp_path / "one"), "--mask")
    command = [str(folder), "gone.png", "-o", str(tmp_path / "two"), "--mask", "--workers", "2"]
    assert run_json(capsys, *command)[0] == code == 1
    assert pictures_in(tmp_path / "two") == pictures_in(tmp_path / "one")
    _, again = run_json(capsys, *command)
    assert (again["skipped"], again["done"], again["failed"]) == (5, 0, 2)
    told = [(file["input"], file["error"]) for file in again["files"]]
    assert told == [(file["input"], file["error"]) for file in alone["files"]]


def test_worker_that_dies_loses_nothing(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """One is killed in the middle of a picture: a fresh one makes it."""
    (tmp_path / "fx.py").write_text(DIES.format(width=42, always=False))
    command = [str(folder), "-o", str(tmp_path / "out"), "--effect-file", str(tmp_path / "fx.py"), "--workers", "2"]
    code, summary = run_json(capsys, *command)
    assert (tmp_path / "died").exists()
    assert (code, summary["done"]) == (0, 6)
    assert len(pictures_in(tmp_path / "out")) == 6
    assert run_json(capsys, *command)[1]["skipped"] == 6


def test_picture_that_kills_workers_is_named(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """It is tried twice and failed with one sentence; all others are done."""
    (tmp_path / "fx.py").write_text(DIES.format(width=42, always=True))
    command = [str(folder), "-o", str(tmp_path / "out"), "--effect-file", str(tmp_path / "fx.py"), "--workers", "2"]
    code, summary = run_json(capsys, *command)
    assert (code, summary["done"], summary["failed"]) == (1, 5, 1)
    (failed,) = [file for file in summary["files"] if file["status"] == "failed"]
    assert failed["error"] == (
        f"{folder / '42.png'} cannot be processed: the worker process at it died twice, "
        "the last time by SIGKILL (is memory short?)"
    )
    assert sorted(pictures_in(tmp_path / "out")) == ["40.png", "41.png", "43.png", "44.png", "45.png"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def one(frame, mask):\n    return frame\ndef two(frame, mask):\n    return frame\n", "fx.py"),
        ("import os\nos._exit(7)\n", "a worker process could not be started: exit code 7"),
    ],
    ids=["two-effects", "ends"],
)
def test_command_that_no_worker_can_carry_out_is_one_sentence(
    text: str, sentence: str, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """Nothing is begun; exit code 2."""
    (tmp_path / "fx.py").write_text(text)
    command = [str(folder), "-o", str(tmp_path / "out"), "--effect-file", str(tmp_path / "fx.py"), "--workers", "2"]
    assert main(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert sentence in line
    assert not (tmp_path / "out").exists()


def test_system_without_room_for_a_process_is_one_sentence(
    folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processes that have been started end; exit code 2."""
    start = SpawnProcess.start
    started: list[SpawnProcess] = []

    def refuse_second(process: SpawnProcess) -> None:
        if started:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        start(process)
        started.append(process)

    monkeypatch.setattr(SpawnProcess, "start", refuse_second)
    assert main([str(folder), "-o", str(tmp_path / "out"), "--workers", "2"]) == 2
    said = capsys.readouterr().err
    assert said == "pyselfie: a worker process could not be started: Resource temporarily unavailable\n"
    with pytest.raises(ValueError, match="closed"):
        started[0].is_alive()


SHIELDED = """
import signal

def shielded(frame, mask, time):
    if signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, []):
        raise ValueError("Ctrl-C gets here")
    return frame
"""


def test_worker_never_sees_ctrl_c(folder: Path, tmp_path: Path) -> None:
    """From its first moment on, so that it ends without a word; the first worker of a command, too."""
    (tmp_path / "fx.py").write_text(SHIELDED)
    command = [sys.executable, "-m", "pyselfie", str(folder / "40.png"), "-o", str(tmp_path / "out.png"), "--workers"]
    command += ["1", "--effect-file", str(tmp_path / "fx.py"), "-q"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": "pysrc"}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("count", ["0", "two", "-1", "1000"])
def test_number_of_workers_is_checked(count: str, capsys: Any) -> None:
    """One sentence with what came and what is wanted."""
    with pytest.raises(SystemExit, match="2"):
        main(["a.png", "-o", "b.png", f"--workers={count}"])
    assert f"--workers is {count!r}, but it has to be a whole number from 1 to 256" in capsys.readouterr().err


def children_of(process: int) -> list[int]:
    """Return the ids of the processes that `process` has started (Linux)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(words[1]) == process and words[0] != "Z":
            found.append(int(status.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="it looks for processes in /proc")
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_stopped_command_leaves_no_process_and_no_half_file(
    name: str, astronaut: NDArray[np.uint8], folder: Path, tmp_path: Path
) -> None:
    """Ctrl-C goes to all processes of a terminal; `kill -9` to the first alone. None of the others outlives it."""
    out = tmp_path / "out"
    film = write_film(folder / "y.mp4", scenes(astronaut, (320, 180), 30) * 20, sound=None)
    shutil.copy(film, folder / "z.mp4")
    command = [sys.executable, "-c", INTERRUPTIBLE, str(folder), "-o", str(out), "--json", "--workers", "2"]
    process = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": "pysrc"}, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 120
    try:
        while len(list(out.glob(".pyselfie-*.part.mp4"))) < 2:
            assert process.poll() is None
            assert time.monotonic() < until, "no film was begun"
            time.sleep(0.02)
        children = children_of(process.pid)
        assert len(children) >= 2
        if name == "SIGINT":
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.kill()
        printed, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    until = time.monotonic() + 60
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []
    assert sorted(path.name for path in out.iterdir() if path.name != NAME) == [
        f"{width}.png" for width in range(40, 46)
    ]
    if name == "SIGINT":
        assert process.returncode == 130
        summary = json.loads(printed)
        assert (summary["interrupted"], summary["done"]) == (True, 6)
