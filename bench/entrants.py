"""The contenders' pages, served and opened."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contenders import Entrant
from bench.frames import SIZE, write_frames
from bench.peers import fetch_model
from bench.report import SUBJECT
from bench.site import bench_server
from builder.errors import BuildError
from builder.paths import CACHE, DIST, MODELS, NODE_MODULES, ROOT
from builder.report import say, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser

    from bench.contenders import Contender
    from builder.serving.serve import Server


@contextmanager
def serve_pages(chosen: Sequence[Contender], failures: dict[str, str]) -> Iterator[Server]:
    """Serve the pages and what they load; a model that cannot be had only costs tasks-vision its rows."""
    peers = CACHE / "bench"
    if any(contender.page.startswith("tasks.html") for contender in chosen):
        try:
            peers = fetch_model()
        except BuildError as error:
            failures["tasks-vision"] = str(error)
    with tempfile.TemporaryDirectory() as temporary:
        write_frames(Path(temporary))
        mounts = {"pages": ROOT / "bench" / "pages", "frames": Path(temporary), "modules": NODE_MODULES}
        with bench_server({**mounts, "models": MODELS, "peers": peers, "dist": DIST}) as site:
            yield site


def open_pages(browser: Browser, url: str, chosen: Sequence[Contender], failures: dict[str, str]) -> list[Entrant]:
    """Open every page in turn; the hand-written JavaScript gets as many threads as ours takes."""
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
    entrants: list[Entrant] = []
    for contender in chosen:
        if contender.page.startswith("tasks.html") and "tasks-vision" in failures:
            continue
        ours = next((entrant for entrant in entrants if entrant.contender.key == SUBJECT), None)
        try:
            with step(f"opening {contender.label}"):
                entrants.append(Entrant(contender, context, url, ours.threads if ours else 1))
        except BuildError as error:
            say(str(error))
            failures[contender.key] = str(error)
    return entrants
