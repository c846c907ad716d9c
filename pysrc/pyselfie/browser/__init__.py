"""The only part of pyselfie that may import ``js`` or ``pyodide``: worker entry point, frame sources, canvas painter."""
