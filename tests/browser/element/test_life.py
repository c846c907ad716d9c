"""<selfie-segmentation> in a page: one tag is enough, it shares, it moves, and it leaves nothing behind."""

import numpy as np

from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.flags import camera_flags
from tests.browser.page.page_kit import KEEPS_TRACKS
from tests.browser.workers import is_firefox

AUTO = 3
"""The number of the element's default model."""


def tag(name="s", **attributes):
    """Return the element's HTML; `auto` would load another model beside whatever is tested."""
    if "modelselection" not in attributes:
        attributes = {"model_selection": "general"} | attributes
    written = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<selfie-segmentation id="{name}" {written}>Just a moment</selfie-segmentation>'


def roles(page):
    """Return (role, name) of everything that the browser tells assistive technology."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return {tuple(node.get(key, {}).get("value", "") for key in ("role", "name")) for node in tree["nodes"]}


def test_one_tag_shows_a_photo(launch, site):
    """With `src` alone it starts by itself: progress, ready, a frame; fallback until then; a role and a label."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, background="#204060"))
    shown = "document.getElementById('s').matches(':state(painted)')"
    assert page.wait("frame")["width"] == 512
    assert page.run(shown)
    assert page.wait("progress")["total"] > 1_000_000
    assert page.wait("ready")["backend"] == "wasm"
    corner = page.pixels()[0, 0]
    np.testing.assert_array_equal(corner, (0x20, 0x40, 0x60, 255))
    if not is_firefox(page.page):  # only Chromium tells a test what it tells assistive technology
        assert ("image", "astronaut.jpg, effect: color") in roles(page.page)


def test_elements_share_one_worker_and_the_last_one_ends_it(launch, site):
    """Three elements, three effects, one worker; taken out of the page one after the other, the last one closes it."""
    html = tag("a", src=SAMPLE, background="red") + tag("b", src=SAMPLE, effect="mask") + tag("c", src=SAMPLE)
    page = ElementPage(launch(), site.url, html)
    for name in "abc":
        page.wait("frame", name)
    assert page.workers() == 1
    assert tuple(page.pixels("a")[0, 0]) == (255, 0, 0, 255)
    assert tuple(page.pixels("b")[0, 0]) == (0, 0, 0, 255)
    page.run("document.getElementById('a').remove()")
    page.run("document.getElementById('b').remove()")
    before = page.pixels("c")
    page.run("document.getElementById('c').effect = 'mask'")
    assert not np.array_equal(page.pixels("c"), before)
    page.run("document.getElementById('c').remove()")
    page.until(lambda: page.workers() == 0)


def test_a_dead_worker_is_restarted_for_all_elements(launch, site):
    """Both elements begin again in one new worker and show their pictures once more."""
    html = tag("a", src=SAMPLE, background="red") + tag("b", src=SAMPLE, effect="mask")
    page = ElementPage(launch(), site.url, html)
    for name in "ab":
        page.wait("frame", name)
    after = page.position()
    page.in_worker("setTimeout(() => { throw new Error('provoked') })")
    for name in "ab":
        assert "is starting again" in page.wait("notice", name, after=after)["message"]
        page.wait("frame", name, after=after)
    assert page.workers() == 1
    assert tuple(page.pixels("a")[0, 0]) == (255, 0, 0, 255)


def test_options_reach_a_worker_that_was_restarted(launch, site):
    """The new one owes nothing for what was sent to the old one: a photo in a stream takes the next colour."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, background="red"))
    page.wait("frame")
    page.run("self.stream = document.getElementById('s').captureStream()")
    page.run("document.getElementById('s').background = 'blue'")
    page.until(lambda: tuple(page.pixels()[0, 0]) == (0, 0, 255, 255))
    after = page.position()
    page.in_worker("setTimeout(() => { throw new Error('provoked') })")
    page.wait("ready", after=after)
    page.wait("frame", after=after)
    page.run("document.getElementById('s').background = 'lime'")
    page.until(lambda: tuple(page.pixels()[0, 0]) == (0, 255, 0, 255))


def test_attributes_set_just_before_the_start_count(launch, site):
    """Another backend in the same task changes the engine before it starts, and the start is not rejected."""
    page = ElementPage(launch(), site.url, "")
    started = page.run(
        """async (src) => {
          const element = Object.assign(document.createElement("selfie-segmentation"), { id: "s", src });
          document.body.append(element);
          element.backend = "wasm";
          return element.start().then(() => "started", ({ name }) => name);
        }""",
        SAMPLE,
    )
    assert started == "started"
    page.wait("frame")


def test_moved_it_goes_on_and_removed_it_lets_go_of_the_camera(launch, site, camera_file):
    """Into another parent in one step: same engine, same camera. Out of the page: the camera's light goes off."""
    page = ElementPage(
        launch(*camera_flags(camera_file)),
        site.url,
        tag(camera="", effect="mask", model_selection="landscape") + "<div id=other></div>",
        script=KEEPS_TRACKS,
    )
    page.wait("frame")
    page.run("document.getElementById('other').append(document.getElementById('s'))")
    after = page.position()
    page.wait("frame", after=after)
    assert page.run("cameraTracks.map(({ readyState }) => readyState)") == ["live"]
    assert page.count("ready") == 1
    page.run("document.getElementById('s').remove()")
    page.until(lambda: page.workers() == 0)
    page.page.wait_for_function("() => cameraTracks.every(({ readyState }) => readyState === 'ended')")


def test_two_elements_use_one_camera(launch, site, camera_file):
    """Both show it, each in its own way; the one that stays is not disturbed when the other goes."""
    html = tag("a", camera="user", background="red") + tag("b", camera="user", background="lime")
    page = ElementPage(launch(*camera_flags(camera_file)), site.url, html)
    for name in "ab":
        page.wait("frame", name)
    assert tuple(page.pixels("a")[2, 2]) == (255, 0, 0, 255)
    page.run("document.getElementById('a').remove()")
    page.wait("frame", "b", after=page.position())
    assert tuple(page.pixels("b")[2, 2]) == (0, 255, 0, 255)


def test_stop_and_start(launch, site):
    """Stopped it has no worker and says that there is no picture; started again it shows the same."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, effect="mask"))
    page.wait("frame")
    before = page.pixels()
    page.run("document.getElementById('s').stop()")
    page.until(lambda: page.workers() == 0)
    refusal = page.run("document.getElementById('s').snapshot().catch(({ message }) => message)")
    assert refusal == "The engine is not running, so there is no picture to take."
    after = page.position()
    page.run("document.getElementById('s').start()")
    page.wait("frame", after=after)
    np.testing.assert_array_equal(page.pixels(), before)


def test_properties_set_before_the_definition_count(launch, site):
    """A framework may set properties before the script has come."""
    page = launch()
    page.goto(f"{site.url}index.html")
    found = page.evaluate(
        """async (url) => {
          const early = document.createElement("not-yet");
          const { SelfieSegmentationElement } = await import(url);
          customElements.define("not-yet", class extends SelfieSegmentationElement {});
          Object.assign(early, { effect: "mask", strength: 0.25, mirror: true, modelSelection: 1 });
          const late = document.createElement("selfie-segmentation");
          Object.assign(late, { effect: "mask", strength: 0.25, mirror: true, modelSelection: 1, background: "red" });
          document.body.append(early);
          return [early.outerHTML, late.outerHTML, late.strength, late.mirror, late.modelSelection];
        }""",
        f"{site.url}pyselfie.js",
    )
    for html in found[:2]:
        for attribute in ('effect="mask"', 'strength="0.25"', 'mirror=""', 'model-selection="1"'):
            assert attribute in html
    assert found[2:] == [0.25, True, 1]


def test_attributes_that_frameworks_write_before_the_definition_count(launch, site):
    """Lower-cased property names and "false" count; the attribute's own name wins; a property replaces both."""
    page = launch()
    page.goto(f"{site.url}index.html")
    found = page.evaluate(
        """async (url) => {
          const early = document.createElement("not-yet");
          early.setAttribute("modelSelection", "1");
          early.setAttribute("paused", "false");
          document.body.append(early);
          const { SelfieSegmentationElement } = await import(url);
          customElements.define("not-yet", class extends SelfieSegmentationElement {});
          const seen = [[early.modelSelection, early.paused]];
          const see = () => seen.push([early.modelSelection, early.outerHTML.includes("modelselection")]);
          early.setAttribute("modelselection", "0"), see();
          early.setAttribute("model-selection", "landscape"), see();
          early.removeAttribute("model-selection"), see();
          early.modelSelection = 1, see();
          early.modelSelection = null, see();
          return seen;
        }""",
        f"{site.url}pyselfie.js",
    )
    assert found == [[1, False], [0, True], [1, True], [0, True], [1, False], [AUTO, False]]


def test_the_lower_cased_name_changes_the_model_of_a_running_element(launch, site):
    """`modelselection` in the tag chooses the model, and changed later it changes it."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, effect="mask", modelselection="landscape"))
    assert "landscape" in page.wait("ready")["model"]
    page.wait("frame")
    after = page.position()
    page.run("document.getElementById('s').setAttribute('modelselection', '0')")
    assert page.wait("model", after=after)["modelSelection"] == 0


def test_camera_takes_true_and_false_as_templates_write_them(launch, site):
    """A bare `camera` is true in JSX: the usual camera; false is none."""
    page = launch()
    page.goto(f"{site.url}index.html")
    found = page.evaluate(
        """async (url) => {
          await import(url);
          const element = document.createElement("selfie-segmentation");
          return [true, false, "user", null].map((value) => Object.assign(element, { camera: value }).outerHTML);
        }""",
        f"{site.url}pyselfie.js",
    )
    cameras = [html.partition(">")[0].removeprefix("<selfie-segmentation") for html in found]
    assert cameras == [' camera=""', "", ' camera="user"', ""]


def test_elements_that_come_and_go_leave_nothing_in_the_worker(launch, site):
    """Ten more elements beside one that stays: Python's live proxies and memory are what they were after the first."""
    page = ElementPage(launch(), site.url, tag("stays", src=SAMPLE, effect="mask"))
    page.wait("frame", "stays")
    page.in_worker("pyodide._module.enable_pyproxy_allocation_tracing()")
    counts = []
    for index in range(11):
        page.run("(html) => document.body.insertAdjacentHTML('beforeend', html)", tag(f"n{index}", src=SAMPLE))
        page.wait("frame", f"n{index}")
        page.run(f"document.getElementById('n{index}').remove()")
        page.page.wait_for_timeout(100)
        page.in_worker("pyodide.runPython('import gc; gc.collect()')")
        count = "[pyodide._module.pyproxy_alloc_map.size, pyodide._module.HEAP8.length]"
        counts.append(page.in_worker(count))
    assert counts[-1] == counts[1]
    page.run("document.getElementById('stays').effect = 'transparent'")
    assert page.pixels("stays")[0, 0, 3] == 0
