"""The Canvas 2D pipeline."""
