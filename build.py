#!/usr/bin/env python3
"""The only command of this project: build, serve, test and measure pyselfie.

A thin front: it checks the interpreter, in words that any Python 3 can read, and leaves the
rest to ``builder``.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "build.py needs Python 3.11 or newer, but this is Python %d.%d: install a newer one and run "  # noqa: UP031
        "`python3.11 build.py`." % sys.version_info[:2]
    )

if __name__ == "__main__" and __spec__ is not None:
    # `python -m build` in this folder finds this file before the packaging tool of that name, which is meant.
    import runpy

    sys.path.pop(0)
    runpy.run_module("build", run_name="__main__", alter_sys=True)
    sys.exit()

from builder.cli import main

if __name__ == "__main__":
    sys.exit(main())
