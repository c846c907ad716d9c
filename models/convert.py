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

from models.lean.optimise import optimise
from models.lean.recipe import lean
from models.network import CLASSES_NAME, INPUT_NAME, OUTPUT_NAME, RAW_NAME, convert_graph, convert_multiclass
from models.reader import ConversionError, read_graph
from models.refinement.recipe import ports, refine, refine_classes
from models.sources import MARKERS, SOURCES, ModelSource
from models.split import split

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

_PACKAGE = "pyselfie_multiclass"
"""What has the model where it is no part of pyselfie's own wheel."""
_WEB_BACKENDS = ["wasm"]
"""Where the lean files run. On WebGPU they would be wrong: see `models.lean.depthwise`."""


def convert_all(packages: Path, out_dir: Path) -> None:
    """Convert all models of the npm packages in the folder `packages`.

    Two `.onnx` files of each, raw and refined, both once more for the web, and `manifest.json` are written into
    `out_dir`; of a model that tells classes apart one file, and the parts that the build makes it of.

    Raises
    ------
    ConversionError
        In one sentence: a source file is missing or not the published one, or cannot be converted.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    entries = []
    for source in SOURCES:
        convert = _convert_classes if source.classes else _convert_person
        entries += convert(source, _read_source(packages, source), out_dir)
    manifest = json.dumps({"models": entries}, indent=2) + "\n"
    _write(out_dir / "manifest.json", manifest.encode())


def _convert_person(source: ModelSource, published: bytes, out_dir: Path) -> list[dict[str, Any]]:
    """Write the four files of one model and return their entries in the manifest."""
    graph = read_graph(published)
    raw = convert_graph(graph, f"{source.package.name} {source.name}")
    picture, mask = graph.inputs[0].shape, graph.outputs[0].shape
    around = ports(*picture[1:3])
    facts = {"edges": "refined", **_facts(picture, around.mask.shape), **around.facts()}
    return [
        *_save_both(raw, source, out_dir / source.onnx, {"edges": "raw", **_facts(picture, mask)}),
        *_save_both(refine(raw), source, out_dir / source.refined_onnx, facts),
    ]


def _save_both(model: onnx.ModelProto, source: ModelSource, path: Path, facts: Mapping[str, Any]) -> list[Any]:
    """Write a model as it is, and lean for the web, and return the entries of both."""
    web = path.with_name(f"{path.stem}_web.onnx")
    return [
        _save(model, source, path, facts),
        _save(optimise(lean(model)), source, web, {"backends": _WEB_BACKENDS, **facts}),
    ]


def _convert_classes(source: ModelSource, published: bytes, out_dir: Path) -> list[dict[str, Any]]:
    """Write the one file, with its parts, and return both entries in the manifest, which name other outputs of it."""
    graph = read_graph(published)
    network = convert_multiclass(graph, f"{source.package.name} {source.name}")
    model = refine_classes(network, [source.classes.index(name) for name in MARKERS])
    picture, mask = graph.inputs[0].shape, graph.outputs[0].shape
    entries = []
    for edges, name in (("raw", RAW_NAME), ("refined", OUTPUT_NAME)):
        facts = {**_facts(picture, (1, 1, *mask[1:3]), name), **ports(*picture[1:3]).facts()}
        facts["extras"] = [extra for extra in facts["extras"] if extra["name"] != name]
        facts["extras"] += [{"name": CLASSES_NAME, "shape": [1, mask[3], *mask[1:3]]}]
        facts |= {"edges": edges, "classes": list(source.classes), "parts": source.parts, "package": _PACKAGE}
        entries.append(_save(model, source, out_dir / source.onnx, facts))
    _write(out_dir / source.parts, split((out_dir / source.onnx).read_bytes(), graph, published))
    return entries


def _read_source(packages: Path, source: ModelSource) -> bytes:
    path = packages / source.package.name / source.tflite
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConversionError(f"cannot read {path} ({error.strerror}); `npm ci` installs it") from error
    actual = hashlib.sha256(data).hexdigest()
    if actual != source.sha256:
        name, version = source.package
        raise ConversionError(
            f"{path} has SHA-256 {actual}, expected {source.sha256} (that of {name}@{version}); "
            "`npm ci` installs the right one"
        )
    return data


def _facts(picture: tuple[int, ...], mask: tuple[int, ...], name: str = OUTPUT_NAME) -> dict[str, Any]:
    return {
        "input": {"name": INPUT_NAME, "shape": list(picture), "layout": "NHWC", "colour": "RGB", "range": [0, 1]},
        "output": {"name": name, "shape": list(mask), "range": [0, 1]},
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
            "package": source.package.name,
            "version": source.package.version,
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
        default=here.parent / "node_modules",
        help="folder with the npm packages",
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
