"""Who is compared, and how one contender's page is opened, asked and listened to."""

from __future__ import annotations

import base64
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PIL import Image
from playwright.sync_api import Error as PlaywrightError

from builder.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import BrowserContext, CDPSession, Page

    from bench.types import Order, Sample, Visit

_LOADING_MS = 20_000
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
    Contender("refined", "pyselfie, refined and smoothed", "ours.html?edges=refined", "composite"),
    Contender("handjs", "hand-written JS + onnxruntime-web", "handjs.html", "composite"),
    Contender("legacy", "@mediapipe/selfie_segmentation", "legacy.html", "composite"),
    Contender("legacy-ours", "the same API by pyselfie", "legacy_ours.html", "composite"),
    Contender("tasks-cpu", "@mediapipe/tasks-vision, CPU", "tasks.html?delegate=CPU", "mask"),
    Contender("tasks-gpu", "@mediapipe/tasks-vision, GPU", "tasks.html?delegate=GPU", "mask"),
)


def _plain(error: PlaywrightError) -> str:
    """Return what the page said, without the name of Playwright's method before it."""
    return error.message.splitlines()[0].removeprefix("Page.evaluate: ").removeprefix("Error: ")


class Entrant:
    """A contender whose page is open and warm.

    Raises
    ------
    BuildError
        From every method: one sentence with the contender's name and what the page or the browser said.
    """

    def __init__(self, contender: Contender, context: BrowserContext, site_url: str, threads: int) -> None:
        self.contender = contender
        self._errors: list[str] = []
        with self._in_one_sentence("the page did not open"):
            self._page: Page = context.new_page()
        try:
            facts = self._load(context, f"{site_url}pages/{contender.page}", threads)
        except BuildError:
            self.close()
            raise
        self.backend = str(facts["backend"])
        self.threads = int(facts["threads"])

    def _load(self, context: BrowserContext, url: str, threads: int) -> dict[str, Any]:
        self._page.on("pageerror", lambda error: self._errors.append(error.message))
        with self._in_one_sentence("the page did not load"):
            self._page.goto(url)
            self._page.wait_for_function("() => 'bench' in globalThis", timeout=_LOADING_MS)
            self._cdp: CDPSession = context.new_cdp_session(self._page)
            self._cdp.send("Performance.enable")
        return cast("dict[str, Any]", self._ask("prepare", {"threads": threads}))

    @contextmanager
    def _in_one_sentence(self, what: str) -> Iterator[None]:
        try:
            yield
        except PlaywrightError as error:
            said = self._errors[0] if self._errors else _plain(error)
            raise BuildError(f"{self.contender.label}: {what} ({said}).") from error

    def _ask(self, method: str, argument: object = None) -> Any:
        with self._in_one_sentence(f"`{method}` failed"):
            return self._page.evaluate(_ASK, [method, argument])

    def visit(self, order: Order) -> Visit:
        """Run `order`'s frames, one after the other; the first one, cold after the others' turns, is dropped."""
        self._show()
        self._ask("stock", order)
        before = self._task_seconds()
        samples = cast("list[Sample]", self._ask("run"))
        task_ms = (self._task_seconds() - before) * 1000 / len(samples)
        return {"samples": samples[1:] or samples, "task_ms": task_ms}

    def _show(self) -> None:
        with self._in_one_sentence("the page is gone"):
            self._page.bring_to_front()

    def _task_seconds(self) -> float:
        with self._in_one_sentence("the page is gone"):
            metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")

    def person(self) -> list[int]:
        """Return the person's area in the last frame, 0 or 1 in each of 128x72 cells."""
        self._show()
        return cast("list[int]", self._ask("person"))

    def set_effect(self, name: str) -> None:
        """Change the effect; only ours and the hand-written one have more than one."""
        self._ask("effect", name)

    def picture(self) -> NDArray[np.uint8]:
        """Return what those two painted last, uint8 [height, width, 4], RGBA."""
        self._show()
        url = cast("str", self._ask("picture"))
        with Image.open(BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
            return np.array(picture.convert("RGBA"))

    def close(self) -> None:
        """Close the page, if it is still there."""
        with suppress(PlaywrightError):
            self._page.close()
