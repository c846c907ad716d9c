"""What became of the browser tests in each engine, as JSON: a pytest plugin."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.engines import BOUND, FIREFOX

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

ENGINE, VERSION = "engine", "engine version"
"""Properties of a browser test: the first from its beginning, the second at its end."""


class EngineTable:
    """Writes ``engine-NAME.json`` for each engine that tests ran in, at the end of a run.

    Of a test that ran twice the last result counts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._versions: dict[str, str] = {}
        self._held: dict[str, tuple[str, bool]] = {}
        self._left_out: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the result of one of a test's three parts."""
        told: Mapping[str, object] = dict(report.user_properties)
        engine, version = str(told.get(ENGINE, "")), told.get(VERSION)
        if version:
            self._versions[engine] = str(version)
        if report.skipped and isinstance(report.longrepr, tuple):
            self._held.pop(report.nodeid, None)
            _, _, reason = report.longrepr[2].partition(f"{BOUND}: ")
            if reason:
                self._left_out[report.nodeid] = reason
        elif engine and (report.when == "setup" or report.failed):
            self._held[report.nodeid] = engine, not report.failed

    def pytest_sessionfinish(self) -> None:
        """Write."""
        for engine, version in self._versions.items():
            held = [one for name, one in self._held.values() if name == engine]
            reasons = Counter(self._left_out.values()) if engine == FIREFOX else {}
            found = {
                "engine": engine,
                "version": version,
                "date": f"{datetime.now(UTC):%Y-%m-%d}",
                "passed": sum(held),
                "failed": len(held) - sum(held),
                "left_out": dict(sorted(reasons.items())),
            }
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"engine-{engine}.json"
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
