"""The multiclass model in a page: when it comes, what it tells apart, and who chooses it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from werkzeug.wrappers import Response

from builder.paths import ROOT
from builder.serving.serve import Server
from pyselfie.core.classes import Classes
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.custom.source import load_effect
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.flags import camera_flags
from tests.browser.harness import EngineDriver
from tests.browser.track.track_kit import FATE, open_track
from tests.browser.waiting import WAIT_MS

FILE = "models/selfie_multiclass.onnx"
NAMES = ["background", "hair", "body-skin", "face-skin", "clothes", "others"]
EXAMPLES = ROOT / "examples" / "effects"
PIECE = 50_000
GET = "document.getElementById('s')"
ASK = """async (asked) => {
  const classes = await asked.getClasses();
  const names = Object.keys(classes);
  const alpha = ({ data }) => Array.from(data.filter((_, index) => index % 4 === 3));
  return [names, classes.hair.width, classes.hair.height, names.map((name) => alpha(classes[name]))];
}"""


def tag(**attributes):
    """Return the element's HTML, with the id "s"."""
    written = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<selfie-segmentation id="s" effect="mask" {written}></selfie-segmentation>'


def watched(launch, *flags):
    """Return a page, and the list of what it asks the server for."""
    page, asked = launch(*flags), []
    page.on("request", lambda request: asked.append(request.url))
    return page, asked


def has_asked(asked):
    return any(url.endswith(FILE) for url in asked)


def test_photo_gets_multiclass_after_the_first_picture(launch, site):
    """`auto` paints with the light model at once; the other one comes afterwards, with progress, and says why."""
    guarded, asked = watched(launch)
    page = ElementPage(guarded, site.url, tag(src=SAMPLE))
    assert page.wait("ready")["model"] == "general"
    page.wait("frame")
    chosen = page.wait("model")
    assert (chosen["model"], chosen["modelSelection"], chosen["modelAsked"]) == ("multiclass", 2, 3)
    assert chosen["modelReason"] == "a photo has time for multiclass"
    assert page.run(f"{GET}.modelSelection") == 3
    assert sum(url.endswith(FILE) for url in asked) == 1
    order = page.run("events.map(({ type }) => type)")
    assert order.index("frame") < order.index("model")
    assert all(kind != "modelprogress" for kind in order[: order.index("frame")])


@pytest.fixture
def held(dist, origins):
    """Return a server that sends the model slowly and keeps its last piece back, and the event that lets it go."""
    server, let_go = Server(dist), threading.Event()
    whole = server.application

    def pieces(data):
        for at in range(0, len(data), PIECE):
            is_last = at + PIECE >= len(data)
            let_go.wait(WAIT_MS / 1000 if is_last else 0.1)
            yield data[at : at + PIECE]

    def application(environ, start_response):
        if not environ["PATH_INFO"].endswith(FILE):
            return whole(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        found = Response.from_app(whole, environ, buffered=True)
        return Response(pieces(found.data), 200, found.headers)(environ, start_response)

    server.application = application
    with server:
        origins.add(server.url.rstrip("/"))
        yield server, let_go
        let_go.set()


def test_download_is_told(held, launch):
    """Once something is painted: `modelprogress` events with growing bytes of all that the file has, then `model`."""
    server, let_go = held
    page = ElementPage(launch(), server.url, tag(src=SAMPLE))
    first = page.wait("modelprogress")
    assert 0 < first["loaded"] < first["total"] == (ROOT / FILE).stat().st_size
    assert page.count("model") == 0
    let_go.set()
    assert page.wait("model")["model"] == "multiclass"
    order = [kind for kind in page.run("events.map(({ type }) => type)") if kind in {"frame", "modelprogress", "model"}]
    assert order[:2] == ["frame", "modelprogress"]
    assert "modelprogress" not in order[order.index("model") :]
    events = page.run("events.filter(({ type }) => type === 'modelprogress')")
    assert {(one["text"], one["total"]) for one in events} == {("Downloading the multiclass model", first["total"])}
    loaded = [one["loaded"] for one in events]
    assert loaded == sorted(set(loaded))
    assert loaded[-1] <= first["total"]


def test_camera_on_a_cpu_stays_with_the_light_model(launch, site, camera_file):
    """Live pictures get no multiclass without a hardware GPU, and its file is not asked for."""
    guarded, asked = watched(launch, *camera_flags(camera_file))
    page = ElementPage(guarded, site.url, tag(camera=""))
    reason = "without a hardware GPU multiclass is for photos only"
    stats = page.wait("stats", where=f"event.modelReason === '{reason}'")
    assert stats["model"] == "general"
    assert page.count("model") == 0
    assert not has_asked(asked)


def test_classes_are_the_native_runtimes(launch, site, astronaut):
    """`getClasses()` has a picture of each class, by name; they are those of the model outside a browser."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, model_selection="multiclass"))
    assert page.wait("ready")["model"] == "multiclass"
    page.wait("frame")
    names, width, height, planes = page.run(f"() => ({ASK})({GET})")
    assert (names, width, height) == (NAMES, 256, 256)
    found = np.reshape(planes, (6, 256, 256)) / 255
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=6 / 255)
    small = astronaut.reshape(256, 2, 256, 2, 3).mean(axis=(1, 3), dtype=np.float32) / 255
    runtime = NativeRuntime(load_spec("multiclass"), threads=0)
    runtime.run_sync(np.ascontiguousarray(small[None], np.float32))
    expected = runtime.extra("classes")[0]
    assert np.abs(found - expected).mean() < 0.01


def test_a_track_has_mask_and_classes(launch, site, camera_file):
    """As the element has: a person in white, six planes that add up to one, or a sentence says why there are none."""
    page = open_track(launch, site, camera_file, has_person=True, modelSelection="multiclass")
    assert page.run(f"({FATE})(track.getClasses())").startswith("Error: The engine is not running")
    page.page.wait_for_function("() => track.metrics.frames > 0")
    names, width, height, planes = page.run(f"() => ({ASK})(track)")
    assert (names, width, height) == (NAMES, 256, 256)
    np.testing.assert_allclose(np.sum(planes, axis=0), 255, atol=6)
    size, alpha, white = page.run(
        "async () => { const { width, height, data } = await track.getMask(); const all = Array.from(data);"
        " return [[width, height], all.filter((_, i) => i % 4 === 3), all.every((v, i) => i % 4 === 3 || v === 255)]; }"
    )
    assert size == [256, 256]
    assert white
    assert min(alpha) < 5
    assert max(alpha) > 250
    page.run("track.setOptions({ modelSelection: 0 })")
    page.page.wait_for_function("() => track.metrics.model === 'general'")
    assert "The general model tells no classes apart" in page.run(f"({FATE})(track.getClasses())")


def test_model_that_knows_no_classes_says_so(launch, site):
    """One sentence names the model that does; before anything runs, another says that nothing does."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, model_selection="general"))
    ask = f"{GET}.getClasses().catch(({{ message }}) => message)"
    assert "The engine is not running" in page.run(ask)
    page.wait("frame")
    assert page.run(ask) == "The general model tells no classes apart; the multiclass model does."


def test_multiclass_that_does_not_come_leaves_the_light_model(launch, site):
    """With `auto` the reason tells of it; asked for by name, an error does, and the model before goes on."""
    guarded = launch()
    guarded.route(f"**/{FILE}", lambda route: route.fulfill(status=404))
    page = ElementPage(guarded, site.url, tag(src=SAMPLE))
    page.wait("frame")
    page.run(f"setInterval(() => {{ {GET}.mirror = !{GET}.mirror; }}, 300)")
    chosen = page.wait("model")
    assert (chosen["model"], chosen["modelAsked"]) == ("general", 3)
    assert f"{FILE} could not be downloaded: the server answered 404" in chosen["modelReason"]
    assert page.count("error") == 0
    page.run(f"{GET}.modelSelection = 'multiclass'")
    assert f"{FILE} could not be downloaded" in page.wait("error")["message"]
    again = page.wait("model", where="event.modelAsked === 0")
    assert again["modelReason"] == "asked for"


def test_example_effects_are_given_classes(launch, site, astronaut):
    """A function with a parameter `classes` gets them on the page's canvas; with another model it is told why not."""
    engine = EngineDriver(launch(), site.url, painter="canvas2d")
    engine.start(effect="fill", modelSelection=2)
    engine.show(astronaut)
    classes = engine.page.evaluate(
        "async () => { const { names, data } = await engine.getClasses(); return [names, Array.from(data)]; }"
    )
    planes = np.array(classes[1], np.float32).reshape(6, 256, 256)
    full = Classes(classes[0], planes, Size(512, 512), resize_half_pixel)
    mask = resize_half_pixel(engine.mask(), 512, 512)
    for name in ("colourful_clothes", "hair_colour"):
        text = (EXAMPLES / f"{name}.py").read_text()
        expected = load_effect(text)(astronaut, mask, 0.0, full)
        engine.page.evaluate("(text) => engine.setCustomEffect(text)", text)
        found = engine.snapshot()[..., :3].astype(int)
        assert np.abs(found - expected).max() <= 1
    assert np.abs(found - astronaut)[20:60, 180:250].mean() > 20, "the hair has another colour"
    engine.page.expected_errors.append("CustomEffectError|Traceback")
    position = engine.position()
    engine.options(modelSelection=0)
    message = engine.wait_for("error", after=position)["message"]
    assert "wants classes, which only the model multiclass tells apart" in message
