"""Which engines a browser test runs in: Chromium; Firefox, too, if it is marked `engines`; or what `--engine` says."""

from __future__ import annotations

import pytest

from builder.browsers.firefox import NONE_FOUND, installed_firefox

CHROMIUM, FIREFOX = ENGINES = ("chromium", "firefox")
BOUND = "Chromium only"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the engines."""
    parser.addoption(
        "--engine",
        action="append",
        choices=ENGINES,
        help="run every browser test in this engine, marked or not, and in no other (may be given twice)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a browser test once per engine: in Chromium it keeps its name, else it has the engine's in brackets."""
    if "engine_name" not in metafunc.fixturenames:
        return
    marked = metafunc.definition.get_closest_marker("engines") is not None
    bound = metafunc.definition.get_closest_marker("chromium")
    skip = [pytest.mark.skip(f"{BOUND}: {bound.args[0]}")] if bound else []
    wanted = metafunc.config.getoption("--engine") or (ENGINES if marked else [CHROMIUM])
    cases = [
        pytest.param(name, id=pytest.HIDDEN_PARAM) if name == CHROMIUM else pytest.param(name, marks=skip)
        for name in wanted
    ]
    metafunc.parametrize("engine_name", cases, indirect=True, scope="session")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count what is Chromium's only; pytest's own list of reasons comes after this."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    count = sum(BOUND in reason for reason in reasons)
    if count:
        line = f"Tests that did not run in Firefox, as it lacks what they need: {count}. The reasons follow."
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """Return the engine that the test runs in; tests that want one which isn't there are skipped with a sentence."""
    name: str = request.param
    if name == FIREFOX and installed_firefox() is None:
        pytest.skip(NONE_FOUND)
    return name
