"""Pyodide's proxies, under CPython: whether each comes to its end, once."""


class Proxy:
    """Stands for Pyodide's: it can be called until it is destroyed, which happens once."""

    def __init__(self, value):
        self.value, self.ends = value, 0

    def __call__(self, *given):
        assert self.ends == 0, "called after its end"
        return self.value(*given)

    def destroy(self):
        self.ends += 1
