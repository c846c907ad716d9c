"""The converter as a whole: the committed files, refusals in one sentence, and the rewrite that saves work."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest

from builder.paths import ROOT
from models.convert import convert_all, main
from models.network import convert_graph
from models.reader import ConversionError, read_graph
from models.sources import SOURCES
from tests.unit.models.tiny_tflite import (
    TinyModel,
    add_global_average,
    options,
    picture,
    resize_model,
    run_onnx,
    run_tflite,
    uniform,
)

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = ROOT / "node_modules"
PERSON_SOURCES = [source for source in SOURCES if not source.classes]
FILES = [
    *(name for source in PERSON_SOURCES for name in (source.onnx, source.refined_onnx)),
    *(name for source in SOURCES if source.classes for name in (source.onnx, source.parts)),
    "manifest.json",
]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the real models, converted just now."""
    folder = tmp_path_factory.mktemp("converted")
    convert_all(PUBLISHED, folder)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_converting_again_gives_the_committed_bytes(converted: Path, name: str) -> None:
    """The committed files, and what the build joins, are what the pinned npm packages convert to, byte for byte."""
    assert (converted / name).read_bytes() == (ROOT / "models" / name).read_bytes()


def test_manifest_names_the_locked_packages() -> None:
    """The versions in the manifest are those that package.json pins."""
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert {source.package.version for source in SOURCES} == {pinned[source.package.name] for source in SOURCES}


def test_manifest_describes_the_files(converted: Path) -> None:
    """Size, hash, tensor names and shapes in the manifest are those of the files."""
    for entry in json.loads((converted / "manifest.json").read_text())["models"]:
        data = (converted / entry["file"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        graph = onnx.load_from_string(data).graph
        state, settings, extras = (entry.get(kind, []) for kind in ("state", "settings", "extras"))
        taken = [entry["input"], *({**one, "name": one["input"]} for one in state), *settings]
        given = [entry["output"], *({**one, "name": one["output"]} for one in state), *extras]
        for facts, values in ((taken, graph.input), (given, graph.output)):
            shapes = {one["name"]: one["shape"] for one in facts}
            assert shapes == {
                value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim] for value in values
            }


def test_weights_stay_float16(converted: Path) -> None:
    """Weights are stored in the float16 that they were published in; only the sizes of resizes are something else."""
    for source in PERSON_SOURCES:
        initializers = onnx.load(converted / source.onnx).graph.initializer
        others = [item.name for item in initializers if item.data_type != onnx.TensorProto.FLOAT16]
        assert len(initializers) == 113
        assert [name for name in others if not name.endswith("_size")] == []


def test_wrong_hash_stops_with_both_values(tmp_path: Path) -> None:
    """A source file that is not the published one is refused, with its hash and the expected one."""
    source = SOURCES[0]
    changed = tmp_path / "package" / source.package.name / source.tflite
    changed.parent.mkdir(parents=True)
    changed.write_bytes((PUBLISHED / source.package.name / source.tflite).read_bytes()[:-1] + b"x")
    actual = hashlib.sha256(changed.read_bytes()).hexdigest()
    with pytest.raises(ConversionError, match=f"has SHA-256 {actual}, expected {source.sha256}"):
        convert_all(tmp_path / "package", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_missing_source_names_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without node_modules the command line says in one line what is missing and what installs it."""
    monkeypatch.setattr("sys.argv", ["convert", "--source", str(tmp_path / "none"), "--out", str(tmp_path)])
    assert main() == 1
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "selfie_segmentation.tflite (No such file or directory); `npm ci` installs it" in message


@pytest.mark.parametrize(
    "data", [b"", b"TFL3", b"\0\0\0\0TFL3", b"\xff" * 100], ids=["empty", "short", "header", "noise"]
)
def test_file_that_is_no_model(data: bytes) -> None:
    """Bytes that are no TFLite model are refused as such."""
    with pytest.raises(ConversionError, match=r"not a TFLite model|is damaged|has 0 subgraphs"):
        read_graph(data)


def test_truncated_model_is_refused() -> None:
    """A model that ends too early is called damaged, however far the reader got."""
    whole = (PUBLISHED / SOURCES[0].package.name / SOURCES[0].tflite).read_bytes()
    with pytest.raises(ConversionError, match="is damaged"):
        read_graph(whole[:1000])


def refusal(model: bytes) -> str:
    with pytest.raises(ConversionError) as caught:
        convert_graph(read_graph(model), "tiny")
    message = str(caught.value)
    assert "\n" not in message
    return message


def one_op_model(name: str, settings: Any = None, custom: bytes = b"") -> bytes:
    """Return a model of one operator from [1,4,4,2] to the same, with weights for a 2x2 kernel."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 2), model.tensor(1, 4, 4, 2)
    inputs = [source, model.weights(uniform(2, 2, 2, 2)), model.weights(uniform(2))]
    model.op(name, inputs if settings is not None or custom else [source], result, settings, custom)
    return model.to_bytes(source, result)


def test_unknown_operator_is_named() -> None:
    """An operator without a handler is refused by its name, with the known ones."""
    message = refusal(one_op_model("COS"))
    assert message.startswith(
        "TFLite operator COS has no handler in models/ops; there are handlers for ADD, AVERAGE_POOL_2D"
    )


def test_unknown_custom_operator_is_named() -> None:
    """A custom operator without a handler is refused by its own name."""
    assert "TFLite operator MaxPoolingWithArgmax2D has no handler" in refusal(one_op_model("MaxPoolingWithArgmax2D"))


@pytest.mark.parametrize(
    ("name", "table", "values", "expected"),
    [
        ("CONV_2D", "Conv2DOptions", {"fusedActivationFunction": 3}, "CONV_2D: fused activation 3 is not supported"),
        ("CONV_2D", "Conv2DOptions", {"dilationHFactor": 2}, r"CONV_2D: dilation [2, 1] is not supported"),
        ("DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions", {"depthMultiplier": 2}, "depth multiplier 2 is not supported"),
        ("AVERAGE_POOL_2D", "Pool2DOptions", {"filterHeight": 2, "filterWidth": 2}, "window (2, 2) on (4, 4)"),
    ],
)
def test_options_that_no_model_uses_are_refused(name: str, table: str, values: dict[str, int], expected: str) -> None:
    """What was never compared with TFLite is refused, not converted on trust."""
    defaults = {"strideH": 1, "strideW": 1} | ({"dilationWFactor": 1} if "Conv" in table else {})
    assert expected in refusal(one_op_model(name, options(table, **(defaults | values))))


def test_resize_of_another_convention_is_refused() -> None:
    """A resize without half-pixel centres would be converted wrongly; it is refused."""
    assert "only half-pixel centres" in refusal(resize_model(10, 12))


def test_mean_over_other_axes_is_refused() -> None:
    """A mean that is not over height and width is refused with its axes."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 2), model.tensor(1, 4, 4, 1)
    model.op(
        "MEAN", [source, model.constant(np.array([3], np.int32))], result, options("ReducerOptions", keepDims=True)
    )
    assert "axes [3] with keep_dims=True are not supported" in refusal(model.to_bytes(source, result))


def test_broadcast_of_lower_rank_is_refused() -> None:
    """A matrix would meet other axes in NCHW; it is refused with its shape."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 2), model.tensor(1, 4, 4, 2)
    model.op("ADD", [source, model.constant(uniform(4, 2))], result, options("AddOptions"))
    assert "ADD: input shape [4, 2] is not supported" in refusal(model.to_bytes(source, result))


def test_softmax_of_another_beta_is_refused() -> None:
    """A softmax with a temperature is refused with its factor."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 2), model.tensor(1, 4, 4, 2)
    model.op("SOFTMAX", [source], result, options("SoftmaxOptions", beta=2.0))
    assert "SOFTMAX: beta 2.0 is not supported" in refusal(model.to_bytes(source, result))


def test_transpose_conv_with_overlapping_windows_is_refused() -> None:
    """An upsampling whose windows overlap would need TFLite's padding; it is refused with strides and kernel."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 2), model.tensor(1, 4, 4, 2)
    inputs = [model.constant(np.array([1, 4, 4, 2], np.int32)), model.constant(uniform(2, 2, 2, 2)), source]
    settings = options("TransposeConvOptions", strideH=1, strideW=1)
    model.op("TRANSPOSE_CONV", [*inputs, model.constant(uniform(2))], result, settings)
    assert "TRANSPOSE_CONV: strides [1, 1] for a [2, 2] kernel" in refusal(model.to_bytes(source, result))


def test_nearest_resize_by_a_fraction_is_refused() -> None:
    """Which pixel is the nearest is a matter of rounding there; it is refused with the ratios."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 2), model.tensor(1, 6, 8, 2)
    size = model.constant(np.array([6, 8], np.int32))
    settings = options("ResizeNearestNeighborOptions", halfPixelCenters=True)
    model.op("RESIZE_NEAREST_NEIGHBOR", [source, size], result, settings)
    assert "ratios [1.5, 2.0] are not supported" in refusal(model.to_bytes(source, result))


def test_sum_that_drops_its_axes_is_refused() -> None:
    """A sum whose result has fewer axes has no place in NCHW."""
    model = TinyModel()
    source, result = model.tensor(1, 4, 4, 2), model.tensor(1, 4, 2)
    model.op("SUM", [source, model.constant(np.array([1], np.int32))], result, options("ReducerOptions"))
    assert "SUM: keep_dims=False is not supported" in refusal(model.to_bytes(source, result))


@pytest.mark.parametrize(
    ("custom", "expected"),
    [(b"\1\0\0\0", "4 bytes of options"), (b"\1\0\0\0\1\0\0\0\1\0\0\0", "strides [1, 1] for a [2, 2] kernel")],
    ids=["short", "stride"],
)
def test_transpose_conv_bias_refuses_other_options(custom: bytes, expected: str) -> None:
    """Overlapping windows, where padding would matter, are refused, and so are options cut short."""
    assert expected in refusal(one_op_model("Convolution2DTransposeBias", custom=custom))


def test_computed_weights_are_refused() -> None:
    """Weights that are computed at run time are refused."""
    model = TinyModel()
    source, computed, result = model.tensor(1, 2, 2, 2), model.tensor(1, 2, 2, 2), model.tensor(1, 2, 2, 1)
    model.op("RELU", [source], computed)
    settings = options("Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1)
    model.op("CONV_2D", [source, computed, model.weights(uniform(1))], result, settings)
    assert "CONV_2D: input 1 must be a constant" in refusal(model.to_bytes(source, result))


def enlarge_then_convolve(kernel: int, *, use_twice: bool = False) -> bytes:
    model = TinyModel()
    source, large, mixed = model.tensor(1, 4, 5, 6), model.tensor(1, 8, 10, 6), model.tensor(1, 8, 10, 6)
    size = model.constant(np.array([8, 10], np.int32))
    model.op("RESIZE_BILINEAR", [source, size], large, options("ResizeBilinearOptions", halfPixelCenters=True))
    settings = options("Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1)
    weights = [model.weights(uniform(6, kernel, kernel, 6)), model.weights(uniform(6))]
    model.op("CONV_2D", [large, *weights], mixed, settings)
    if not use_twice:
        return model.to_bytes(source, mixed)
    total, mean = model.tensor(1, 8, 10, 6), model.tensor(1, 1, 1, 6)
    model.op("ADD", [large, mixed], total, options("AddOptions"))
    add_global_average(model, total, mean, (8, 10))
    return model.to_bytes(source, mean)


def op_types(model: bytes) -> list[str]:
    nodes = convert_graph(read_graph(model), "tiny").graph.node
    return [node.op_type for node in nodes if node.op_type in {"Conv", "Resize"}]


@pytest.mark.parametrize(
    ("kernel", "use_twice", "order"),
    [(1, False, ["Conv", "Resize"]), (3, False, ["Resize", "Conv"]), (1, True, ["Resize", "Conv"])],
    ids=["pointwise", "3x3", "used twice"],
)
def test_pointwise_convolution_moves_before_the_resize(kernel: int, use_twice: bool, order: list[str]) -> None:
    """Only a 1x1 convolution that alone uses the enlarged picture moves, and the result stays TFLite's."""
    model = enlarge_then_convolve(kernel, use_twice=use_twice)
    assert op_types(model) == order
    source = picture(1, 4, 5, 6)
    np.testing.assert_allclose(run_onnx(model, source), run_tflite(model, source), rtol=1e-5, atol=5e-6)


def test_damage_in_the_middle_of_a_model_is_one_sentence() -> None:
    """An operator that nobody knows, and a tensor without its buffer, are damage as well."""
    whole = one_op_model("ADD")
    for place in range(8, len(whole) - 4, 2):
        with suppress(ConversionError):  # nothing else
            read_graph(whole[:place] + b"\xff\x29" + whole[place + 2 :])
