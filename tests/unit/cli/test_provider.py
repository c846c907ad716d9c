"""``--provider``: what runs the model is told before the work; one that is not there ends the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import onnxruntime
import pytest
from PIL import Image

from pyselfie.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

OTHER = "AzureExecutionProvider"  # in every build


@pytest.fixture
def photo(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Return a small picture's file."""
    Image.fromarray(astronaut).resize((96, 64)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.mark.skipif(OTHER not in onnxruntime.get_available_providers(), reason=f"this ONNX Runtime has no {OTHER}")
def test_provider_is_told_and_the_result_is_the_same(photo: Path, tmp_path: Path, capsys: Any) -> None:
    """One sentence with the reason, and the bytes of a run without the option."""
    command = [str(photo), "--mask", "-o"]
    assert main([*command, str(tmp_path / "usual.png"), "--quiet"]) == 0
    assert main([*command, str(tmp_path / "other.png"), "--provider", OTHER]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"pyselfie: the model runs on {OTHER}: asked for; its mask is the processor's"
    assert (tmp_path / "other.png").read_bytes() == (tmp_path / "usual.png").read_bytes()
    assert main([*command, str(tmp_path / "quiet.png"), "--provider", "cpu", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.skipif("CoreMLExecutionProvider" in onnxruntime.get_available_providers(), reason="CoreML is there")
def test_provider_that_is_not_there_is_one_sentence(photo: Path, tmp_path: Path, capsys: Any) -> None:
    """Nothing is begun, and the exit code is 2."""
    assert main([str(photo), "-o", str(tmp_path / "out.png"), "--provider", "coreml"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("pyselfie: --provider coreml: this ONNX Runtime has no provider coreml, it has ")
    assert said.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_unknown_provider_is_one_sentence(capsys: Any) -> None:
    """The command line is refused."""
    with pytest.raises(SystemExit, match="2"):
        main(["a.png", "-o", "b.png", "--provider", "gpu"])
    assert "error: --provider has 'gpu', expected cpu, cuda, coreml, directml, auto or" in capsys.readouterr().err
