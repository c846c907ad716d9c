"""The run itself: rounds of steps, a sample after each, until the time is over or something comes between."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from bench.soak.metrics import sample
from bench.soak.processes import PROC, held_by
from bench.soak.report import conclude, save
from bench.soak.slopes import FEWEST
from bench.soak.tab import BrowserGoneError
from builder.report import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.soak.plan import Step
    from bench.soak.report import Report
    from bench.soak.tab import Tab

_S_PER_MINUTE = 60.0
_MOST_FAULTS = 20


class Run:
    """One page, used until the time is over.

    Parameters
    ----------
    tab
        With nothing open yet.
    url
        Of bench/pages/soak.html.
    report
        Gets what is found; it is saved each minute.
    path
        Where it is saved.
    plan
        The steps, round by round.
    """

    def __init__(self, tab: Tab, url: str, report: Report, path: Path, plan: Iterable[Sequence[Step]]) -> None:
        self._tab = tab
        self._url = url
        self._report = report
        self._path = path
        self._plan = plan
        self._began = self._told = time.monotonic()

    def until_the_end(self) -> None:
        """Use the page until the time is over, or Ctrl-C, or the browser is gone; the report says which.

        Any other error is raised, with what was found until then in the report.
        """
        report = self._report
        try:
            self._tab.open(self._url)
            self._ask("open")
            self._began = self._told = time.monotonic()
            for steps in self._plan:
                self._round(steps)
                self._tell()
                if self._is_over():
                    break
        except KeyboardInterrupt:
            report["ended"] = "interrupted"
        except BrowserGoneError as error:
            report["ended"] = f"the browser is gone: {error}"
        except RuntimeError as error:
            report["ended"] = f"the page is of no more use: {error}"
        except Exception as error:
            report["ended"] = f"the run has failed: {error!r}"
            raise
        finally:
            report["seconds"] = round(self._seconds(), 1)
            conclude(report)

    def _round(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self._take(step)
        self._sample()

    def _take(self, step: Step) -> None:
        done = self._report["done"]
        try:
            self._ask("step", step._asdict())
            done[step.name] = done.get(step.name, 0) + 1
        except RuntimeError as error:
            self._fault(f"step {step.name} with {step.number}: {error}")

    def _sample(self) -> None:
        frame_ms = self._ask("settle")
        self._count()  # it collects Python's garbage, which holds some of JavaScript's
        self._tab.collect()  # what its finalisers let go of is gone by the next one
        counts, heaps = self._count(), self._tab.heaps()
        held = held_by(self._tab.process.pid) if PROC.is_dir() else None
        self._report["times_s"].append(round(self._seconds(), 1))
        webgpu = self._report["settings"]["webgpu"]
        self._report["samples"].append(sample(frame_ms, counts, heaps, held, webgpu=webgpu))
        self._report["frames"] = counts["frames"]

    def _count(self) -> dict[str, Any]:
        """Ask for what is open; the page tells each fault once, so that none may be passed over."""
        counts: dict[str, Any] = self._ask("count")
        for fault in counts["faults"]:
            self._fault(fault)
        return counts

    def _ask(self, method: str, argument: dict[str, Any] | None = None) -> Any:
        return self._tab.evaluate(f"soak({json.dumps(method)}, {json.dumps(argument)})")

    def _fault(self, sentence: str) -> None:
        faults = self._report["faults"]
        if len(faults) < _MOST_FAULTS:
            faults.append(sentence)
            say(sentence)
        else:
            self._report["more_faults"] += 1

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _is_over(self) -> bool:
        settings, times = self._report["settings"], self._report["times_s"]
        enough = sum(moment >= settings["warm_up_s"] for moment in times) >= FEWEST
        return enough and self._seconds() >= settings["minutes"] * _S_PER_MINUTE

    def _tell(self) -> None:
        """Say once a minute how far it is, and save what there is."""
        if time.monotonic() - self._told < _S_PER_MINUTE:
            return
        self._told = time.monotonic()
        report = self._report
        newest = ", ".join(f"{name} {value:g}" for name, value in report["samples"][-1].items())
        say(f"{self._seconds() / _S_PER_MINUTE:.1f} min, {sum(report['done'].values())} steps: {newest}")
        report["seconds"] = round(self._seconds(), 1)
        conclude(report)
        save(report, self._path)
