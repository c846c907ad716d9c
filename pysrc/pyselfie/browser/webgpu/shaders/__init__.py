"""The WGSL files. What they share is put before them, file by file: WGSL has no imports."""

from __future__ import annotations

from importlib.resources import files


def source(*names: str) -> str:
    """Return the text of these shaders (file names without ``.wgsl``), joined in this order."""
    return "\n".join((files(__name__) / f"{name}.wgsl").read_text("utf-8") for name in names)
