"""What may import ``js`` and ``pyodide``: the worker's entry point, its frame loop and the canvas painter."""
