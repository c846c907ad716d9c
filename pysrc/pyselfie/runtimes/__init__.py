"""One module per way to run a model; `base` says what they have in common, `stub` is that contract in runnable form."""
