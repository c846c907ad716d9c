"""Frames that stay on the GPU: texture in, model on GPU buffers, composite out, no pixel read back."""
