"""The part of Brotli's Python binding that the build uses."""

__version__: str

def compress(string: bytes, mode: int = ..., quality: int = ..., lgwin: int = ..., lgblock: int = ...) -> bytes: ...
