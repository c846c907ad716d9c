"""Raw frames through the command: the bytes are those of the functions on arrays; whatever goes wrong is a sentence."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie import Segmenter, effects
from pyselfie.cli import main
from tests.unit.film import scenes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (160, 96)
PIPE = ["--pipe", "rgb24", "--size", "160x96"]


@pytest.fixture(scope="module")
def frames(astronaut: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    return scenes(astronaut, SIZE, 4)


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs the command with these bytes; it returns the exit code and what came out."""

    def run(content: bytes, *arguments: str) -> tuple[int, bytes]:
        out = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out))
            code = main(list(arguments))
            return code, out.getvalue()

    return run


def bytes_of(frames: list[NDArray[np.uint8]]) -> bytes:
    return b"".join(frame.tobytes() for frame in frames)


def test_pipe_gives_the_bytes_of_the_functions_on_arrays(piped: Any, frames: list[NDArray[np.uint8]]) -> None:
    """Frame by frame it is what `Segmenter` and `effects` make of the same frames; cut-outs are RGBA."""
    with Segmenter(smoothing=0.85) as segmenter:
        masks = [segmenter.segment(frame) for frame in frames]
    blurred = [effects.blur(frame, mask, 0.8) for frame, mask in zip(frames, masks, strict=True)]
    cut_out = [effects.cut_out(frame, mask) for frame, mask in zip(frames, masks, strict=True)]
    assert piped(bytes_of(frames), *PIPE, "--strength", "0.8") == (0, bytes_of(blurred))
    assert piped(bytes_of(frames), *PIPE, "--effect", "transparent") == (0, bytes_of(cut_out))


def test_pipe_of_bgr_has_the_colours_the_other_way_round(piped: Any, frames: list[NDArray[np.uint8]]) -> None:
    """The same picture comes out, as BGR, and as BGRA where it is transparent."""
    turned = bytes_of([frame[..., ::-1] for frame in frames])
    for more, order in (((), [2, 1, 0]), (("--effect", "transparent"), [2, 1, 0, 3])):
        shape = (-1, SIZE[1], SIZE[0], len(order))
        _, straight = piped(bytes_of(frames), *PIPE, *more)
        _, swapped = piped(turned, "--pipe", "bgr24", *PIPE[2:], *more)
        np.testing.assert_array_equal(
            np.frombuffer(swapped, np.uint8).reshape(shape),
            np.frombuffer(straight, np.uint8).reshape(shape)[..., order],
        )


def test_own_effect_gets_the_time_that_the_rate_says(
    piped: Any, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    """A pipe has no clock: time is the frame's number by `--rate`, 25 if nobody says."""
    effect = tmp_path / "clock.py"
    effect.write_text("def clock(frame, mask, time):\n    frame[:] = round(time * 100)\n    return frame\n")
    for more, levels in (((), [0, 4, 8, 12]), (("--rate", "10"), [0, 10, 20, 30])):
        _, out = piped(bytes_of(frames), *PIPE, "--effect-file", str(effect), *more)
        assert np.frombuffer(out, np.uint8).reshape(4, -1)[:, 0].tolist() == levels


@pytest.mark.parametrize(
    ("cut", "sentence", "count"),
    [
        (
            100,
            "standard input ended within frame 4, after 45980 of its 46080 bytes: are its frames 160x96 and rgb24?",
            3,
        ),
        (4 * 46080 - 7, "standard input ended within frame 1, after 7 of its 46080 bytes: are its frames", 0),
        (4 * 46080, "standard input is empty: not one frame came", 0),
    ],
    ids=["last", "first", "empty"],
)
def test_frame_that_is_cut_off_is_one_sentence(
    cut: int, sentence: str, count: int, piped: Any, frames: list[NDArray[np.uint8]], capsys: Any
) -> None:
    """What was whole is delivered; the exit code is 1."""
    content = bytes_of(frames)
    code, out = piped(content[: len(content) - cut], *PIPE, "--effect", "none", "--quiet")
    assert (code, out) == (1, bytes_of(frames[:count]))
    said = capsys.readouterr().err
    assert said.startswith(f"pyselfie: {sentence}")
    assert said.count("\n") == 1


def test_effect_that_changes_its_mind_is_one_sentence(
    piped: Any, frames: list[NDArray[np.uint8]], tmp_path: Path, capsys: Any
) -> None:
    """Three channels first and four later would shift all that follows."""
    effect = tmp_path / "fickle.py"
    effect.write_text(
        "import numpy as np\n\n\ndef fickle(frame, mask, time):\n"
        "    return np.dstack([frame, frame[..., :1]]) if time > 0.05 else frame\n"
    )
    code, out = piped(bytes_of(frames), *PIPE, "--effect-file", str(effect))
    assert (code, out) == (1, bytes_of(frames[:2]))
    assert "frame 3 came out of the effect with 4 channels, those before with 3" in capsys.readouterr().err


def test_pipe_that_is_stopped_tells_of_what_has_gone_out(
    piped: Any, frames: list[NDArray[np.uint8]], tmp_path: Path, capsys: Any
) -> None:
    """Ctrl-C is the end of a camera's frames: exit code 130, and how many there were."""
    effect = tmp_path / "stops.py"
    effect.write_text(
        "def stops(frame, mask, time):\n    if time > 0.05:\n        raise KeyboardInterrupt\n    return frame\n"
    )
    assert piped(bytes_of(frames), *PIPE, "--effect-file", str(effect)) == (130, bytes_of(frames[:2]))
    said = capsys.readouterr().err
    assert said.startswith("pyselfie: 1 incomplete in ")
    assert said.endswith(" s, 2 pictures (stopped)\n")


def test_pieces_of_any_size_become_frames(frames: list[NDArray[np.uint8]]) -> None:
    """A pipe hands on what it has: the command waits for the rest of a frame, and passes each on at once."""
    command = [sys.executable, "-m", "pyselfie", *PIPE, "--effect", "none", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": "pysrc"}
    content = bytes_of(frames)
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for begin, end in ((0, 10), (10, 50_000), (50_000, 3 * 46080)):
            process.stdin.write(content[begin:end])
        out = b""
        while len(out) < 3 * 46080:  # before the end of the input
            out += process.stdout.read(65536)
        process.stdin.write(content[3 * 46080 :])
        process.stdin.close()
        out += process.stdout.read()
        assert process.wait() == 0
    assert out == content


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no bash")
@pytest.mark.parametrize(
    ("script", "code", "error"),
    [
        ('"$@" | head -c 50000 >/dev/null; exit "${PIPESTATUS[0]}"', 0, ""),
        ('"$@" >/dev/full', 1, "pyselfie: standard output cannot be written: the disk is full\n"),
        ('"$@" >&-', 2, "pyselfie: standard output is closed: pipe it into another command, or name a file with -o\n"),
        ('"$@" <&- >/dev/null', 2, "pyselfie: standard input is closed: pipe a file into this command\n"),
    ],
    ids=["gone", "full", "no output", "no input"],
)
def test_end_of_the_pipe(script: str, code: int, error: str, frames: list[NDArray[np.uint8]]) -> None:
    """A reader who has had enough ends the command without a word; anything else is one sentence."""
    words = ["bash", "-c", script, "bash", sys.executable, "-m", "pyselfie", *PIPE, "--effect", "none", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": "pysrc"}
    run = subprocess.run(words, env=environment, input=bytes_of(frames) * 5, capture_output=True, check=False)
    assert (run.returncode, run.stderr.decode()) == (code, error)


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [
        ("stdin", "standard input is a terminal: pipe something into this command, or name a file"),
        ("stdout", "standard output is a terminal, which shows no pictures: pipe it into another command or file"),
    ],
)
@pytest.mark.parametrize("command", [PIPE, ["-", "-o", "-"]], ids=["raw", "file"])
def test_terminal_is_one_sentence(
    stream: str, sentence: str, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Nobody types pictures, and none are thrown at a screen."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        patch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
        patch.setattr(sys, stream, Terminal(io.BytesIO()))
        assert main(command) == 2
    assert capsys.readouterr().err == f"pyselfie: {sentence}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--pipe yuv420p --size 160x96", "--pipe is 'yuv420p', but frames come as rgb24 or bgr24"),
        ("--pipe rgb24", "--pipe needs to know how large its frames are: add --size, as in --size 1280x720"),
        ("--pipe rgb24 --size 1280", "--size is '1280', but it has to be width x height in pixels, 1 to 16384 each"),
        ("--pipe rgb24 --size 0x720", "--size is '0x720', but it has to be"),
        ("--pipe rgb24 --size 99999x1", "--size is '99999x1', but it has to be"),
        ("--pipe rgb24 --size 9x9 --rate nan", "--rate is 'nan', but it has to be frames a second, above 0 to 1000"),
        ("--pipe rgb24 --size 9x9 --rate -1", "--rate is '-1', but it has to be"),
        ("a.jpg -o b.jpg --size 9x9", "--size is for --pipe and --webcam: files say themselves what they are"),
        ("a.jpg -o b.jpg --rate 9", "--rate is for --pipe and --webcam"),
        ("--pipe rgb24 --size 9x9 a.jpg", "--pipe reads standard input and writes standard output: it takes no files"),
        ("--pipe rgb24 --size 9x9 --webcam", "--webcam and --pipe do not go together: name one source of pictures"),
        ("--pipe rgb24 --size 9x9 --json", "--json cannot be printed: --pipe writes its frames to standard output"),
        ("- b.jpg -o out/", "- is standard input, which has to be the only input"),
        ("- -o out/", "what comes from standard input has no name: name a file, as -o out/out.png"),
        ("a.jpg b.jpg -o -", "-o - is standard output, which takes one result, but there are many inputs"),
        ("a.jpg -o - --json", "--json cannot be printed: -o - writes the result to standard output"),
        ("a.jpg -o - --format gif", "--format is 'gif', but pictures are written as one of bmp jpeg jpg png"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(arguments: str, sentence: str, capsys: Any) -> None:
    """Exit code 2 and the reason."""
    with pytest.raises(SystemExit) as end:
        main(arguments.split())
    assert end.value.code == 2
    assert f"pyselfie: error: {sentence}" in capsys.readouterr().err
