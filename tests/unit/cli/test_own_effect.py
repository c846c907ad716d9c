"""Effects of users' files on the command line: `--effect-file`, `--param`, pictures, films, folders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from pyselfie import effects
from pyselfie.cli import main
from pyselfie.core.option import OptionError
from pyselfie.custom.errors import CustomEffectError

if TYPE_CHECKING:
    from pathlib import Path

LEVEL = """
print("hello")
def effect(frame, mask, time, level: int = 5, on: bool = True):
    return frame // 255 + level * on
"""
COUNT = """
def effect(frame, mask, time, state):
    state["n"] = state.get("n", 0) + 20
    return frame // 255 + state["n"]
"""
TINT = """
import numpy as np
def overlay(sample, mask, time, aspect):
    return np.dstack([sample // 255 + int(aspect * 50), np.full(mask.shape, 255, np.uint8)])
"""


def write(folder: Path, source: str, picture: tuple[int, int] = (24, 16)) -> list[str]:
    """Write an effect and a black picture; return a command's beginning."""
    (folder / "own.py").write_text(source)
    Image.new("RGB", picture).save(folder / "in.png")
    return [str(folder / "in.png"), "-o", str(folder / "out.png"), "--effect-file", str(folder / "own.py")]


def level(path: Path) -> int:
    with Image.open(path) as picture:
        return int(np.asarray(picture.convert("RGB")).max())


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [([], 5), (["--param", "level=9"], 9), (["--param", "level=9", "--param", "on=false"], 0)],
)
def test_parameters_reach_the_effect(tmp_path: Path, parameters: list[str], expected: int, capsys: Any) -> None:
    """By name and value, as many as wanted; what the file prints doesn't get among the summary."""
    assert main([*write(tmp_path, LEVEL), *parameters, "--json"]) == 0
    assert level(tmp_path / "out.png") == expected
    out, err = capsys.readouterr()
    assert json.loads(out)["effect"] == str(tmp_path / "own.py")
    assert err == "hello\n"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (["--param", "level=99"], "--param: level is 99, but it has to be a number from 0 to 10\n"),
        (["--param", "level=high"], "--param: level is “high”, but it has to be a number from 0 to 10\n"),
        (["--param", "level=2.5"], "--param: level is 2.5, but it has to be a whole number from 0 to 10\n"),
        (["--param", "on=perhaps"], "--param: on is “perhaps”, but it has to be true or false\n"),
        (["--param", "size=3"], "--param: There is no parameter “size”; the parameters are level, on\n"),
    ],
)
def test_bad_parameter_is_one_sentence(tmp_path: Path, parameters: list[str], sentence: str, capsys: Any) -> None:
    """Nothing is begun; exit code 2."""
    assert main([*write(tmp_path, LEVEL), *parameters, "-q"]) == 2
    assert capsys.readouterr().err.endswith(f"pyselfie: {sentence}")
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--param", "level"], "--param is 'level', but it has to be a name and a value, as in strength=0.8"),
        (["--param", "a=1", "--param", "a=2"], "--param sets a twice"),
        (["--param", "a=1"], "--param is for an effect of your own, as --effect-file names it, not for blur"),
        (["--effect-file", "mask"], "--effect-file is 'mask', but it has to be a Python file, as effect.py"),
        (["--effect-file", "a.py", "--effect", "fill"], "-e/--effect: not allowed with argument --effect-file"),
        (["--effect", "blur", "--effect-file", "a.py"], "--effect: not allowed with argument --effect-file"),
        (["--effect", "blur", "--mask"], "--effect: not allowed with argument --mask"),
        (["--effect-file", "a.py", "--strength", "0.3"], "--strength is for --effect blur, not for a.py"),
    ],
)
def test_wrong_command_is_one_sentence(arguments: list[str], sentence: str, capsys: Any) -> None:
    """A command that makes no sense ends with exit code 2 and says why."""
    with pytest.raises(SystemExit, match="2"):
        main(["a.png", "-o", "b.png", *arguments])
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "is empty: write def effect(frame, mask, time)"),
        ("def effect(frame, mask): ...", "own.py:effect cannot run: it takes (frame, mask), but an effect takes"),
        ("def effect(", "own.py does not run: SyntaxError"),
        ("a = '\udcff'", "cannot be read: it is no text in UTF-8"),
    ],
)
def test_bad_file_is_one_sentence(tmp_path: Path, source: str, sentence: str, capsys: Any) -> None:
    """Before any work; exit code 2."""
    command = write(tmp_path, LEVEL)
    (tmp_path / "own.py").write_bytes(source.encode("utf-8", "surrogateescape"))
    assert main(command) == 2
    assert sentence in capsys.readouterr().err


def test_overlay_gets_what_the_model_sees(tmp_path: Path) -> None:
    """An overlay is drawn over pictures of any size, with the frame's proportions told."""
    assert main([*write(tmp_path, TINT, (90, 30)), "-q"]) == 0
    assert level(tmp_path / "out.png") == 150


def test_state_is_a_films(tmp_path: Path) -> None:
    """It lasts through the pictures of an animation, and each file begins anew."""
    command = write(tmp_path, COUNT)
    frames = [Image.new("RGB", (24, 16), (shade, 0, 0)) for shade in (0, 1, 2)]
    for name in ("a.png", "b.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=40)
    out = tmp_path / "out"
    command = [str(tmp_path / "a.png"), str(tmp_path / "b.png"), "-o", f"{out}/", *command[3:], "-q"]
    assert main(command) == 0
    for name in ("a.png", "b.png"):
        with Image.open(out / name) as film:
            levels = [np.asarray(picture.convert("RGB")).max() for picture in ImageSequence.Iterator(film)]
        assert levels == [20, 40, 60]


def test_changed_parameter_does_the_work_again(tmp_path: Path, capsys: Any) -> None:
    """In a folder a result counts as done for the same parameters alone."""
    command = [*write(tmp_path, LEVEL), "--json"]
    command[2] = f"{tmp_path / 'out'}/"

    def done(*more: str) -> int:
        main([*command, *more])
        return int(json.loads(capsys.readouterr().out)["done"])

    assert [done(), done(), done("--param", "level=8"), done("--param", "level=8")] == [1, 0, 1, 0]


def test_file_as_a_function_on_arrays(tmp_path: Path) -> None:
    """`effects.load` gives what the command line uses; wrong parameters and files raise."""
    write(tmp_path, COUNT.replace("state)", "state, step: int = 1)").replace("+ 20", "+ step"))
    frame, mask = np.zeros((6, 8, 3), np.uint8), np.ones((3, 4), np.float32)
    own = effects.load(tmp_path / "own.py", step=4)
    assert [own(frame, mask).max(), own(frame, mask, 1.0).max()] == [4, 8]
    own.reset()
    assert own(frame, mask).max() == 4
    with pytest.raises(OptionError, match="There is no parameter “size”; the parameters are step"):
        effects.load(tmp_path / "own.py", size=1)
    with pytest.raises(CustomEffectError, match="has no function other"):
        effects.load(tmp_path / "own.py", "other")
    with pytest.raises(ValueError, match=r"the mask has to be in 0\.\.1"):
        own(frame, mask * 3)
    with pytest.raises(FileNotFoundError):
        effects.load(tmp_path / "gone.py")
