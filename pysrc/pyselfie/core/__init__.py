"""Frame to tensor to mask to composite, on NumPy arrays: no I/O, no browser, no engine."""
