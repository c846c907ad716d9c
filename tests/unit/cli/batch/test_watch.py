"""``--watch``: files are done when they have come whole; Ctrl-C is the end, and nothing is done twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import fsspec
import pytest
from PIL import Image

from pyselfie.cli import main
from pyselfie.cli.batch import watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

LONG_AGO = 1_000_000.0


class Clock:
    """Stands in for `time`: each time that the watch sleeps, the next thing happens; after the last one, Ctrl-C."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 2 * LONG_AGO
        self.steps: list[Callable[[], Any]] = []
        stand_in = SimpleNamespace(time=lambda: self.now, monotonic=lambda: self.now, sleep=self.sleep)
        monkeypatch.setattr(watch, "time", stand_in)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if not self.steps:
            raise KeyboardInterrupt
        self.steps.pop(0)()

    def write(self, path: Path, content: bytes) -> None:
        """Write a file at this clock's time."""
        path.write_bytes(content)
        os.utime(path, (self.now, self.now))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def folder(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Return a folder with one picture, which has been there for long."""
    made = tmp_path / "in"
    made.mkdir()
    Image.fromarray(astronaut).resize((96, 64)).save(made / "old.png")
    os.utime(made / "old.png", (LONG_AGO, LONG_AGO))
    return made


def run_json(capsys: Any, folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    out = folder.with_name("out")
    code = main(["--watch", str(folder), "-o", f"{out}/", "--mask", "--json", "--quiet", *more])
    return code, json.loads(capsys.readouterr().out)


def statuses(summary: dict[str, Any]) -> list[tuple[str, str]]:
    return [(os.path.basename(result["input"]), result["status"]) for result in summary["files"]]  # noqa: PTH119


def nothing() -> None:
    """Let time go by."""


def test_file_is_done_when_it_is_whole(folder: Path, clock: Clock, capsys: Any) -> None:
    """One that grows is left alone until it has rested for two seconds; folders below are watched, too."""
    content = (folder / "old.png").read_bytes()
    below, result = folder / "below", folder.with_name("out") / "below" / "new.png"
    below.mkdir()

    def grow(share: float) -> Callable[[], None]:
        def write() -> None:
            assert not result.exists()
            clock.write(below / "new.png", content[: int(share * len(content))])

        return write

    def is_untouched() -> None:
        assert not result.exists()

    clock.steps = [grow(0), grow(0.3), is_untouched, grow(0.6), is_untouched, grow(1), is_untouched, nothing, nothing]
    code, summary = run_json(capsys, folder)
    assert code == 0
    assert statuses(summary) == [("old.png", "done"), ("new.png", "done")]
    assert not summary["interrupted"]
    with Image.open(result) as picture:
        assert picture.size == (96, 64)


def test_second_watch_goes_on_where_the_first_stopped(folder: Path, clock: Clock, capsys: Any) -> None:
    """What is done is skipped, what has changed is done again, and each is told once."""
    assert run_json(capsys, folder)[0] == 0
    content = (folder / "old.png").read_bytes()
    clock.steps = [nothing, lambda: clock.write(folder / "old.png", content), nothing, nothing, nothing, nothing]
    code, summary = run_json(capsys, folder)
    assert (code, statuses(summary)) == (0, [("old.png", "skipped"), ("old.png", "done")])


def test_damaged_file_is_told_and_done_again_when_it_changes(folder: Path, clock: Clock, capsys: Any) -> None:
    """A copy that was given up is one sentence and exit code 1; the rest may come later."""
    content = (folder / "old.png").read_bytes()
    clock.steps = [
        lambda: clock.write(folder / "new.png", content[:2000]),
        *[nothing] * 4,
        lambda: clock.write(folder / "new.png", content),
        *[nothing] * 4,
    ]
    code, summary = run_json(capsys, folder)
    assert (code, statuses(summary)) == (1, [("old.png", "done"), ("new.png", "failed"), ("new.png", "done")])


def test_results_within_the_folder_are_no_inputs(folder: Path, clock: Clock, capsys: Any) -> None:
    """Else each would have a result of its own, and so on."""
    clock.steps = [nothing] * 5
    assert main(["--watch", str(folder), "-o", str(folder / "out"), "--mask", "--json", "--quiet"]) == 0
    assert statuses(json.loads(capsys.readouterr().out)) == [("old.png", "done")]


def test_record_at_a_url_has_all_results(folder: Path, clock: Clock, capsys: Any) -> None:
    """It is uploaded now and then: what came in between is known to the next run, too."""
    content = (folder / "old.png").read_bytes()
    clock.steps = [lambda: clock.write(folder / "new.png", content), *[nothing] * 4]
    command = [str(folder), "-o", "memory://watched/", "--mask", "--json", "--quiet"]
    try:
        assert main(["--watch", *command]) == 0
        assert [status for _, status in statuses(json.loads(capsys.readouterr().out))] == ["done", "done"]
        assert main(command) == 0
        assert [status for _, status in statuses(json.loads(capsys.readouterr().out))] == ["skipped", "skipped"]
    finally:
        fsspec.filesystem("memory").rm("/watched", recursive=True)


def test_effect_that_changes_meanwhile_is_for_the_next_run(folder: Path, clock: Clock, capsys: Any) -> None:
    """The results are of the one that was loaded, and the record says so."""
    effect = folder.with_name("fx.py")
    text = "def one(frame, mask, time):\n    return frame\n"
    effect.write_text(text)
    content = (folder / "old.png").read_bytes()
    clock.steps = [
        lambda: effect.write_text(text.replace("return frame", "return 255 - frame")),
        lambda: clock.write(folder / "new.png", content),
        *[nothing] * 4,
    ]
    command = [str(folder), "-o", f"{folder.with_name('out')}/", "--effect-file", str(effect), "--json", "--quiet"]
    assert main(["--watch", *command]) == 0
    assert [status for _, status in statuses(json.loads(capsys.readouterr().out))] == ["done", "done"]
    assert (folder.with_name("out") / "old.png").read_bytes() == (folder.with_name("out") / "new.png").read_bytes()
    assert main(command) == 0
    assert [status for _, status in statuses(json.loads(capsys.readouterr().out))] == ["done", "done"]


@pytest.mark.usefixtures("clock")
def test_stop_within_a_file_is_an_interruption(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """Exit code 130: something has been begun and is not there."""
    effect = tmp_path / "stops.py"
    effect.write_text("def stops(frame, mask, time):\n    raise KeyboardInterrupt\n")
    command = ["--watch", str(folder), "-o", f"{tmp_path / 'out'}/", "--effect-file", str(effect), "--json"]
    assert main(command) == 130
    assert json.loads(capsys.readouterr().out)["interrupted"]


# Tests that run in the background, or under nohup, inherit that the signal is ignored.
INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pyselfie.cli import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")
@pytest.mark.parametrize("more", [[], ["--workers", "2"]], ids=["alone", "workers"])
def test_real_watch_ends_by_ctrl_c(more: list[str], folder: Path, tmp_path: Path) -> None:
    """By the real clock: a copy that comes while it runs is done, and Ctrl-C gives the summary and exit code 0."""
    (tmp_path / "run.py").write_text(INTERRUPTIBLE)
    out = tmp_path / "out"
    command = [sys.executable, str(tmp_path / "run.py"), "--watch", str(folder), "-o", f"{out}/", "--mask", "--json"]
    environment = {**os.environ, "PYTHONPATH": os.path.abspath("pysrc")}  # noqa: PTH100
    process = subprocess.Popen([*command, *more], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 120
        for name in ("old.png", "new.png"):
            while not (out / ".pyselfie.jsonl").exists() or name not in (out / ".pyselfie.jsonl").read_text():
                assert process.poll() is None
                assert time.monotonic() < until, f"{name} was not done"
                time.sleep(0.05)
            if name == "old.png":
                shutil.copyfile(folder / "old.png", folder / "new.png")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, stderr
    assert statuses(json.loads(stdout)) == [("old.png", "done"), ("new.png", "done")]
    assert stderr.decode() == f"pyselfie: {folder} is watched: Ctrl-C ends it\n"


def test_wrong_folders_are_one_sentence(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """One that is not there, a file, and the folder of the results."""
    for watched, output, sentence in (
        (tmp_path / "gone", "x/", f"--watch needs a folder of this computer, and {tmp_path / 'gone'} is none"),
        (folder / "old.png", "x/", f"--watch needs a folder of this computer, and {folder / 'old.png'} is none"),
        ("memory://in/", "x/", "--watch needs a folder of this computer, and memory://in/ is none"),
        (folder, str(folder), f"{folder} is watched, so the results have to go elsewhere: give another --output"),
        (folder, str(tmp_path / "a.png"), "a.png is one file, but there are many inputs"),
    ):
        assert main(["--watch", str(watched), "-o", output, "--mask"]) == 2
        said = capsys.readouterr().err
        assert sentence in said
        assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--watch in", "say where the results go: -o folder/"),
        ("--watch in a.png -o out/", "--watch names its folder: it takes no other files"),
        ("--watch in -o -", "-o - is standard output, which takes one result, but --watch has many"),
        ("--watch in -o out/ --webcam", "--webcam and --watch do not go together: name one source of pictures"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(arguments: str, sentence: str, capsys: Any) -> None:
    """Exit code 2 and the reason."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments.split())
    assert f"pyselfie: error: {sentence}" in capsys.readouterr().err
