"""processTrack with a camera that blurs the background itself."""

from tests.browser.track.track_kit import open_track

# A camera of the specification's shape: no browser here has one that blurs.
_BLURS = """
self.blurs = true;
const { getSettings } = MediaStreamTrack.prototype;
MediaStreamTrack.prototype.getSettings = function () {
  return { ...getSettings.call(this), backgroundBlur: self.blurs };
};
"""


def test_a_camera_that_blurs_is_shown_as_it_is(launch, site, camera_file):
    """Its blur stands for ours: no model runs, a notice says so; with the next configuration the model does."""
    page = open_track(launch, site, camera_file, script=_BLURS, effect="blur")
    stages = "told.findLast(({ type }) => type === 'stats')?.stages"
    page.page.wait_for_function(f"() => {stages}?.paint")
    assert "infer" not in page.run(stages)
    [notice] = page.run("told.filter(({ type }) => type === 'notice')")
    assert notice["code"] == "camera"
    assert notice["message"].startswith("The camera blurs the background itself, so no other blur is added;")
    page.run("() => { blurs = false; camera.dispatchEvent(new Event('configurationchange')); }")
    page.page.wait_for_function(f"() => {stages}.infer")
    assert page.run("told.filter(({ type }) => type === 'error')") == []
