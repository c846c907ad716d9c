"""Effects on arrays (the desktop): the painter, blending, fast OpenCV ways beside the NumPy ones."""
