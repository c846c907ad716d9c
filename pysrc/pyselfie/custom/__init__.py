"""Effects that users write: from a Python text to a checked function with controls; NumPy and `core` alone."""
