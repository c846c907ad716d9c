"""The model that runs: loaded on the best backend that works, exchanged, checked, recovered from faults."""
