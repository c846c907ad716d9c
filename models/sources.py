"""Where the models come from, and what the published files must be."""

from __future__ import annotations

from dataclasses import dataclass

PACKAGE = "@mediapipe/selfie_segmentation"
PACKAGE_VERSION = "0.1.1675465747"


@dataclass(frozen=True)
class ModelSource:
    """One published `.tflite`, its SHA-256, and the name of the ONNX file made from it."""

    name: str
    model_selection: int
    tflite: str
    sha256: str
    onnx: str

    @property
    def refined_onnx(self) -> str:
        """Name of the ONNX file that has the refinement behind the network."""
        return f"{self.onnx.removesuffix('.onnx')}_refined.onnx"


SOURCES = (
    ModelSource(
        name="general",
        model_selection=0,
        tflite="selfie_segmentation.tflite",
        sha256="8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
        onnx="selfie_segmentation.onnx",
    ),
    ModelSource(
        name="landscape",
        model_selection=1,
        tflite="selfie_segmentation_landscape.tflite",
        sha256="4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894",
        onnx="selfie_segmentation_landscape.onnx",
    ),
)
