"""Hundreds of frames through the legacy API leave nothing behind in the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.engine.test_leaks import COUNT, WATCH
from tests.browser.legacy.legacy_kit import open_page
from tests.browser.workers import in_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

_FRAMES = """async (count) => {
  for (let index = 0; index < count; index++) {
    const canvas = plain(`hsl(${(index * 37) % 360} 60% 50%)`, 160, 90);
    const image = index % 2 ? new VideoFrame(canvas, { timestamp: index }) : canvas;
    await segmenter.send({ image });
    if (index % 2) image.close();
  }
}"""


def test_hundreds_of_frames_leave_nothing_behind(launch: Callable[..., GuardedPage], site: Server) -> None:
    """Proxies, NumPy's bytes and wasm memory stay; mirrored, every frame that came in was closed."""
    page = launch()
    open_page(page, site.url)
    page.evaluate(
        """async () => {
          window.segmenter = new SelfieSegmentation();
          segmenter.onResults(({ image, segmentationMask }) => { image.close(); segmentationMask.close(); });
          segmenter.setOptions({ selfieMode: true });
          await segmenter.initialize();
        }"""
    )
    page.evaluate(_FRAMES, 4)
    in_worker(page, WATCH)
    page.evaluate("segmenter.setOptions({ modelSelection: 1 })")  # its buffers are made under the tracing
    page.evaluate(_FRAMES, 50)
    early = in_worker(page, COUNT)
    page.evaluate(_FRAMES, 250)
    late = in_worker(page, COUNT)
    assert early["arrayBytes"] > 0, "the tracing counts nothing"
    assert late == early
    assert late["frames"] == 0
