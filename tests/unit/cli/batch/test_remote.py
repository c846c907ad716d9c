"""Inputs and outputs by URL: what fsspec reaches is done as files of a folder are."""

from __future__ import annotations

import base64
import errno
import json
import os
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from pyselfie.cli import main
from pyselfie.cli.batch.record import NAME
from tests.unit.cli.batch.many_kit import make_album, pictures_in, run_json
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray


@pytest.fixture
def folder(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    return make_album(astronaut, tmp_path)


@pytest.fixture
def memory(folder: Path) -> Iterator[MemoryFileSystem]:
    """Return a file system with the pictures in `memory://album/`, one of them in a folder below, and a text."""
    system = fsspec.filesystem("memory")
    for path in sorted(folder.iterdir()):
        system.pipe_file(f"/album/{'more/' if path.stem == '45' else ''}{path.name}", path.read_bytes())
    system.pipe_file("/album/notes.txt", b"no picture")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


class _Quiet(SimpleHTTPRequestHandler):
    asked: ClassVar[set[str]] = set()

    def send_head(self) -> Any:
        """Answer, and keep who asked."""
        scheme, _, who = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            self.asked.add(base64.b64decode(who).decode())
        return super().send_head()

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Return the address of a web server of what lies in the test's folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_folder_at_a_url_is_done_and_resumed(
    memory: MemoryFileSystem, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """The same bytes as from disk to disk; a second run skips what is done and does what is new or changed."""
    main([str(folder), "-o", str(tmp_path / "out"), "--mask", "-q"])
    expected = pictures_in(tmp_path / "out")
    command = ["memory://album", "-o", "memory://masks/", "--mask"]
    code, summary = run_json(capsys, *command)
    assert (code, summary["done"]) == (0, 6)
    assert memory.cat_file("/masks/more/45.png") == expected["45.png"]
    names = sorted(path.removeprefix("/masks/") for path in memory.find("/masks"))
    assert names == [NAME, "40.png", "41.png", "42.png", "43.png", "44.png", "more/45.png"]
    assert {name: memory.cat_file(f"/masks/{name}") for name in names[1:6]} == {
        name: data for name, data in expected.items() if name != "45.png"
    }
    memory.pipe_file("/album/41.png", memory.cat_file("/album/42.png"))
    memory.pipe_file("/masks/43.png", b"mine")
    _, again = run_json(capsys, *command)
    status = {file["input"].rpartition("/")[2]: file["status"] for file in again["files"]}
    assert status == dict.fromkeys(("40.png", "42.png", "44.png", "45.png"), "skipped") | {
        "41.png": "done",
        "43.png": "failed",
    }
    assert memory.cat_file("/masks/43.png") == b"mine"
    assert run_json(capsys, *command)[1]["skipped"] == 5


@pytest.mark.parametrize(("pattern", "count"), [("4[013].png", 3), ("*/45.png", 1), ("4?.png", 5)])
def test_pattern_in_a_url_is_what_it_finds(
    pattern: str, count: int, memory: MemoryFileSystem, tmp_path: Path, capsys: Any
) -> None:
    """A shell knows nothing of URLs."""
    code, summary = run_json(capsys, f"memory://album/{pattern}", "-o", f"{tmp_path / 'out'}/", "--mask")
    assert (code, summary["done"], len(pictures_in(tmp_path / "out"))) == (0, count, count)
    assert memory.exists("/album/45.png") is False


def test_workers_fetch_from_a_web_server(server: str, folder: Path, tmp_path: Path, capsys: Any) -> None:
    """The URL goes to the worker, not the bytes; a page of links is a folder, and what is missing is told."""
    main([str(folder), "-o", str(tmp_path / "one"), "--mask", "-q"])
    (folder / "43.png").write_text("no picture")
    inputs = [f"{server}/album/*.png", f"{server}/album/gone.png"]
    command = [*inputs, "-o", str(tmp_path / "out"), "--mask", "--workers", "2"]
    code, summary = run_json(capsys, *command)
    assert (code, summary["done"], summary["failed"]) == (1, 5, 2)
    expected = pictures_in(tmp_path / "one")
    expected.pop("43.png")
    assert pictures_in(tmp_path / "out") == expected
    told = [file["error"] for file in summary["files"] if file["error"]]
    assert told == [
        f"{server}/album/43.png is no picture that can be read",
        f"there is no file {server}/album/gone.png",
    ]
    assert run_json(capsys, *command)[1]["skipped"] == 5


def test_file_that_changes_on_a_web_server_is_done_again(
    server: str, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """Of the same size, and from a server that tells no more than when it was written."""
    command = [f"{server}/album/40.png", "-o", f"{tmp_path / 'out'}/", "--mask"]
    assert run_json(capsys, *command)[1]["done"] == 1
    assert run_json(capsys, *command)[1]["skipped"] == 1
    os.utime(folder / "40.png", (1_000_000, 1_000_000))
    assert run_json(capsys, *command)[1]["done"] == 1


def test_web_server_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: Any) -> None:
    """It is no missing file."""
    url = "http://127.0.0.1:1/a.png"
    assert main([url, "-o", str(tmp_path / "out.png"), "-q"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"pyselfie: {url} cannot be read: Cannot connect to host 127.0.0.1:1")
    assert said.count("\n") == 1


@pytest.mark.usefixtures("folder")
def test_password_in_a_url_is_used_and_not_told(server: str, tmp_path: Path, capsys: Any) -> None:
    """Not in the summary, not in the record, not in what is said; with a new password all is known."""
    out = tmp_path / "out"
    for password, status in (("secret", "done"), ("s@cret", "skipped")):
        url = server.replace("//", f"//me:{password}@")
        code, summary = run_json(capsys, f"{url}/album/40.png", f"{url}/album/gone.png", "-o", f"{out}/", "--mask")
        shown = server.replace("//", "//me:***@")
        assert (code, summary[status]) == (1, 1)
        assert [file["input"] for file in summary["files"]] == [f"{shown}/album/40.png", f"{shown}/album/gone.png"]
        assert "cret" not in json.dumps(summary) + (out / NAME).read_text()
    assert {"me:secret", "me:s@cret"} <= _Quiet.asked


def test_url_of_a_file_of_this_computer_is_its_path(folder: Path, capsys: Any) -> None:
    """So it is known for the same file, which is not overwritten."""
    path = folder / "40.png"
    before = path.read_bytes()
    assert main([path.as_uri(), "-o", str(path), "--mask"]) == 1
    assert f"the result would overwrite its own input {path}: give another" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert main([str(path), "-o", folder.joinpath("mask.png").as_uri(), "--mask"]) == 0
    assert (folder / "mask.png").exists()


def test_full_disk_for_temporary_files_is_one_sentence(
    memory: MemoryFileSystem, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results lie there before they go to a URL."""

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert main(["memory://album/40.png", "-o", "memory://out.png", "-q"]) == 1
    assert capsys.readouterr().err == "pyselfie: memory://out.png cannot be written: the disk is full\n"
    assert not memory.exists("/out.png")


def test_film_comes_and_goes_by_url(
    memory: MemoryFileSystem, astronaut: NDArray[np.uint8], tmp_path: Path, capsys: Any
) -> None:
    """FFmpeg goes back and forth in it: it lies in a temporary folder meanwhile, of which nobody hears."""
    film = write_film(tmp_path / "in.mp4", scenes(astronaut, (160, 96), 12), sound=None)
    memory.pipe_file("/in.mp4", film.read_bytes())
    memory.pipe_file("/bad.mp4", b"no film")
    code, summary = run_json(capsys, "memory://in.mp4", "memory://bad.mp4", "-o", "memory://out/", "-e", "fill")
    good, bad = summary["files"]
    assert (code, good["status"], good["pictures"]) == (1, "done", 12)
    assert memory.cat_file("/out/in.mp4")[4:8] == b"ftyp"
    assert bad["error"].startswith("memory://bad.mp4 is no video that can be read (")


def test_result_is_written_whole_or_not_at_all(
    memory: MemoryFileSystem, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there stays when the upload breaks off."""
    memory.pipe_file("/out.png", b"before")

    def break_off(source: Any, target: Any, _length: int = 0) -> None:
        target.write(source.read(20))
        raise OSError("the connection was reset")

    monkeypatch.setattr(shutil, "copyfileobj", break_off)
    assert main(["memory://album/40.png", "-o", "memory://out.png"]) == 1
    assert "memory://out.png cannot be written: the connection was reset" in capsys.readouterr().err
    assert memory.cat_file("/out.png") == b"before"


def test_record_that_cannot_be_written_is_told(
    memory: MemoryFileSystem, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The results are there; exit code 1."""
    write = MemoryFileSystem._open

    def refuse(self: MemoryFileSystem, path: str, mode: str = "rb", **settings: Any) -> Any:
        if path.endswith(NAME) and mode == "wb":
            raise PermissionError("no")
        return write(self, path, mode, **settings)

    monkeypatch.setattr(MemoryFileSystem, "_open", refuse)
    assert main(["memory://album/40.png", "-o", "memory://out/"]) == 1
    error = capsys.readouterr().err
    assert f"memory://out/{NAME} cannot be written, so the last results are not known to the next run: no" in error
    assert memory.exists("/out/40.png")


@pytest.mark.parametrize(
    ("inputs", "output", "sentence"),
    [
        ("s3://bucket/a.png", "b.png", "s3://bucket/a.png needs s3fs, which is not installed: pip install s3fs"),
        ("a.png", "gs://bucket/masks/", "gs://bucket/masks/ needs gcsfs, which is not installed: pip install gcsfs"),
        ("nothing://a.png", "b.png", "nothing://a.png cannot be reached: Protocol not known: nothing"),
        ("a.png", "http://127.0.0.1/b/", "http://127.0.0.1/b/ cannot be written: a web server gives files and takes"),
    ],
)
def test_url_that_cannot_be_reached_is_one_sentence(
    inputs: str, output: str, sentence: str, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is begun; exit code 2."""
    for package in ("s3fs", "gcsfs"):
        monkeypatch.setitem(sys.modules, package, None)
    assert main([inputs, "-o", output]) == 2
    assert sentence in capsys.readouterr().err


def test_missing_fsspec_is_named(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 and the extra that brings it."""
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert main(["memory://a.png", "-o", "b.png"]) == 2
    assert 'memory://a.png needs fsspec, which is not installed: pip install "pyselfie[remote]"' in (
        capsys.readouterr().err
    )
