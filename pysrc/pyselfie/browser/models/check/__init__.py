"""A GPU is checked before it is trusted: its mask of a sample, and its time for a frame, beside WebAssembly's."""
