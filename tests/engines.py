"""Which engines a browser test runs in: Chromium, and Firefox too if it is marked `engines`; or what `--engine` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

CHROMIUM, FIREFOX = ENGINES = ("chromium", "firefox")


def add_option(parser: pytest.Parser) -> None:
    """Let the caller choose the engines."""
    parser.addoption(
        "--engine",
        action="append",
        choices=ENGINES,
        help="run the browser tests in this engine only, marked or not (may be given more than once)",
    )


class Engines:
    """Runs each browser test once per engine; Chromium's keeps its name, Firefox's has ``[firefox]`` in it."""

    def __init__(self, chosen: Sequence[str] | None) -> None:
        self._chosen = chosen

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give the fixture `engine_name` each engine's name; a test marked `chromium` is skipped in the others."""
        if "engine_name" not in metafunc.fixturenames:
            return
        marked = metafunc.definition.get_closest_marker("engines") is not None
        chromium_only = metafunc.definition.get_closest_marker("chromium")
        skip = pytest.mark.skip(f"Chromium only: {chromium_only.args[0]}") if chromium_only else ()
        metafunc.parametrize(
            "engine_name",
            [
                pytest.param(CHROMIUM, id=pytest.HIDDEN_PARAM) if name == CHROMIUM else pytest.param(name, marks=skip)
                for name in self._chosen or (ENGINES if marked else [CHROMIUM])
            ],
            indirect=True,
            scope="session",
        )
