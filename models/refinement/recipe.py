"""The whole refinement behind a network: its inputs, its outputs, and the model that has both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import onnx

from models.graph import checked_model, describe
from models.network import OUTPUT_NAME as MASK
from models.network import RAW_NAME as RAW
from models.refinement import fit, fringe, islands, smoothing
from models.refinement.writer import GraphWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Named(NamedTuple):
    """A tensor that the refined model takes or gives besides the picture."""

    name: str
    shape: tuple[int, ...]


class Ports(NamedTuple):
    """What a refined model of one size takes besides the picture, and gives.

    `state` is (input, output, initial value) each; `settings` are numbers, `extras` outputs besides the mask.
    """

    mask: Named
    state: tuple[tuple[Named, Named, float], ...]
    settings: tuple[tuple[Named, float], ...]
    extras: tuple[Named, ...]

    @property
    def inputs(self) -> tuple[Named, ...]:
        """Everything that goes in besides the picture, in the graph's order."""
        return (*(taken for taken, _, _ in self.state), *(setting for setting, _ in self.settings))

    @property
    def outputs(self) -> tuple[Named, ...]:
        """Everything that comes out, in the graph's order."""
        carried = (given for _, given, _ in self.state if given != self.mask)
        return (self.mask, *carried, *self.extras)

    def facts(self) -> Mapping[str, Any]:
        """Return what the manifest says of it."""
        return {
            "state": [
                {"input": taken.name, "output": given.name, "shape": list(taken.shape), "initial": initial}
                for taken, given, initial in self.state
            ],
            "settings": [
                {"name": name, "shape": list(shape), "initial": start} for (name, shape), start in self.settings
            ],
            "extras": [{"name": name, "shape": list(shape)} for name, shape in self.extras],
        }


def ports(height: int, width: int) -> Ports:
    """Return the ports of a model whose picture has this size."""
    full, half, quarter = ((height // part, width // part) for part in (1, 2, 4))
    mask = Named(MASK, (1, 1, *full))
    names = smoothing.NAMES
    last_luma, next_luma = (Named(name, (1, 1, *half)) for name in (names.last_luma, names.next_luma))
    return Ports(
        mask=mask,
        state=((Named(names.last_mask, mask.shape), mask, 0.0), (last_luma, next_luma, smoothing.FRESH)),
        settings=((Named(names.smoothing, (1,)), 0.0),),
        extras=(
            Named(RAW, mask.shape),
            Named("coefficients", (1, 4, *quarter)),
            Named(names.still, (1, 1, *half)),
            *(Named(name, (1, 3, *quarter)) for name in ("person", "outside", "edge")),
        ),
    )


def write(graph: GraphWriter, picture: str, mask: str, *, sure_places: bool = True) -> None:
    """Append the recipe to a graph that has the picture, [1,3,h,w] in 0..1, and the network's mask, [1,1,h,w].

    Without `sure_places` colours decide everywhere: for a network that is seldom sure.
    """
    fitted, colours, person = fit.fit_twice(graph, picture, mask)
    if sure_places:
        fitted = fit.keep_sure_places(graph, fitted, mask)
    graph.op("Concat", *fitted, out="coefficients", axis=1)
    still = smoothing.stillness(graph, colours.half)
    final = smoothing.steady(graph, fit.opacity(graph, fitted, picture), still, out=MASK)
    inside = fringe.person_colour(graph, colours, person, out="person")
    outside = fringe.outside_colour(graph, colours, person, out="outside")
    fringe.edge_colour(graph, inside, outside, final, out="edge")


def refine(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a converted model with the recipe behind it.

    The first node of `model` must turn the picture into NCHW and the last one the mask back into NHWC, as
    `models.network` writes them.
    """
    *nodes, to_nhwc = (_copy(node) for node in model.graph.node)
    [last] = [node for node in nodes if to_nhwc.input[0] in node.output]
    last.output[:] = [RAW]
    return _joined(model, nodes, [])


def refine_classes(model: onnx.ModelProto, markers: Sequence[int]) -> onnx.ModelProto:
    """Return a model that tells classes apart with the recipe behind it; its own outputs stay.

    Its first node must turn the picture into NCHW, its first output must be `RAW`, the person's probability, [1,1,h,w],
    and the next one the classes. `markers` are the numbers of those that only people have; see `islands`.
    """
    _, *outputs = model.graph.output
    return _joined(model, list(model.graph.node), outputs, markers)


def _joined(
    model: onnx.ModelProto,
    nodes: list[onnx.NodeProto],
    outputs: list[onnx.ValueInfoProto],
    markers: Sequence[int] = (),
) -> onnx.ModelProto:
    """Return a model of a network's nodes and the recipe's, which gives the network's `outputs` besides its own.

    The first of them are its classes, if it tells any apart.
    """
    network = model.graph
    [picture] = network.input
    _, height, width, _ = (axis.dim_value for axis in picture.type.tensor_type.shape.dim)
    graph, around = GraphWriter(height, width), ports(height, width)
    mask = islands.without_islands(graph, RAW, outputs[0].name, markers) if markers else RAW
    write(graph, nodes[0].output[0], mask, sure_places=not markers)
    return checked_model(
        [*nodes, *graph.nodes],
        f"{network.name} refined",
        [picture, *(describe(*port) for port in around.inputs)],
        [*(describe(*port) for port in around.outputs), *outputs],
        [*network.initializer, *graph.constants],
    )


def _copy(node: onnx.NodeProto) -> onnx.NodeProto:
    """Return a node that can be changed without changing the model it comes from."""
    copied = onnx.NodeProto()
    copied.CopyFrom(node)
    return copied
