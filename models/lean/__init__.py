"""Exact rewrites of a converted graph that ONNX Runtime computes faster in WebAssembly; natively they are slower.

One pass a file, each a function that changes an `Editor` in place and does nothing where its pattern is not found.
`recipe` puts them together, `optimise` does what ONNX Runtime would do at every start. What a graph takes and gives
stays as it is; only the order of float32 sums differs.
"""
