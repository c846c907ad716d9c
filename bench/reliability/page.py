"""The tables of docs/reliability.md, from the JSON files beside this module.

engine-ENGINE.json
    Of ``build.py test --engine-table=bench/reliability``, with ``tests/browser --engine firefox`` for all of Firefox's.
faults-ENGINE.json
    Of ``build.py test tests/browser/faults --engine ENGINE --fault-table FILE``: a row for each fault.
fuzz.json
    Of the tests in ``tests/browser/fuzz`` with ``PYSELFIE_FUZZ_JSON=FILE``: the runs, by kind.
soak-ENGINE.json
    Of ``build.py soak --write``: the run's report without its samples.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.soak.report import render
from bench.table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.soak.report import Report

FOLDER = Path(__file__).parent
NONE_YET = "No run has been kept yet."
_ENGINES = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKitGTK"}
_RESULTS = {"passed": "held", "failed": "**failed**"}
_NOTHING_LOST = "in each nothing was lost: options, effect, source and text were as before"
_SHORTER = {
    re.compile(r"http://127\.0\.0\.1:\d+"): "https://example.org",
    re.compile(r"“/\S+/"): "“",  # the fake camera's name is the path of its file
    re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b"): r"\1…",
}


def parts(folder: Path = FOLDER) -> dict[str, str]:
    """Return the generated parts of the page, by the names of their markers."""
    rows = [row for one in _read(folder, "faults-*.json") for row in one]
    texts = {
        "engines": engines(_read(folder, "engine-*.json")),
        "faults": faults(rows) if rows else NONE_YET,
        "fuzz": "".join(map(fuzz, _read(folder, "fuzz.json"))) or NONE_YET,
        "soaks": "\n\n".join(map(soak, _read(folder, "soak-*.json"))) or NONE_YET,
    }
    return {name: f"\n{text}\n\n" for name, text in texts.items()}


def _read(folder: Path, pattern: str) -> list[Any]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob(pattern))]


def engines(found: Sequence[Mapping[str, Any]]) -> str:
    """Return a table with a row for each engine: its version, what held there, and what it lacks."""
    head = ["browser", "version", "day", "tests that held", "left out, as it lacks what they need"]
    rows = [
        [
            _ENGINES[one["engine"]],
            one["version"],
            one["date"],
            f"{one['passed']:,} of {one['passed'] + one['failed']:,}",
            _lacks(one["left_out"]),
        ]
        for one in found
    ]
    return markdown_table(head, rows) if rows else NONE_YET


def _lacks(left_out: Mapping[str, int]) -> str:
    by_count = sorted(left_out.items(), key=lambda item: -item[1])
    reasons = "; ".join(f"{_cell(reason)}: {count}" for reason, count in by_count)
    return f"{sum(left_out.values())} ({reasons})" if left_out else "none"


def faults(rows: Sequence[Mapping[str, str]]) -> str:
    """Return a table with a row for each fault, and a column for each engine."""
    engines = sorted({row["engine"] for row in rows})
    by_fault: dict[tuple[str, str], dict[str, Mapping[str, str]]] = {}
    for row in rows:
        by_fault.setdefault((row["kind"], row["fault"]), {})[row["engine"]] = row
    head = ["", "fault", "what is said", "what goes on", *(_ENGINES[engine] for engine in engines)]
    lines = [
        [kind, _cell(name), *_words(found.values()), *(_result(found.get(engine)) for engine in engines)]
        for (kind, name), found in sorted(by_fault.items())
    ]
    failed = sum(row["result"] == "failed" for row in rows)
    end = f"{failed} did not hold" if failed else _NOTHING_LOST
    return f"{len(by_fault)} faults; {end}.\n\n{markdown_table(head, lines)}"


def _result(row: Mapping[str, str] | None) -> str:
    return _RESULTS[row["result"]] if row else "left out"


def _words(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the sentence and what goes on, from the first engine that could have the fault."""
    best = max(rows, key=lambda row: row["result"] == "passed")
    return [_cell(best["sentence"]) or "nothing", _cell(best["goes on"])]


def _cell(text: str) -> str:
    for pattern, shorter in _SHORTER.items():
        text = pattern.sub(shorter, text)
    return text.replace("|", "\\|").replace("<", "&lt;")


def fuzz(kinds: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return a table with a row for each kind of things that were made from seeds."""
    head = ["made from seeds", "how many", "seeds", "different sentences in one run, at most", "failures"]
    rows = [
        [
            kind,
            f"{sum(run['count'] for run in runs):,}",
            ", ".join(str(run["seed"]) for run in runs),
            str(max(run["sentences"] for run in runs)),
            str(sum(len(run["failures"]) + len(run["faults"]) for run in runs)),
        ]
        for kind, runs in kinds.items()
    ]
    return markdown_table(head, rows)


def soak(report: Report) -> str:
    """Return a run as its command prints it, under a line with its day."""
    settings = report["settings"]
    where = f"{_ENGINES[settings['engine']]}{' on WebGPU' if settings['webgpu'] else ''}"
    return f"### {where}, {report['date'][:10]}\n\n{render(report)}"
