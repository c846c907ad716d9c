"""The messages between page and Python; ``web/js/engine/protocol.d.ts`` says the same and what each means.

A test holds the two equal. For type checkers only: nothing here is needed at run time.
"""
