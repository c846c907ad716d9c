"""`--dask`: the workers of a cluster do what one process does, and one that dies loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import dask
import pytest
from dask.distributed import Client, LocalCluster

from pyselfie.cli import main
from tests.unit.cli.batch.many_kit import DIES, INTERRUPTIBLE, make_album, pictures_in, run_json
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    """Return a client of two worker processes; a task at which two have died is given up."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as workers,
        Client(workers, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture
def address(cluster: Client) -> str:
    """Return where its scheduler is, once both workers are there."""
    cluster.wait_for_workers(2, timeout=60)
    assert cluster.scheduler is not None
    return str(cluster.scheduler.address)


@pytest.fixture
def folder(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    return make_album(astronaut, tmp_path)


def test_cluster_does_what_one_process_does(
    address: str, folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder that is not the workers' own: the same files and summary; a second run skips what is done."""
    monkeypatch.chdir(tmp_path)
    (folder / "43.png").write_text("no picture")
    code, alone = run_json(capsys, "album", "gone.png", "-o", "one", "--mask")
    command = ["album", "gone.png", "-o", "two", "--mask", "--dask", address]
    assert run_json(capsys, *command)[0] == code == 1
    assert pictures_in(tmp_path / "two") == pictures_in(tmp_path / "one")
    _, again = run_json(capsys, *command)
    assert (again["skipped"], again["done"], again["failed"]) == (5, 0, 2)
    assert [file["input"] for file in again["files"]] == [file["input"] for file in alone["files"]]
    assert again["files"][3]["error"] == f"{folder / '43.png'} is no picture that can be read"


@pytest.mark.parametrize("version", [None, "0.0.1"])
def test_workers_without_this_pyselfie_are_told(
    version: str | None, cluster: Client, address: str, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """Before any work: exit code 2, and which worker lacks what."""

    def put(version: str | None) -> None:
        import sys  # noqa: PLC0415, in the workers
        from types import ModuleType  # noqa: PLC0415

        other = ModuleType("pyselfie")
        other.__version__ = version  # type: ignore[attr-defined]
        sys.modules["pyselfie"] = None if version is None else other  # type: ignore[assignment]

    def put_back() -> None:
        import sys  # noqa: PLC0415

        for name in [name for name in sys.modules if name.partition(".")[0] == "pyselfie"]:
            del sys.modules[name]

    cluster.run(put, version)
    try:
        assert main([str(folder), "-o", str(tmp_path / "out"), "--dask", address]) == 2
    finally:
        cluster.run(put_back)
    said = "no pyselfie: pip install" if version is None else "pyselfie 0.0.1, but here it is "
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pyselfie: the Dask worker tcp://127.0.0.1:")
    assert said in line
    assert not (tmp_path / "out").exists()


def test_effect_that_workers_cannot_load_is_one_sentence(
    address: str, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """Nothing is begun; exit code 2, and who says so."""
    (tmp_path / "fx.py").write_text("nothing = 1\n")
    command = [str(folder), "-o", str(tmp_path / "out"), "--effect-file", str(tmp_path / "fx.py"), "--dask", address]
    assert main(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "fx.py" in line
    assert "(says the Dask worker tcp://127.0.0.1:" in line


def test_address_that_does_not_answer_is_one_sentence(
    folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has an end."""
    monkeypatch.setattr("pyselfie.cli.batch.cluster._ANSWER_S", 1.0)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        assert main([str(folder), "-o", str(tmp_path / "out"), "--dask", address]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert f"--dask is {address}, but no Dask scheduler answers there within 1 seconds" in line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")
def test_worker_that_does_not_answer_is_one_sentence(
    address: str, cluster: Client, folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that hangs, or whose machine does, is not waited for without end."""
    monkeypatch.setattr("pyselfie.cli.batch.cluster._ANSWER_S", 2.0)
    process = next(iter(cluster.run(os.getpid).values()))
    os.kill(process, signal.SIGSTOP)
    try:
        assert main([str(folder), "-o", str(tmp_path / "out"), "--dask", address]) == 2
    finally:
        os.kill(process, signal.SIGCONT)
    said = capsys.readouterr().err
    assert said == f"pyselfie: not all workers of the Dask cluster at {address} answer within 2 seconds\n"


def test_missing_dask_is_named(folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 and the extra that brings it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([str(folder), "-o", str(tmp_path / "out"), "--dask", "tcp://127.0.0.1:9"]) == 2
    assert '--dask needs distributed, which is not installed: pip install "pyselfie[dask]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["a.png", "-o", "b/", "--workers", "2"], "--workers and --dask do not go together"),
        (["--webcam"], "--dask is for files, not for --webcam, --pipe or -"),
    ],
)
def test_wrong_command_is_one_sentence(options: list[str], sentence: str, capsys: Any) -> None:
    """Exit code 2 before anything is asked."""
    with pytest.raises(SystemExit, match="2"):
        main([*options, "--dask", "tcp://127.0.0.1:9"])
    assert sentence in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")
def test_stopped_command_leaves_no_half_file(
    address: str, cluster: Client, astronaut: NDArray[np.uint8], folder: Path, tmp_path: Path
) -> None:
    """Ctrl-C in the middle of a film: exit code 130, the pictures are noted, and the workers give up the film."""
    out = tmp_path / "out"
    write_film(folder / "z.mp4", scenes(astronaut, (320, 180), 30) * 20, sound=None)
    command = [sys.executable, "-c", INTERRUPTIBLE, str(folder), "-o", str(out), "--json", "--dask", address]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": "pysrc"}, stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    try:
        while len(list(out.glob("[!.]*.png"))) < 6 or not list(out.glob(".pyselfie-*.part.mp4")):
            assert process.poll() is None
            assert time.monotonic() < until, "the film was not begun"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    summary = json.loads(printed)
    assert (process.returncode, summary["interrupted"], summary["done"]) == (130, True, 6)
    until = time.monotonic() + 60
    while any(cluster.processing().values()) and time.monotonic() < until:
        time.sleep(0.05)
    while list(out.glob(".pyselfie-*.part.mp4")) and time.monotonic() < until:
        time.sleep(0.05)
    assert {path.name for path in out.iterdir()} == {".pyselfie.jsonl", *pictures_in(out)}


LINGERS = """
from pathlib import Path
from time import sleep

def lingers(frame, mask, time):
    Path(__file__).with_name("begun").touch()
    sleep(1)
    return frame
"""


def test_cluster_that_goes_away_is_told(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """What is not done by then has failed, each file with a sentence, and the command ends."""
    (tmp_path / "fx.py").write_text(LINGERS)
    going = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", processes=False)

    def go() -> None:
        until = time.monotonic() + 60
        while not (tmp_path / "begun").exists() and time.monotonic() < until:
            time.sleep(0.05)
        going.close()

    thread = threading.Thread(target=go)
    thread.start()
    command = [str(folder), "-o", str(tmp_path / "out"), "--effect-file", str(tmp_path / "fx.py")]
    address = going.scheduler_address
    code, summary = run_json(capsys, *command, "--dask", address)
    thread.join()
    failed = [file for file in summary["files"] if file["status"] == "failed"]
    assert (code, summary["done"] + len(failed)) == (1, 6)
    assert failed[-1]["error"] == f"{folder / '45.png'}: the connection to the Dask cluster at {address} is lost"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])  # the last: Dask's workers may not come back
def test_worker_that_dies_loses_nothing(always: bool, address: str, folder: Path, tmp_path: Path, capsys: Any) -> None:
    """Its picture is made by another one; if that dies as well, the picture is named, and all others are done."""
    (tmp_path / "fx.py").write_text(DIES.format(width=42, always=always))
    command = [str(folder), "-o", str(tmp_path / "out"), "--effect-file", str(tmp_path / "fx.py"), "--dask", address]
    code, summary = run_json(capsys, *command)
    assert (tmp_path / "died").exists()
    assert (code, summary["done"], summary["failed"]) == (int(always), 6 - always, int(always))
    told = [file["error"] for file in summary["files"] if file["status"] == "failed"]
    sentence = f"{folder / '42.png'} cannot be processed: the Dask workers at it die (is memory short?)"
    assert told == [sentence] * always
    assert len(pictures_in(tmp_path / "out")) == 6 - always
