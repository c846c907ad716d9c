"""How `pyselfie evaluate` is called: which word is the command, its options, what is wrong with them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from pyselfie.cli import main
from tests.unit.evaluation.evaluate_kit import album

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["album"]


@pytest.mark.parametrize("before", [["-q"], ["--quiet", "--json"], ["--masks=masks"], ["-m", "landscape", "--clip"]])
def test_options_may_stand_before_the_command(album: Path, capsys: Any, monkeypatch: Any, before: list[str]) -> None:
    """They are the command's own, as behind it; nothing called `evaluate` is looked for."""
    monkeypatch.chdir(album)
    assert main([*before, "evaluate", "pictures", "truth"]) == 0
    assert "evaluate" not in "".join(capsys.readouterr())


def test_other_options_before_its_name_make_it_a_file(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    """A picture may be called `evaluate`, and so may the value of an option."""
    monkeypatch.chdir(tmp_path)
    for arguments in (["-o", "out.png", "evaluate"], ["-e", "evaluate", "a.png", "-o", "b.png"]):
        with suppress(SystemExit):
            main(arguments)
        assert "pyselfie evaluate" not in "".join(capsys.readouterr())


def test_pictures_named_evaluate_are_still_pictures(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pyselfie evaluate.jpg` and `pyselfie ./evaluate` are files, as before."""
    monkeypatch.chdir(album)
    (album / "pictures" / "good.jpg").rename("evaluate.jpg")
    assert main(["evaluate.jpg", "-o", "out.png", "--mask", "--quiet"]) == 0
    (album / "pictures").rename("evaluate")
    assert main(["./evaluate", "-o", "out/", "--mask", "--quiet"]) == 0
    assert sorted(path.name for path in (album / "out").glob("*.png")) == ["bad.png", "fair.png"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "the following arguments are required: PICTURES"),
        (("a/",), "name the truth, too: pyselfie evaluate PICTURES TRUTH"),
        (("a/", "b/", "--edges", "soft"), "--edges is “soft”, but it has to be one of refined, raw"),
        (("a/", "b/", "--smoothing", "0.5"), "--smoothing is 0.5, but single pictures are not smoothed: add --clip"),
        (("a.mp4", "--edges", "raw", "--smoothing", "0.5"), "--smoothing is 0.5, but raw edges cannot be smoothed"),
        (("a.mp4", "--smoothing", "1"), "--smoothing is 1, but it has to be a number from 0 to 0.95"),
        (("a/", "b/", "--masks", "c/", "--model", "1"), "--model is for masks that are made here, and --masks names"),
        (("a/", "b/", "--contact-sheet", "c.gif"), "--contact-sheet is 'c.gif', but it has to end in one of .bmp"),
        (("a/", "b/", "--csv", "a/x.jpg"), "--csv is 'a/x.jpg', but it has to end in .csv"),
        (("a/", "b/", "--csv", "b/../a/x.csv"), "--csv b/../a/x.csv is a file that is read: name another file"),
        (("a/x.jpg", "b/", "--contact-sheet", "a/x.jpg"), "--contact-sheet a/x.jpg is a file that is read: name an"),
        (("a/", "b/", "-\nx"), "unrecognized arguments: - x"),
        (("a.mp4", "--csv", "c.csv"), "--csv needs the truth: without it no frame has a score"),
    ],
)
def test_wrong_command_is_one_sentence(arguments: tuple[str, ...], sentence: str, capsys: Any) -> None:
    """What came, what was expected; exit code 2."""
    with pytest.raises(SystemExit) as end:
        main(["evaluate", *arguments])
    assert end.value.code == 2
    assert f"pyselfie evaluate: error: {sentence}" in " ".join(capsys.readouterr().err.split())


def test_name_that_no_file_can_have_is_one_sentence(tmp_path: Path, capsys: Any) -> None:
    """A name that is too long is told, for pictures and for a clip."""
    (tmp_path / "a.png").write_bytes(b"")
    for arguments in ([str(tmp_path), "n" * 5000], ["n" * 5000, str(tmp_path), "--clip"]):
        assert main(["evaluate", *arguments]) == 2
        assert "nnn cannot be read: its name is too long" in capsys.readouterr().err


def test_help_of_the_command_names_evaluate(capsys: Any) -> None:
    """Who asks `pyselfie --help` learns of it."""
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "pyselfie evaluate --help" in capsys.readouterr().out


def test_folder_that_goes_while_it_is_read_is_one_sentence(
    album: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may take away what is in it."""

    def gone(*_: object) -> Any:
        raise FileNotFoundError(2, "No such file or directory", "fair.png")

    monkeypatch.setattr("pathlib.Path.rglob", gone)
    assert main(["evaluate", str(album), str(album)]) == 2
    assert capsys.readouterr().err.count("cannot be read: there is no such file or folder") == 1
