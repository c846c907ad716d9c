"""processTrack with a camera whose frames bring masks."""

import numpy as np
import pytest

from tests.browser.track.track_kit import WALL, open_track, wait_colour

BEHIND = (0x20, 0x40, 0x60)
# Frames of the specification's shape: no browser here has any with a mask. These say that the left half is the person,
# where no model finds anybody.
_MASKS = """
self.bitmaps = [];
self.wholeMask = () => {
  const context = new OffscreenCanvas(64, 36).getContext("2d");
  context.fillRect(0, 0, 64, 36);
  context.fillStyle = "white";
  context.fillRect(0, 0, 32, 36);
  return context.canvas.transferToImageBitmap();
};
self.closedMask = () => {
  const mask = wholeMask();
  mask.close();
  return mask;
};
self.newMask = wholeMask;
const { metadata } = VideoFrame.prototype;
VideoFrame.prototype.metadata = function () {
  const said = metadata ? metadata.call(this) : {};
  const mask = newMask();
  if (mask) bitmaps.push(mask);
  return mask ? { ...said, backgroundSegmentationMask: mask } : said;
};
"""
_NOTICES = "told.filter(({ type, code }) => type === 'notice' && code === 'camera').map(({ message }) => message)"


@pytest.fixture
def page(launch, site, camera_file):
    """Return a page whose camera's frames bring masks, with a colour behind the person."""
    return open_track(launch, site, camera_file, script=_MASKS, has_person=True)


def wait_from(page, source):
    """Wait until the track says that its masks are from there."""
    page.page.wait_for_function(f"() => track.metrics.maskFrom === '{source}'")


def test_masks_that_come_with_frames_are_used_where_they_are_wanted(page):
    """By default the model finds the person; with `auto` they count, and frames without one, or a whole one, go on."""
    wait_colour(page, BEHIND)
    assert page.run("bitmaps.length > 0 && bitmaps.every(({ width }) => width === 0)")
    assert page.run(_NOTICES) == []

    page.run("track.setOptions({ maskSource: 'auto' })")
    wait_colour(page, WALL)
    wait_from(page, "camera")
    mask = page.run("track.getMask().then(({ width, height, data }) => [width, height, ...data])")
    width, height, *pixels = mask
    levels = np.array(pixels).reshape(height, width, 4)[..., 3]
    assert (levels[:, : width // 2 - 4] == 255).all()
    assert (levels[:, width // 2 + 4 :] == 0).all()
    [used] = page.run(_NOTICES)
    assert used.startswith("The camera's frames bring masks of their own, so no model runs for them;")

    page.run("() => { newMask = () => null; }")
    wait_colour(page, BEHIND)
    wait_from(page, "model")
    page.run("() => { newMask = wholeMask; }")
    wait_colour(page, WALL)
    page.run("() => { newMask = closedMask; }")
    wait_colour(page, BEHIND)
    assert page.run(_NOTICES)[1:] == [
        "A mask came with the camera's frame but holds no picture any more, so the model runs for such frames."
    ]
    assert page.run("told.filter(({ type }) => type === 'error')") == []
    assert page.run("bitmaps.every(({ width }) => width === 0)")  # each was closed or handed on
