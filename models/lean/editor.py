"""A graph whose nodes are exchanged for others that compute the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper, shape_inference

from models.graph import checked_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray


class Editor:
    """A model whose shapes are all known, while passes change it.

    Parameters
    ----------
    model
        Stays as it is.

    Attributes
    ----------
    nodes
        In an order in which they can be computed.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        inferred = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        self.nodes: list[onnx.NodeProto] = list(inferred.graph.node)
        self._graph = inferred.graph
        self._constants = {item.name: item for item in inferred.graph.initializer}
        self._outputs = {value.name for value in inferred.graph.output}
        values = [*inferred.graph.input, *inferred.graph.value_info, *inferred.graph.output]
        self._shapes = {
            value.name: tuple(axis.dim_value for axis in value.type.tensor_type.shape.dim) for value in values
        }

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a value that was in the graph from the beginning."""
        return self._shapes[name]

    def maker(self, name: str, kind: str) -> onnx.NodeProto | None:
        """Return the node that computes a value, if it is of this kind."""
        return next((node for node in self.nodes if name in node.output and node.op_type == kind), None)

    def readers(self, name: str) -> list[onnx.NodeProto]:
        """Return the nodes that read a value."""
        return [node for node in self.nodes if name in node.input]

    def only_reader(self, name: str, kind: str) -> onnx.NodeProto | None:
        """Return the one node that reads a value, if it is of this kind and the value is no output of the graph."""
        readers = self.readers(name)
        return readers[0] if [node.op_type for node in readers] == [kind] and name not in self._outputs else None

    def constant(self, name: str) -> NDArray[Any] | None:
        """Return the values of weights, float16 where a Cast makes float32 of them; None if they are computed."""
        cast = self.maker(name, "Cast")
        stored = self._constants.get(cast.input[0] if cast is not None else name)
        return None if stored is None else numpy_helper.to_array(stored)

    def replace(self, old: onnx.NodeProto, write: Callable[[Writer], object]) -> None:
        """Put what `write` writes in the place of a node whose output it computes."""
        writer = Writer(old.output[0], self._constants)
        write(writer)
        at = next(index for index, node in enumerate(self.nodes) if node is old)
        self.nodes[at : at + 1] = writer.nodes

    def model(self) -> onnx.ModelProto:
        """Return the checked model, without what nothing reads any more."""
        kept: list[onnx.NodeProto] = []
        wanted = set(self._outputs)
        for node in reversed(self.nodes):
            if wanted.intersection(node.output):
                kept.insert(0, node)
                wanted.update(node.input)
        constants = [item for name, item in self._constants.items() if name in wanted]
        graph = self._graph
        return checked_model(kept, graph.name, graph.input, graph.output, constants)


class Writer:
    """Nodes that will stand in the place of another one; every method returns the name of a value.

    Parameters
    ----------
    output
        What the replaced node computes; names of what is written begin with it.
    constants
        The graph's, by name.

    Attributes
    ----------
    nodes
        In their order.
    """

    def __init__(self, output: str, constants: dict[str, onnx.TensorProto]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self._output = output
        self._constants = constants

    def op(self, kind: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        """Append one node with one output, which is called `out` or by the node's number and kind."""
        out = out or f"{self._output}_lean{len(self.nodes)}_{kind}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def constant(self, values: ArrayLike, dtype: type[np.generic]) -> str:
        """Store an array; it gets a name that no other has."""
        name = f"{self._output}_lean_constant{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(np.asarray(values, dtype, order="C"), name)
        return name

    def reshape(self, value: str, shape: Sequence[int], out: str | None = None) -> str:
        """Read the same numbers in another shape."""
        return self.op("Reshape", value, self.constant(shape, np.int64), out=out)


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    """Return a node's attributes as Python's values, texts as `str`."""
    found = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in found.items()}
