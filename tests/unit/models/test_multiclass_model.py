"""The multiclass model: parity with TFLite, its classes, and the parts that the build makes the file of."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from PIL import Image

from builder import model_files
from builder.errors import BuildError
from builder.paths import ROOT
from models.join import join
from models.network import convert_multiclass
from models.reader import ConversionError, read_graph
from models.sources import SOURCES
from models.split import split
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.native import NativeRuntime
from tests.unit.models.tiny_tflite import TinyModel, options, uniform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

[SOURCE] = [source for source in SOURCES if source.classes]
PUBLISHED = ROOT / "node_modules" / SOURCE.package.name / SOURCE.tflite
PARITY = 2e-4
"""Mean difference of the person's probability that float16 weights may make; over 197 real pictures it is 0.9e-4."""


@pytest.fixture(scope="module", params=["raw", "refined"])
def runtime(request: pytest.FixtureRequest) -> Iterator[NativeRuntime]:
    made = NativeRuntime(load_spec("multiclass", request.param), threads=0)
    yield made
    made.close()


def picture(box: tuple[int, int, int, int]) -> NDArray[Any]:
    """Return a part of the photo at the model's size."""
    with Image.open(ROOT / "examples" / "astronaut.jpg") as photo:
        small = photo.convert("RGB").resize((256, 256), Image.Resampling.BILINEAR, box)
    return (np.asarray(small, np.float32) / 255)[None]


WHOLE = (0, 0, 512, 512)


def run_tflite(image: NDArray[np.float32]) -> NDArray[Any]:
    """Return the published network's probabilities, [256, 256, 6]."""
    interpreter = Interpreter(
        model_path=str(PUBLISHED), experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image * 2 - 1)
    interpreter.invoke()
    logits = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0].astype(np.float64)
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


def test_probabilities_are_those_of_tflite() -> None:
    """Each class, and with it the person, is what TFLite computes from the published float32 weights."""
    runtime = NativeRuntime(load_spec("multiclass", "raw"), threads=0)
    errors, class_errors = [], []
    for box in (WHOLE, (60, 0, 400, 300), (0, 100, 512, 512), (100, 0, 512, 412), (100, 30, 350, 280)):
        image = picture(box)
        expected = run_tflite(image)
        errors.append(np.abs(runtime.run_sync(image) - (1 - expected[..., 0])).mean())
        class_errors.append(np.abs(runtime.extra("classes")[0].transpose(1, 2, 0) - expected).mean())
    assert np.mean(errors) <= PARITY
    assert np.mean(class_errors) <= 2 * PARITY


def test_classes_share_each_pixel(runtime: NativeRuntime) -> None:
    """The six probabilities of a pixel add up to one, and the raw mask is all but the background's."""
    mask = runtime.run_sync(picture(WHOLE))
    classes = runtime.extra("classes")
    assert classes.shape == (1, 6, 256, 256)
    np.testing.assert_allclose(classes.sum(axis=1), 1, atol=1e-5)
    raw = mask if runtime.spec.edges == "raw" else runtime.extra("raw")[0, 0]
    np.testing.assert_allclose(raw, 1 - classes[0, 0], atol=1e-6)


def test_names_are_those_of_the_published_labels() -> None:
    """The manifest names the classes as the labels in the published file do, in their order."""
    with zipfile.ZipFile(PUBLISHED) as archive:
        labels = archive.read("labels.txt").decode().split()
    assert list(load_spec("multiclass").classes) == labels
    assert load_spec("general").classes == ()


def test_classes_are_where_they_belong(runtime: NativeRuntime) -> None:
    """On the astronaut's portrait hair is above the face, clothes are below it, and a corner is background."""
    runtime.run_sync(picture(WHOLE))
    winners = runtime.extra("classes")[0].argmax(axis=0)
    names = runtime.spec.classes
    places = {"hair": (20, 108), "face-skin": (55, 115), "clothes": (200, 110), "background": (20, 30)}
    assert {name: names[winners[place]] for name, place in places.items()} == {name: name for name in places}


def test_refined_mask_is_sharper_than_the_raw_one() -> None:
    """Fewer pixels are in doubt than in the network's own mask."""
    doubts = {}
    for edges in ("raw", "refined"):
        mask = NativeRuntime(load_spec("multiclass", edges), threads=0).run_sync(picture(WHOLE))
        doubts[edges] = ((mask > 0.1) & (mask < 0.9)).mean()
    assert doubts["refined"] < 0.5 * doubts["raw"]


def tiny_multiclass() -> bytes:
    """Return a network from [1,8,8,3] to four classes, with all kinds of weights that are stored transposed."""
    model = TinyModel()
    source = model.tensor(1, 8, 8, 3)
    wide, deep, large, last = (
        model.tensor(1, *shape) for shape in ((8, 8, 128), (8, 8, 128), (16, 16, 64), (16, 16, 4))
    )
    ones = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    first = [source, model.constant(uniform(128, 3, 3, 3)), model.constant(uniform(128))]
    model.op("CONV_2D", first, wide, options("Conv2DOptions", **ones))
    second = [wide, model.constant(uniform(1, 3, 3, 128) + 1), model.constant(uniform(128))]
    model.op("DEPTHWISE_CONV_2D", second, deep, options("DepthwiseConv2DOptions", depthMultiplier=1, **ones))
    shape = model.constant(np.array([1, 16, 16, 64], np.int32))
    third = [shape, model.constant(uniform(64, 2, 2, 128) + 2), deep, model.constant(uniform(64))]
    model.op("TRANSPOSE_CONV", third, large, options("TransposeConvOptions", strideH=2, strideW=2), version=3)
    fourth = [large, model.constant(uniform(4, 1, 1, 64)), model.constant(uniform(4))]
    model.op("CONV_2D", fourth, last, options("Conv2DOptions", **ones))
    return model.to_bytes(source, last)


def test_parts_and_published_file_make_the_model() -> None:
    """What is split off is left out of the parts, and joined again it is the same model, byte for byte."""
    published = tiny_multiclass()
    graph = read_graph(published)
    model = convert_multiclass(graph, "tiny").SerializeToString(deterministic=True)
    parts = split(model, graph, published)
    holes = json.loads(parts.partition(b"\n")[0])
    assert [(hole["batches"], hole["rows"], hole["columns"]) for hole in holes] == [
        (128, 9, 3),
        (1, 9, 128),
        (1, 256, 128),
    ]
    assert len(parts) < 0.2 * len(model)
    assert join(parts, published) == model


def test_weights_of_another_file_are_refused() -> None:
    """A model cannot be split by a file that it was not made of."""
    published = tiny_multiclass()
    other = read_graph((ROOT / "node_modules" / SOURCES[0].package.name / SOURCES[0].tflite).read_bytes())
    model = convert_multiclass(read_graph(published), "tiny").SerializeToString()
    with pytest.raises(ConversionError, match="weights of 3456 numbers are not among those of the published file"):
        split(model, other, published)


def test_committed_parts_are_small() -> None:
    """The repository carries less than 1/50 of the file."""
    assert (ROOT / "models" / SOURCE.parts).stat().st_size < load_spec("multiclass").bytes / 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the parts and the manifest alone."""
    for name in (SOURCE.parts, "manifest.json"):
        (tmp_path / name).write_bytes((ROOT / "models" / name).read_bytes())
    return tmp_path


def test_build_joins_the_model_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The build makes the file that the manifest describes, and leaves it alone when it is there."""
    for said in ("Joining selfie_multiclass.onnx", ""):
        model_files.ensure_models(folder)
        assert (said in capsys.readouterr().out) is True
    assert (folder / SOURCE.onnx).read_bytes() == (ROOT / "models" / SOURCE.onnx).read_bytes()
    onnx.checker.check_model(str(folder / SOURCE.onnx))


def test_build_mends_a_damaged_model(folder: Path) -> None:
    """A file with other bytes than the manifest's is made again."""
    (folder / SOURCE.onnx).write_bytes(b"half")
    model_files.ensure_models(folder)
    assert (folder / SOURCE.onnx).stat().st_size == load_spec("multiclass").bytes


@pytest.mark.parametrize(
    ("data", "message"),
    [(None, r"selfie_multiclass_256x256\.tflite is missing: run `npm ci`"), (b"x", "has SHA-256 .* was expected")],
    ids=["missing", "another"],
)
def test_build_stops_without_the_published_file(folder: Path, data: Any, message: str) -> None:
    """A build without the pinned package says what is missing, or which hash came."""
    published = folder / "packages" / SOURCE.package.name / SOURCE.tflite
    if data is not None:
        published.parent.mkdir(parents=True)
        published.write_bytes(data)
    with pytest.raises(BuildError, match=message):
        model_files.ensure_models(folder, folder / "packages")
