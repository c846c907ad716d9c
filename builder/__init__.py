"""The steps behind ``build.py``: set-up, conversion, wheels, site, compression, server, checks.

``cli``, ``bootstrap``, ``paths``, ``errors``, ``report``, ``lock`` and ``stamps`` import the standard library
only: they run before ``.venv`` exists. Everything else runs inside it.
"""
