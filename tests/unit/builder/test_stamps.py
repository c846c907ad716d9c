"""Stamps, hashes and the lock: what keeps work from being done twice, wrongly or by two at once."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from builder import lock, model_files, stamps
from builder.archives import numpy_archives, zips
from builder.archives.late_modules import Parts
from builder.errors import BuildError
from builder.paths import MODELS, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_fingerprint_follows_names_and_contents(tmp_path: Path):
    """Any change of a file's name or content changes the fingerprint; Python's caches and times do not."""
    (tmp_path / "a.txt").write_text("1")
    before = stamps.fingerprint(tmp_path, "text")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    (tmp_path / "a.txt").touch()
    assert stamps.fingerprint(tmp_path, "text") == before
    (tmp_path / "a.txt").write_text("2")
    changed = stamps.fingerprint(tmp_path, "text")
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    renamed = stamps.fingerprint(tmp_path, "text")
    assert len({before, changed, renamed, stamps.fingerprint(tmp_path, "other")}) == 4


def test_absent_differs_from_empty(tmp_path: Path):
    """A file that is not there is another input than an empty one."""
    absent = stamps.fingerprint(tmp_path / "a")
    (tmp_path / "a").touch()
    assert stamps.fingerprint(tmp_path / "a") != absent


def test_stamp_is_fresh_for_its_value_only(tmp_path: Path):
    """A step counts as done for the inputs it was done for, and for none while its stamp is missing or garbage."""
    stamp = tmp_path / "stamp"
    assert not stamps.is_fresh(stamp, "1")
    stamps.write_atomically(stamp, "1")
    assert stamps.is_fresh(stamp, "1")
    assert not stamps.is_fresh(stamp, "2")
    stamp.write_bytes(b"\xff\xfe")
    assert not stamps.is_fresh(stamp, "1")


def test_nothing_half_written_is_left(tmp_path: Path):
    """A write that fails leaves the old file as it was, and no other file."""
    target = tmp_path / "file"
    stamps.write_atomically(target, "old")
    number: Any = 5
    with pytest.raises(TypeError):
        stamps.write_atomically(target, number)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_wrong_hash_names_both_values(tmp_path: Path):
    """A hash that is not the expected one stops the build with the file, both values and a remedy."""
    path = tmp_path / "file"
    path.write_bytes(b"content")
    actual = hashlib.sha256(b"content").hexdigest()
    with pytest.raises(BuildError) as stopped:
        stamps.expect_sha256("file", path, "0" * 64, "do this.")
    assert str(stopped.value) == f"file has SHA-256 {actual}, but {'0' * 64} was expected: do this."


def test_numpy_with_other_files_is_refused():
    """A NumPy in which the parts that are to come later aren't found makes no archive."""
    with pytest.raises(BuildError, match=r"another NumPy than builder/archives/numpy_archives\.py knows: change"):
        numpy_archives.deferred({"numpy/_core/_add_newdocs.py": b""})


@pytest.mark.parametrize("names", [["numpy/a.py"], ["numpy/a.so", "numpy/b.so"]])
def test_numpy_with_another_number_of_libraries_is_refused(tmp_path: Path, names: list[str]):
    """One file of machine code is what the site has a place for."""
    archive = tmp_path / "numpy-1.0.zip"
    archive.write_bytes(zips.pack(dict.fromkeys(names, b"code")))
    count = len(names) if len(names) > 1 else 0
    with pytest.raises(BuildError, match=rf"^numpy-1\.0\.zip has {count} libraries of machine code, expected 1: see"):
        numpy_archives.library_apart(archive)


def test_other_numpy_is_refused(tmp_path: Path):
    """A tarball that is not the pinned NumPy makes no archive."""
    tarball = tmp_path / "numpy.tar.gz"
    tarfile.open(tarball, "w:gz").close()
    with pytest.raises(BuildError, match=numpy_archives.TARBALL_SHA256) as stopped:
        numpy_archives.make_archives(tarball, Parts(tmp_path / "first.zip", tmp_path / "late.zip"))
    assert stamps.sha256_of(tarball) in str(stopped.value)


def test_other_models_are_refused(tmp_path: Path):
    """A model with other bytes than the manifest says stops the build, and so does one that is not there."""
    folder = tmp_path / "models"
    folder.mkdir()
    names = [path.name for path in model_files.model_files()]
    for name in names:
        shutil.copy(MODELS / name, folder)
    assert [path.name for path in model_files.model_files(folder)] == names
    entry = model_files.read_manifest()[-1]
    model = folder / entry["file"]
    model.write_bytes(model.read_bytes()[:-1])
    with pytest.raises(BuildError, match=f"^models/{entry['file']} has SHA-256 .*{entry['sha256']}"):
        model_files.model_files(folder)
    model.unlink()
    with pytest.raises(BuildError, match="is missing: run `git checkout"):
        model_files.model_files(folder)


def test_zips_are_the_same_bytes_every_time():
    """The order of the members does not matter, and unpacking gives them back."""
    members = {"b/x.py": b"2", "a.py": b"1"}
    assert zips.pack(members) == zips.pack(dict(sorted(members.items())))
    assert zips.unpack(zips.pack(members)) == members


HOLDER = """
import sys
from pathlib import Path
from builder.lock import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
print("released", flush=True)
"""


@pytest.mark.parametrize("killed", [False, True])
def test_second_build_waits_for_the_first(tmp_path: Path, killed: bool, capsys: pytest.CaptureFixture[str]):
    """While one process holds the lock another one cannot; it can when the first ends, even by being killed."""
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"
        with path.open("ab") as file, pytest.raises(OSError, match="temporarily unavailable"):
            lock._try_lock(file)
        if killed:
            holder.kill()
        else:
            holder.stdin.close()
        with lock.build_lock(path):
            assert "another build" not in capsys.readouterr().err
        holder.wait()
