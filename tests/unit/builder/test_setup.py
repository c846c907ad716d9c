"""Set-up: versions, .venv, node_modules; real environments and real packages, made on the spot."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import threading
from typing import TYPE_CHECKING

import pytest

from builder import bootstrap, cli, npm
from builder.archives import zips
from builder.errors import BuildError
from builder.npm import ensure_node_modules
from builder.paths import BUILD_LOCK, DEV_LOCK, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, name: str, prints: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {prints}\n")
    path.chmod(0o755)


def test_old_python_gets_one_sentence(monkeypatch: pytest.MonkeyPatch):
    """Python 3.10 is refused in one sentence that names it and what is needed."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))
    with pytest.raises(SystemExit, match=r"^build\.py needs Python 3\.11 or newer, but this is Python 3\.10: install"):
        runpy.run_path(str(ROOT / "build.py"))


def test_any_python_3_can_read_the_refusal():
    """build.py itself uses no syntax that an old Python 3 would stumble over before it can speak."""
    ast.parse((ROOT / "build.py").read_text(), feature_version=(3, 4))


def test_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without Node the sentence says so, and what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"^Node\.js 20 or newer is needed, but there is no `node` on PATH: install"):
        bootstrap.check_node()


def test_old_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An old Node is named with its version."""
    program(tmp_path, "node", "v18.20.4")
    program(tmp_path, "npm", "9.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"^Node\.js 20 or newer is needed, but `.*node` is v18\.20\.4: install"):
        bootstrap.check_node()


def test_node_without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Node alone is not enough."""
    program(tmp_path, "node", "v20.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"^npm is needed"):
        bootstrap.check_node()


def tiny_wheel(folder: Path) -> str:
    """Make a wheel of one module and return its line for a requirements file."""
    information = {
        "METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "tiny.py,,\ntiny-1.dist-info/METADATA,,\ntiny-1.dist-info/WHEEL,,\ntiny-1.dist-info/RECORD,,\n",
    }
    members = {f"tiny-1.dist-info/{name}": text.encode() for name, text in information.items()}
    data = zips.pack(members | {"tiny.py": b"answer = 42\n"})
    (folder / "tiny-1-py3-none-any.whl").write_bytes(data)
    return f"{folder}/tiny-1-py3-none-any.whl --hash=sha256:{hashlib.sha256(data).hexdigest()}\n"


@pytest.fixture(scope="module")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment of an empty lock."""
    lock = tmp_path_factory.mktemp("empty") / "lock.txt"
    lock.touch()
    bootstrap.ensure_venv(lock.with_name("venv"), lock)
    return lock.with_name("venv")


@pytest.fixture
def folder(empty_environment: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return shutil.copytree(empty_environment, tmp_path / "venv", symlinks=True)


def answer_of(python: Path) -> bytes:
    return subprocess.run(
        [python, "-c", "import tiny; print(tiny.answer)"], capture_output=True, check=True
    ).stdout.strip()


def test_venv_is_made_once_and_a_broken_one_again(tmp_path: Path):
    """The environment is made once, brought up to date when the lock changes, and made anew when it is half-made."""
    lock, folder = tmp_path / "lock.txt", tmp_path / "venv"
    lock.write_text(tiny_wheel(tmp_path))
    python = bootstrap.ensure_venv(folder, lock)
    assert answer_of(python) == b"42"

    (folder / "mark").touch()
    bootstrap.ensure_venv(folder, lock)
    assert (folder / "mark").exists()

    lock.write_text(f"# changed\n{lock.read_text()}")
    assert answer_of(bootstrap.ensure_venv(folder, lock)) == b"42"
    assert (folder / "mark").exists()

    (folder / ".pyselfie-stamp").unlink()
    assert answer_of(bootstrap.ensure_venv(folder, lock)) == b"42"
    assert not (folder / "mark").exists()


def test_richer_venv_is_left_alone(tmp_path: Path, folder: Path):
    """What building needs is not put in the place of what testing needs, but the other way round it is."""
    small, rich = tmp_path / "small.txt", tmp_path / "rich.txt"
    small.write_text("")
    rich.write_text(tiny_wheel(tmp_path))
    python = bootstrap.ensure_venv(folder, small, rich)
    assert subprocess.run([python, "-c", "import tiny"], capture_output=True, check=False).returncode == 1
    bootstrap.ensure_venv(folder, rich)
    assert answer_of(python) == b"42"
    stamp = (folder / ".pyselfie-stamp").read_text()
    bootstrap.ensure_venv(folder, small, rich)
    assert (folder / ".pyselfie-stamp").read_text() == stamp


def test_both_locks_pin_the_same():
    """What building needs is in the lock for testing, with the same versions and hashes."""
    small, rich = (set(lock.read_text().split("\n")) for lock in (BUILD_LOCK, DEV_LOCK))
    assert small <= rich
    assert "waitress==3.0.2 \\" in small


def test_building_needs_the_small_lock_only(folder: Path):
    """Every module that building and serving import is there in an environment of nothing but build.txt."""
    python = bootstrap.ensure_venv(folder, BUILD_LOCK)
    code = "import builder.commands, builder.pipeline, sys; sys.exit('PIL' in sys.modules)"
    result = subprocess.run([python, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_wrong_hash_stops_pip(tmp_path: Path, folder: Path, capfd: pytest.CaptureFixture[str]):
    """A package with another hash than the lock's is refused with both values, and the environment stays unfinished."""
    lock = tmp_path / "lock.txt"
    line = tiny_wheel(tmp_path)
    right, wrong = line.strip()[-64:], "0" * 64
    lock.write_text(line.replace(right, wrong))
    with pytest.raises(BuildError, match=r"^pip could not install lock\.txt"):
        bootstrap.ensure_venv(folder, lock)
    words = capfd.readouterr().err
    assert right in words
    assert wrong in words
    assert not (folder / ".pyselfie-stamp").exists()


def npm_project(folder: Path) -> tuple[Path, str]:
    """Make an npm project with one local, locked package; return it and the package's integrity."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in {"package.json": '{"name":"tiny","version":"1.0.0"}', "index.js": "1;"}.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    (folder / "tiny-1.0.0.tgz").write_bytes(buffer.getvalue())
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(buffer.getvalue()).digest()).decode()
    needed = {"tiny": "file:tiny-1.0.0.tgz"}
    (folder / "package.json").write_text(json.dumps({"name": "p", "version": "1.0.0", "dependencies": needed}))
    entry = {"version": "1.0.0", "resolved": "file:tiny-1.0.0.tgz", "integrity": integrity}
    packages = {"": {"name": "p", "version": "1.0.0", "dependencies": needed}, "node_modules/tiny": entry}
    lock = {"name": "p", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder, integrity


def test_npm_packages_are_fetched_once(tmp_path: Path):
    """`npm ci` runs when the lock is new, and not again until it changes."""
    root, _ = npm_project(tmp_path)
    ensure_node_modules(root)
    assert (root / "node_modules" / "tiny" / "index.js").read_text() == "1;"
    (root / "node_modules" / "mark").touch()
    ensure_node_modules(root)
    assert (root / "node_modules" / "mark").exists()
    (root / "package.json").write_text((root / "package.json").read_text() + "\n")
    ensure_node_modules(root)
    assert not (root / "node_modules" / "mark").exists()


def test_wrong_integrity_stops_npm(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """An npm package with another hash than the lock's stops the build with both values."""
    root, integrity = npm_project(tmp_path)
    wrong = "sha512-" + "A" * 86 + "=="
    lock = root / "package-lock.json"
    lock.write_text(lock.read_text().replace(integrity, wrong))
    with pytest.raises(BuildError, match=r"^`npm ci` failed"):
        ensure_node_modules(root)
    words = capfd.readouterr().err
    assert integrity in words
    assert wrong in words
    assert not (root / "node_modules" / ".pyselfie-stamp").exists()


def test_npm_works_beside_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each is under way while the other one is; then the command goes on in the environment."""
    both = threading.Barrier(2)

    def pip(*_: Path) -> Path:
        both.wait(60)
        return tmp_path

    monkeypatch.setattr(cli, "CACHE", tmp_path)
    monkeypatch.setattr(npm, "ensure_node_modules", lambda: both.wait(60))
    monkeypatch.setattr(bootstrap, "is_ready", lambda *_: False)
    monkeypatch.setattr(bootstrap, "running_inside", lambda _: False)
    monkeypatch.setattr(bootstrap, "ensure_venv", pip)
    monkeypatch.setattr(bootstrap, "re_execute", lambda python, arguments: [python, *arguments[1:]])
    assert cli.main(["build"]) == [tmp_path, "build"]


def test_npm_that_fails_beside_pip_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """What it says is told, and the command doesn't go on in the environment that pip has made."""

    def fail() -> None:
        raise BuildError("npm has failed.")

    monkeypatch.setattr(cli, "CACHE", tmp_path)
    monkeypatch.setattr(npm, "ensure_node_modules", fail)
    monkeypatch.setattr(bootstrap, "is_ready", lambda *_: False)
    monkeypatch.setattr(bootstrap, "running_inside", lambda _: False)
    monkeypatch.setattr(bootstrap, "ensure_venv", lambda *_: tmp_path)
    monkeypatch.setattr(bootstrap, "re_execute", lambda *_: 0)
    assert cli.main(["build"]) == 1
    assert "npm has failed." in capsys.readouterr().err


def test_help_needs_no_setup(tmp_path: Path):
    """`build.py --help` lists the commands with no Node and no .venv."""
    environment = {**os.environ, "PATH": str(tmp_path)}
    command = [sys.executable, str(ROOT / "build.py"), "--help"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert all(f"\n    {name} " in result.stdout for name in ("build", "serve", "test", "bench", "soak"))


def test_arguments_are_passed_on():
    """What follows test, bench and soak reaches pytest and the measurements as it is, with or without a first --."""
    assert cli.parse(["test", "--", "-k", "blur", "--", "x"]).passed_on == ["-k", "blur", "--", "x"]
    assert cli.parse(["test", "-k", "blur"]).passed_on == ["-k", "blur"]
    assert cli.parse(["bench", "--quick"]).passed_on == ["--quick"]
    assert cli.parse(["soak", "--minutes", "3"]).passed_on == ["--minutes", "3"]
    assert cli.parse(["test"]).passed_on == []


@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["serve", "--port", "65536"], ["build", "x"], ["fly"]])
def test_bad_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    """Bad arguments end with code 2 and a sentence that quotes them."""
    with pytest.raises(SystemExit) as stopped:
        cli.parse(arguments)
    assert stopped.value.code == 2
    assert repr(arguments[-1]) in capsys.readouterr().err or arguments[-1] == "x"
