"""The virtual camera: pyvirtualcam itself, with a device of the test's own where this machine has none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest
import pyvirtualcam
from pyvirtualcam import camera as backends

from pyselfie import Segmenter, effects
from pyselfie.cli import main
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Device:
    """A backend as pyvirtualcam describes them: keeps what is sent."""

    opened: list[Device]

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: str | None, **_: Any) -> None:
        if device not in {None, "desk"}:
            raise RuntimeError(f"there is no {device}.")
        self.size, self.rate, self.fourcc = (width, height), fps, fourcc
        self.sent: list[NDArray[np.uint8]] = []
        self.closed = False
        self.opened.append(self)

    def close(self) -> None:
        self.closed = True

    def send(self, frame: NDArray[np.uint8]) -> None:
        self.sent.append(frame.copy())

    def device(self) -> str:
        return "desk"

    def native_fourcc(self) -> int | None:
        return None


class Mute:
    """A capture that tells another rate."""

    def __init__(self, capture: Any, rate: float) -> None:
        self._capture, self._rate = capture, rate

    def get(self, _property: int) -> float:
        return self._rate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._capture, name)


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    """Return the devices that are opened: pyvirtualcam knows of no other kind meanwhile."""
    monkeypatch.setattr(backends, "BACKENDS", {})
    Device.opened = []
    pyvirtualcam.register_backend("test", Device)
    return Device.opened


@pytest.fixture(scope="module")
def frames(astronaut: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    return scenes(astronaut, (160, 96), 5)


@pytest.fixture
def webcam(frames: list[NDArray[np.uint8]], tmp_path: Path) -> str:
    """Return a film that OpenCV takes for a camera; its pictures come out as they were."""
    path = tmp_path / "webcam.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=24)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "bgr0"
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return str(path)


def test_frames_are_those_of_the_functions_on_arrays(
    devices: list[Device], webcam: str, frames: list[NDArray[np.uint8]], capsys: Any
) -> None:
    """Each picture of the camera is sent with the effect, RGB, to the last bit; the device is told, and closed."""
    assert main(["--webcam", webcam, "--virtual-camera", "--effect", "blur"]) == 0
    (device,) = devices
    with Segmenter(smoothing=0.85) as segmenter:
        expected = [effects.blur(frame, segmenter.segment(frame)) for frame in frames]
    np.testing.assert_array_equal(np.array(device.sent), np.array(expected).reshape(5, -1))
    assert (device.size, device.rate, device.closed) == ((160, 96), 24.0, True)
    assert capsys.readouterr().err == "pyselfie: the virtual camera is desk, 160x96: Ctrl-C ends it\n"


def test_device_and_rate_are_chosen(devices: list[Device], webcam: str, capsys: Any) -> None:
    """The device's name and the rate go to pyvirtualcam; `--quiet` says nothing."""
    assert main(["--webcam", webcam, "--virtual-camera", "desk", "--rate", "60", "--effect", "none", "-q"]) == 0
    assert devices[0].rate == 60
    assert len(devices[0].sent) == 5
    assert capsys.readouterr().err == ""


def test_camera_that_does_not_know_its_rate_has_the_usual_one(
    devices: list[Device], webcam: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenCV says 0 or -1 then, as the camera's driver does."""
    captures = cv2.VideoCapture
    for said in (0.0, -1.0):
        with monkeypatch.context() as patch:
            patch.setattr(cv2, "VideoCapture", lambda name, said=said: Mute(captures(name), said))
            assert main(["--webcam", webcam, "--virtual-camera", "--rate", "100", "--effect", "none", "-q"]) == 0
            assert main(["--webcam", webcam, "--virtual-camera", "--effect", "none", "-q"]) == 0
    assert [device.rate for device in devices] == [100, 30, 100, 30]


def test_odd_number_of_a_camera_is_one_sentence(devices: list[Device], capsys: Any) -> None:
    """What Python calls a digit need not be a number."""
    assert main(["--webcam", "²", "--virtual-camera"]) == 2
    assert capsys.readouterr().err == "pyselfie: the camera ² cannot be opened: is it plugged in, and free?\n"
    assert not devices


def test_missing_device_is_one_sentence(devices: list[Device], webcam: str, capsys: Any) -> None:
    """It names the device and where virtual cameras come from."""
    assert main(["--webcam", webcam, "--virtual-camera", "cellar"]) == 2
    assert capsys.readouterr().err == (
        "pyselfie: the virtual camera cellar cannot be opened ('test' backend: there is no cellar): on Linux "
        "v4l2loopback makes one (sudo modprobe v4l2loopback), on Windows and macOS OBS does, once its virtual camera "
        "has been started\n"
    )
    assert not devices


@pytest.mark.skipif(sys.platform != "linux", reason="the path is Linux's")
def test_pyvirtualcams_own_refusal_is_one_sentence(webcam: str, capsys: Any) -> None:
    """Its own backend is asked for a device that no machine has."""
    assert main(["--webcam", webcam, "--virtual-camera", "/dev/video9999"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("pyselfie: the virtual camera /dev/video9999 cannot be opened ('v4l2loopback' backend: ")
    assert said.endswith("once its virtual camera has been started\n")
    assert said.count("\n") == 1


def test_missing_package_is_one_sentence(webcam: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """It names the extra."""
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    assert main(["--webcam", webcam, "--virtual-camera"]) == 2
    assert capsys.readouterr().err == (
        'pyselfie: --virtual-camera needs pyvirtualcam, which is not installed: pip install "pyselfie[camera]"\n'
    )


def test_effect_with_alpha_is_one_sentence(devices: list[Device], webcam: str, tmp_path: Path, capsys: Any) -> None:
    """What cannot be sent is not sent without its alpha: what lies behind a person would show."""
    effect = tmp_path / "clear.py"
    effect.write_text(
        "import numpy as np\n\n\ndef clear(frame, mask, time):\n    return np.dstack([frame, frame[..., 0]])\n"
    )
    assert main(["--webcam", webcam, "--virtual-camera", "--effect-file", str(effect), "-q"]) == 2
    assert "--virtual-camera has no transparency, but the effect returns four channels" in capsys.readouterr().err
    assert devices[0].sent == []
    assert devices[0].closed


def test_camera_without_a_picture_is_one_sentence(devices: list[Device], tmp_path: Path, capsys: Any) -> None:
    """One that can be opened and sends nothing; no device is opened for it."""
    empty = write_film(tmp_path / "empty.avi", [np.zeros((96, 160, 3), np.uint8)], sound=None)
    data = empty.read_bytes()
    empty.write_bytes(data[: data.index(b"movi") + 4])
    assert main(["--webcam", str(empty), "--virtual-camera"]) == 2
    assert f"the camera {empty} " in capsys.readouterr().err
    assert not devices


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("a.jpg -o b.jpg --virtual-camera", "--virtual-camera shows what --webcam sees: add --webcam"),
        ("--webcam --virtual-camera --effect transparent", "--virtual-camera has no transparency: choose another"),
        ("--webcam a.mp4 --virtual-camera desk out.mp4", "--webcam shows its pictures at once: it takes no files"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(arguments: str, sentence: str, capsys: Any) -> None:
    """Exit code 2 and the reason."""
    with pytest.raises(SystemExit) as end:
        main(arguments.split())
    assert end.value.code == 2
    assert f"pyselfie: error: {sentence}" in capsys.readouterr().err
