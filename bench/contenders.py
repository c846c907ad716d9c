"""Who is compared, and how one contender's page is opened, asked and listened to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from builder.errors import BuildError

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page

    from bench.types import Order, Sample, Visit

_ASK = "([method, argument]) => bench(method, argument)"


@dataclass(frozen=True)
class Contender:
    """One row of the table.

    Attributes
    ----------
    key, label
        Short name for ``--only`` and the JSON; long name for people.
    page
        Its page below ``bench/pages``, with query.
    does
        ``"composite"`` (mask, fill, image on a canvas) or ``"mask"`` (the mask alone).
    """

    key: str
    label: str
    page: str
    does: str


CONTENDERS = (
    Contender("ours", "pyselfie (Python in a worker)", "ours.html", "composite"),
    Contender("handjs", "hand-written JS + onnxruntime-web", "handjs.html", "composite"),
    Contender("legacy", "@mediapipe/selfie_segmentation", "legacy.html", "composite"),
    Contender("tasks-cpu", "@mediapipe/tasks-vision, CPU", "tasks.html?delegate=CPU", "mask"),
    Contender("tasks-gpu", "@mediapipe/tasks-vision, GPU", "tasks.html?delegate=GPU", "mask"),
)


class Entrant:
    """A contender whose page is open and warm.

    Raises
    ------
    BuildError
        From every method: one sentence with the contender's name and what the page said.
    """

    def __init__(self, contender: Contender, context: BrowserContext, site_url: str, threads: int) -> None:
        self.contender = contender
        self._errors: list[str] = []
        self._page: Page = context.new_page()
        self._page.on("pageerror", lambda error: self._errors.append(error.message))
        self._page.goto(f"{site_url}pages/{contender.page}")
        self._cdp: CDPSession = context.new_cdp_session(self._page)
        self._cdp.send("Performance.enable")
        self._wait_for_page()
        facts = self._ask("prepare", {"threads": threads})
        self.backend = str(facts["backend"])
        self.threads = int(facts["threads"])

    def _wait_for_page(self) -> None:
        try:
            self._page.wait_for_function("'bench' in globalThis", timeout=20_000)
        except Exception as error:
            said = self._errors[0] if self._errors else str(error).splitlines()[0]
            raise BuildError(f"{self.contender.label}: the page did not load ({said}).") from error

    def _ask(self, method: str, argument: object = None) -> Any:
        try:
            return self._page.evaluate(_ASK, [method, argument])
        except Exception as error:
            said = str(error).splitlines()[0].removeprefix("Page.evaluate: ")
            raise BuildError(f"{self.contender.label}: `{method}` failed ({said}).") from error

    def visit(self, order: Order) -> Visit:
        """Run `order`'s frames, one after the other; the first one, cold after the others' turns, is dropped."""
        self._page.bring_to_front()
        self._ask("stock", order)
        before = self._task_seconds()
        samples = cast("list[Sample]", self._ask("run"))
        task_ms = (self._task_seconds() - before) * 1000 / len(samples)
        return {"samples": samples[1:] or samples, "task_ms": task_ms}

    def _task_seconds(self) -> float:
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")

    def person(self) -> list[int]:
        """Return the person's area in the last frame, 0 or 1 in each of 128x72 cells."""
        self._page.bring_to_front()
        return cast("list[int]", self._ask("person"))

    def set_effect(self, name: str) -> None:
        """Change the effect; only ours has more than one."""
        self._ask("effect", name)

    def close(self) -> None:
        """Close the page."""
        self._page.close()
