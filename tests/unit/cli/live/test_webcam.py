"""The webcam window: OpenCV's camera and window are replaced where this machine has none."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pyselfie.cli import main
from tests.unit.film import WALL, scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Window:
    """Stands in for OpenCV's window: keeps what is shown; q is pressed after `patience` pictures."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, patience: int) -> None:
        self.shown: list[NDArray[np.uint8]] = []
        self.patience = patience
        self.visible = 1.0
        monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0))
        monkeypatch.setattr(cv2, "namedWindow", lambda *_: None)
        monkeypatch.setattr(cv2, "imshow", lambda _, picture: self.shown.append(picture))
        monkeypatch.setattr(cv2, "waitKey", lambda _: ord("q") if len(self.shown) >= self.patience else -1)
        monkeypatch.setattr(cv2, "getWindowProperty", lambda *_: self.visible)
        monkeypatch.setattr(cv2, "destroyAllWindows", lambda: None)


@pytest.fixture
def camera(astronaut: NDArray[np.uint8], tmp_path: Path) -> str:
    """Return a film that OpenCV takes for a camera."""
    return str(write_film(tmp_path / "camera.mp4", scenes(astronaut, (160, 96), 6), sound=None))


def test_window_shows_the_effect_until_q(camera: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture of the camera is shown with the effect, in OpenCV's order of colours; q ends it."""
    window = Window(monkeypatch, patience=3)
    assert main(["--webcam", camera, "--effect", "fill", "--color", "#FF0000"]) == 0
    assert len(window.shown) == 3
    assert np.abs(window.shown[0][:8, -8:].astype(int) - WALL[::-1]).max() <= 8
    np.testing.assert_allclose(window.shown[0][60, 48], [0, 0, 255], atol=8)


def test_closing_the_window_or_losing_the_camera_ends(camera: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end is the end of the command, without an error."""
    window = Window(monkeypatch, patience=99)
    assert main(["--webcam", camera]) == 0
    assert len(window.shown) == 6
    window.visible = 0.0
    assert main(["--webcam", camera]) == 0
    assert len(window.shown) == 7


@pytest.mark.skipif("GUI:                           NONE" not in cv2.getBuildInformation(), reason="OpenCV has windows")
def test_opencv_without_windows_is_one_sentence(camera: str, capsys: Any) -> None:
    """The headless build has none: the sentence names the one that has."""
    assert main(["--webcam", camera]) == 2
    assert "this OpenCV has no windows: pip uninstall opencv-python-headless" in capsys.readouterr().err


def test_missing_camera_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    """A camera that is not there is told by its name."""
    Window(monkeypatch, patience=1)
    gone = str(tmp_path / "gone.mp4")
    assert main(["--webcam", gone]) == 2
    assert f"the camera {gone} cannot be opened: is it plugged in, and free?" in capsys.readouterr().err


def test_own_effect_that_fails_is_one_sentence(
    camera: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    """What an effect of one's own raises at the webcam ends it with a sentence, and with no traceback."""
    Window(monkeypatch, patience=99)
    effect = tmp_path / "mine.py"
    effect.write_text("def mine(frame, mask, time):\n    return 1\n")
    assert main(["--webcam", camera, "--effect", f"{effect}:mine"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("pyselfie: ")


# OpenCV with Qt, as `opencv-python` has it: where no display answers, asking for a window ends the process.
QT_WITHOUT_DISPLAY = """
import os
WINDOW_NORMAL, error = 0, RuntimeError
def namedWindow(*_): os.abort()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a window does not end the process")
@pytest.mark.parametrize(
    ("display", "reason"), [({}, "DISPLAY is not set"), ({"DISPLAY": ":77"}, "DISPLAY is :77, which does not answer")]
)
def test_missing_display_is_one_sentence(display: dict[str, str], reason: str, tmp_path: Path) -> None:
    """Without a display the command ends with exit code 2 and a sentence, and is not aborted."""
    (tmp_path / "cv2.py").write_text(QT_WITHOUT_DISPLAY)
    without = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    environment = {**without, **display, "PYTHONPATH": f"{tmp_path}{os.pathsep}pysrc"}
    command = [sys.executable, "-m", "pyselfie", "--webcam"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    sentence = f"pyselfie: --webcam needs a display for its window, and there is none: {reason}\n"
    assert (run.returncode, run.stderr, run.stdout) == (2, sentence, "")
