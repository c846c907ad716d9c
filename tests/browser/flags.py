"""Command-line flags of Chromium; each set was found by trial on a machine without a GPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.chromium import QUIET_FLAGS

if TYPE_CHECKING:
    from pathlib import Path

BASE_FLAGS = (
    *QUIET_FLAGS,
    # Nothing but this machine can be reached, so a request to another origin cannot pass unseen.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    # WebAssembly is compiled once more, for speed, after 15 times as much work as usual: most starts of Python and ONNX
    # Runtime end before that pays, and took a quarter more.
    "--js-flags=--wasm-tiering-budget=200000000",
)

WEBGPU_FLAGS = (
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
"""WebGPU in software, with ``webgpu`` canvases and external textures."""


def camera_flags(path: Path) -> tuple[str, ...]:
    """Return the flags that give every page a camera which plays `path` (.mjpeg or .y4m), permission included."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )
