"""Convert MediaPipe's selfie segmentation models from TFLite to ONNX, and write a manifest of their facts.

`python -m models.convert` writes beside this file what the repository commits; the same sources give the same
bytes every time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.graph import OnnxGraph, describe
from models.ops import HANDLERS, Handler
from models.reader import ConversionError, Graph, Operator, read_graph
from models.refinement.recipe import ports, refine
from models.rewrite import resize_after_pointwise
from models.sources import PACKAGE, PACKAGE_VERSION, SOURCES, ModelSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

INPUT_NAME = "image"
OUTPUT_NAME = "mask"


def convert_graph(source: Graph, name: str) -> onnx.ModelProto:
    """Return the ONNX model (NHWC float32 in and out) of a TFLite graph with one input and one output."""
    graph = OnnxGraph()
    [image], [mask] = source.inputs, source.outputs
    graph.add_node("Transpose", [INPUT_NAME], graph.bind(image), perm=[0, 3, 1, 2])
    for operator in resize_after_pointwise(source).operators:
        _handler(operator)(operator, graph)
    graph.add_node("Transpose", [graph.value(mask)], OUTPUT_NAME, perm=[0, 2, 3, 1])
    return graph.to_model(name, [describe(INPUT_NAME, image.shape)], [describe(OUTPUT_NAME, mask.shape)])


def _handler(operator: Operator) -> Handler:
    if operator.name not in HANDLERS:
        known = ", ".join(sorted(HANDLERS))
        raise ConversionError(
            f"TFLite operator {operator.name} has no handler in models/ops; there are handlers for {known}"
        )
    return HANDLERS[operator.name]


def convert_all(source_dir: Path, out_dir: Path) -> None:
    """Convert both models of the npm package in `source_dir`.

    Two `.onnx` files of each, raw and refined, and `manifest.json` are written into `out_dir`.

    Raises
    ------
    ConversionError
        In one sentence: a source file is missing or not the published one, or cannot be converted.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    entries = [entry for source in SOURCES for entry in _convert_one(source, source_dir, out_dir)]
    manifest = json.dumps({"models": entries}, indent=2) + "\n"
    _write(out_dir / "manifest.json", manifest.encode())


def _convert_one(source: ModelSource, source_dir: Path, out_dir: Path) -> list[dict[str, Any]]:
    """Write both files of one model and return their entries in the manifest."""
    graph = read_graph(_read_source(source_dir / source.tflite, source.sha256))
    raw = convert_graph(graph, f"{PACKAGE} {source.name}")
    picture, mask = graph.inputs[0].shape, graph.outputs[0].shape
    around = ports(*picture[1:3])
    return [
        _save(raw, source, out_dir / source.onnx, {"edges": "raw", **_facts(picture, mask)}),
        _save(
            refine(raw),
            source,
            out_dir / source.refined_onnx,
            {"edges": "refined", **_facts(picture, around.mask.shape), **around.facts()},
        ),
    ]


def _read_source(path: Path, sha256: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConversionError(f"cannot read {path} ({error.strerror}); `npm ci` installs it") from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha256:
        raise ConversionError(
            f"{path} has SHA-256 {actual}, expected {sha256} (that of {PACKAGE}@{PACKAGE_VERSION}); "
            "`npm ci` installs the right one"
        )
    return data


def _facts(picture: tuple[int, ...], mask: tuple[int, ...]) -> dict[str, Any]:
    return {
        "input": {"name": INPUT_NAME, "shape": list(picture), "layout": "NHWC", "colour": "RGB", "range": [0, 1]},
        "output": {"name": OUTPUT_NAME, "shape": list(mask), "range": [0, 1]},
    }


def _save(model: onnx.ModelProto, source: ModelSource, path: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write a model and return its entry in the manifest."""
    data = model.SerializeToString(deterministic=True)
    _write(path, data)
    return {
        "name": source.name,
        "model_selection": source.model_selection,
        "file": path.name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        **facts,
        "licence": "Apache-2.0",
        "source": {
            "package": PACKAGE,
            "version": PACKAGE_VERSION,
            "file": source.tflite,
            "sha256": source.sha256,
        },
    }


def _write(path: Path, data: bytes) -> None:
    """Write so that a half-written file never stands under the final name."""
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    partial.replace(path)


def main() -> int:
    """Run the command line and return its exit status."""
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(prog="python -m models.convert", description=__doc__)
    parser.add_argument(
        "--source",
        type=Path,
        default=here.parent / "node_modules" / PACKAGE,
        help="folder with the .tflite files",
    )
    parser.add_argument("--out", type=Path, default=here, help="folder for the .onnx files and manifest.json")
    arguments = parser.parse_args()
    try:
        convert_all(arguments.source, arguments.out)
    except ConversionError as error:
        print(f"models.convert: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
