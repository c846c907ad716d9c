"""One module per way to run a model; `base` is what they have in common, `stub` that contract made to run."""
