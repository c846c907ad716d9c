"""The rewrites for WebAssembly, each on a tiny graph before and after: the same numbers in other steps."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper, numpy_helper

from builder.paths import ROOT
from models.graph import checked_model, describe
from models.lean import enlarge
from models.lean.decoder import fold_gates
from models.lean.depthwise import depthwise_by_rows
from models.lean.editor import Editor
from models.lean.enlarge import enlarge_by_convolutions
from models.lean.optimise import optimise
from models.lean.picture import picture_as_it_comes
from models.lean.recipe import PASSES, lean
from pyselfie.core.manifest import load_spec
from tests.parity.pictures import PICTURES, build

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MODELS = ROOT / "models"
HALF_PIXEL = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
TWICE = np.array([1, 1, 2, 2], np.float32)


class Tiny:
    """A graph under construction, from `picture` to `result`, with random weights stored as the converter does it."""

    def __init__(self, *shape: int) -> None:
        self.shape = shape
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.random = np.random.default_rng(7)

    def op(self, kind: str, *inputs: str, out: str = "", **how: Any) -> str:
        out = out or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [out], **how))
        return out

    def constant(self, values: NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def weights(self, *shape: int) -> str:
        stored = self.constant(self.random.uniform(-1, 1, shape).astype(np.float16))
        return self.op("Cast", stored, to=onnx.TensorProto.FLOAT)

    def conv(self, value: str, *shape: int, stride: int = 1, pads: tuple[int, ...] = (0,) * 4, **more: Any) -> str:
        inputs = value, self.weights(*shape), self.weights(shape[0])
        how = {"group": 1, "kernel_shape": shape[2:], "strides": [stride] * 2, "pads": pads, **more}
        return self.op("Conv", *inputs, **how)

    def model(self, result: str, *shape: int) -> onnx.ModelProto:
        self.op("Identity", result, out="result")
        taken, given = describe("picture", self.shape), describe("result", shape)
        return checked_model(self.nodes, "tiny", [taken], [given], self.constants)


def run(model: onnx.ModelProto, **feeds: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [value.name for value in model.graph.output]
    return dict(zip(names, session.run(names, feeds), strict=True))


def kinds(model: onnx.ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


def rewritten(model: onnx.ModelProto, rewrite: Callable[[Editor], None]) -> onnx.ModelProto:
    """Return what a pass makes of a model, after a look that both compute the same."""
    graph = Editor(model)
    rewrite(graph)
    made = graph.model()
    [taken] = model.graph.input
    shape = [axis.dim_value for axis in taken.type.tensor_type.shape.dim]
    picture = np.random.default_rng(3).uniform(-1, 1, shape).astype(np.float32)
    expected = run(model, picture=picture)["result"]
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(run(made, picture=picture)["result"], expected, atol=1e-6)
    return made


def depthwise(kernel: int, stride: int, pads: tuple[int, ...]) -> onnx.ModelProto:
    tiny = Tiny(1, 3, 9, 12)
    high, wide = ((side + pads[0] + pads[2] - kernel) // stride + 1 for side in (9, 12))
    made = tiny.conv("picture", 3, 1, kernel, kernel, stride=stride, pads=pads, group=3)
    return tiny.model(made, 1, 3, high, wide)


@pytest.mark.parametrize(("stride", "pads"), [(1, (2, 2, 2, 2)), (2, (1, 1, 2, 2)), (2, (2, 2, 2, 2)), (1, (0,) * 4)])
def test_large_depthwise_kernels_become_lines(stride: int, pads: tuple[int, ...]) -> None:
    """A 5x5 kernel for each channel is one of a single row, over rows as channels."""
    made = rewritten(depthwise(5, stride, pads), depthwise_by_rows)
    [conv] = [node for node in made.graph.node if node.op_type == "Conv"]
    how = {item.name: helper.get_attribute_value(item) for item in conv.attribute}
    assert (how["group"], how["kernel_shape"]) == (3, [1, 5])


def test_other_convolutions_stay() -> None:
    """Small kernels gain nothing by it, and kernels that mix channels are something else."""
    small = depthwise(3, 1, (1,) * 4)
    assert kinds(rewritten(small, depthwise_by_rows)) == kinds(small)
    tiny = Tiny(1, 3, 9, 12)
    mixing = tiny.model(tiny.conv("picture", 2, 3, 5, 5, pads=(2,) * 4), 1, 2, 9, 12)
    assert kinds(rewritten(mixing, depthwise_by_rows)) == kinds(mixing)


def resized(scales: NDArray[np.float32], **how: str) -> onnx.ModelProto:
    tiny = Tiny(1, 2, 5, 8)
    made = tiny.op("Resize", "picture", "", tiny.constant(scales), **how)
    return tiny.model(made, *(int(side * scale) for side, scale in zip(tiny.shape, scales, strict=True)))


def test_doubling_becomes_convolutions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bilinear enlargement to twice the size is two convolutions, up to the edges."""
    monkeypatch.setattr(enlarge, "LEAST_NUMBERS", 1)
    assert kinds(rewritten(resized(TWICE, **HALF_PIXEL), enlarge_by_convolutions))["Resize"] == 0


def test_other_resizes_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small results are not worth it; other factors and other ways to sample are something else."""
    assert kinds(rewritten(resized(TWICE, **HALF_PIXEL), enlarge_by_convolutions))["Resize"] == 1
    monkeypatch.setattr(enlarge, "LEAST_NUMBERS", 1)
    nearest = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    for scales, how in (([1, 1, 4, 4], HALF_PIXEL), ([1, 1, 2, 1], HALF_PIXEL), ([1, 1, 2, 2], nearest)):
        made = rewritten(resized(np.array(scales, np.float32), **how), enlarge_by_convolutions)
        assert kinds(made)["Resize"] == 1, scales


def test_picture_is_read_as_it_comes() -> None:
    """A convolution of a transposed picture reads the picture itself, and one channel needs no transposing."""
    tiny = Tiny(1, 6, 8, 3)
    planes = tiny.op("Transpose", "picture", perm=[0, 3, 1, 2])
    mixed = tiny.conv(planes, 4, 3, 3, 3, stride=2, pads=(0, 0, 1, 1))
    one = tiny.conv(mixed, 1, 4, 1, 1)
    made = rewritten(tiny.model(tiny.op("Transpose", one, perm=[0, 2, 3, 1]), 1, 3, 4, 1), picture_as_it_comes)
    assert kinds(made)["Transpose"] == 0


def test_planes_stay_for_others_that_read_them() -> None:
    """Whatever else reads the planes of the picture still gets them."""
    tiny = Tiny(1, 6, 8, 3)
    planes = tiny.op("Transpose", "picture", perm=[0, 3, 1, 2])
    both = tiny.op("Add", tiny.conv(planes, 3, 3, 3, 3, pads=(1, 1, 1, 1)), planes)
    assert kinds(rewritten(tiny.model(both, 1, 3, 6, 8), picture_as_it_comes))["Transpose"] == 1


def decoder(ending: str = "Relu") -> onnx.ModelProto:
    """Return a decoder's step as MediaPipe's networks have it; fine is [1,4,4,6], coarse [1,5,2,3]."""
    tiny = Tiny(1, 4, 4, 6)
    fine = tiny.op("Relu", "picture")
    coarse = tiny.conv("picture", 5, 4, 2, 2, stride=2)
    small = tiny.conv(coarse, 4, 5, 1, 1)
    large = tiny.op("Resize", small, "", tiny.constant(TWICE), **HALF_PIXEL)
    both = tiny.op("Add", fine, large)
    mean = tiny.op("GlobalAveragePool", both)
    gate = tiny.op("Sigmoid", tiny.conv(mean, 4, 4, 1, 1))
    final = tiny.op("Add", tiny.op("Mul", fine, gate), large)
    return tiny.model(tiny.op(ending, tiny.conv(final, 3, 4, 1, 1)), 1, 3, 4, 6)


def test_gates_move_into_weights() -> None:
    """The gate multiplies weights, two convolutions become one, and the only sum is the one before the relu."""
    made = rewritten(decoder(), fold_gates)
    [product] = [node for node in made.graph.node if node.op_type == "Mul"]
    shapes = {
        value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in onnx.shape_inference.infer_shapes(made).graph.value_info
    }
    assert shapes[product.output[0]] == [3, 4, 1, 1]
    sums = [node.output[0] for node in made.graph.node if node.op_type == "Add"]
    assert [shapes[name] for name in sums] == [[1, 4, 1, 1], [1, 3, 4, 6]]


def test_what_is_no_step_of_a_decoder_stays() -> None:
    """Where no relu follows, so that the sum would stay a step of its own, nothing is rewritten."""
    other = decoder(ending="Tanh")
    assert kinds(rewritten(other, fold_gates)) == kinds(other)


@pytest.mark.parametrize("rewrite", PASSES)
def test_each_pass_finds_its_pattern_in_the_networks(rewrite: Callable[[Editor], None]) -> None:
    """No pass is there for nothing: on both networks each changes the graph."""
    for name in ("general", "landscape"):
        model = onnx.load(MODELS / load_spec(name).file)
        graph = Editor(model)
        rewrite(graph)
        assert graph.model().graph.node != model.graph.node


def test_optimising_folds_and_fuses() -> None:
    """Casts are gone, activations and sums are in convolutions, no node is for one processor, and the numbers stay."""
    model = lean(decoder())
    made = optimise(model)
    assert kinds(made)["Cast"] == 0
    assert kinds(made)["FusedConv"] == 3
    assert not {"Add", "Sigmoid"} & set(kinds(made))
    assert {domain.domain for domain in made.opset_import} == {"", "com.microsoft"}
    assert {node.domain for node in made.graph.node} <= {"", "com.microsoft"}
    picture = np.random.default_rng(3).uniform(-1, 1, (1, 4, 4, 6)).astype(np.float32)
    np.testing.assert_allclose(run(made, picture=picture)["result"], run(model, picture=picture)["result"], atol=1e-6)


@pytest.mark.parametrize("name", ["general", "landscape"])
def test_masks_of_pictures_are_those_of_the_network(name: str) -> None:
    """Natively, on the parity tests' pictures, the mean difference to the network as converted stays under 1e-5."""
    plain, web = (load_spec(name, "raw", backend) for backend in ("", "wasm"))
    sessions = [onnxruntime.InferenceSession(MODELS / spec.file) for spec in (plain, web)]
    for picture in list(PICTURES)[:4]:
        image = np.resize(build(picture), (plain.height, plain.width, 3))[None].astype(np.float32) / 255
        masks = [session.run(["mask"], {"image": image})[0] for session in sessions]
        assert np.abs(masks[0] - masks[1]).mean() < 1e-5
