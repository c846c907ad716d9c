"""The legacy API as a program uses it: order, listeners, options, inputs, and every way to get it wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.legacy.legacy_kit import encoded, open_page, people, pixels
from tests.browser.waiting import until
from tests.browser.workers import in_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


@pytest.fixture
def page(launch: Callable[..., GuardedPage], site: Server) -> GuardedPage:
    """Return a page with the classic script, a picture and a segmenter that notes its results."""
    page = launch()
    open_page(page, site.url)
    page.evaluate(
        """async (png) => {
          window.seen = [];
          window.person = await picture(png);
          window.segmenter = new SelfieSegmentation();
          segmenter.onResults((results) => { seen.push(results); });
        }""",
        encoded(people()["crop"]),
    )
    return page


@pytest.mark.engines
def test_frames_sent_at_once_come_back_in_order_whatever_they_are(page: GuardedPage) -> None:
    """Every kind of input is taken, before anything is loaded; each result has its frame's picture and size."""
    found = page.evaluate(
        """async () => {
          const bitmap = await createImageBitmap(plain("#00f", 40, 30));
          const offscreen = new OffscreenCanvas(50, 20);
          offscreen.getContext("2d").drawImage(plain("#ff0", 50, 20), 0, 0);
          const frame = new VideoFrame(plain("#f0f", 60, 50), { timestamp: 0 });
          const data = plain("#0ff", 30, 70).getContext("2d").getImageData(0, 0, 30, 70);
          const inputs = [person, plain("#f00"), bitmap, offscreen, frame, data];
          await Promise.all(inputs.map((image) => segmenter.send({ image })));
          const kept = [bitmap.width, frame.codedWidth];
          frame.close();
          return { kept, results: seen.map(({ image, segmentationMask: mask }) => [
            image.constructor.name, [image.width, image.height], [mask.width, mask.height], pixel(image, 12, 12)]) };
        }"""
    )
    assert found["kept"] == [40, 60]  # what was handed in is still the caller's
    sizes = [[450, 400], [64, 48], [40, 30], [50, 20], [60, 50], [30, 70]]
    assert [result[1] for result in found["results"]] == [result[2] for result in found["results"]] == sizes
    assert {result[0] for result in found["results"]} == {"ImageBitmap"}
    wanted = [(255, 0, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255), (0, 255, 255)]
    for result, color in zip(found["results"][1:], wanted, strict=True):
        assert result[3] == pytest.approx([*color, 255], abs=3)  # a VideoFrame went through YUV


def test_listeners_are_heard_as_in_the_original(page: GuardedPage) -> None:
    """`send` ends after an async listener has; what a listener throws is told, and the next frame goes through."""
    log = page.evaluate(
        """async () => {
          const log = [];
          const send = (image = plain("#f00")) => outcome(segmenter.send({ image }));
          const pause = () => new Promise((done) => setTimeout(done, 50));
          segmenter.onResults(async () => { await pause(); log.push("listened"); });
          log.push(await send());
          segmenter.onResults(() => { throw new RangeError("sync"); });
          log.push(await send());
          segmenter.onResults(async () => { await pause(); throw new RangeError("async"); });
          log.push(await send());
          let again = true;
          segmenter.onResults(({ image }) => {
            log.push(image.width);
            if (again) { again = false; return segmenter.send({ image: plain("#00f", 20, 20) }); }
          });
          log.push(await send());
          segmenter.onResults(null);
          log.push(await send());
          try { segmenter.onResults("loud"); } catch (error) { log.push(error.message); }
          return log;
        }"""
    )
    assert log == [
        "listened", "fine", "RangeError: sync", "RangeError: async", 64, 20, "fine", "fine",
        "onResults() takes a function, got “loud”.",
    ]  # fmt: skip


@pytest.mark.engines
def test_options_take_effect_at_the_next_send(page: GuardedPage) -> None:
    """Selfie mode mirrors picture and mask, the other model gives another mask; both outlive `reset`."""
    found = page.evaluate(
        """async () => {
          const half = plain("#f00");
          half.getContext("2d").clearRect(0, 0, 32, 48);
          const look = async (options) => {
            if (options) segmenter.setOptions(options);
            await segmenter.send({ image: person });
            const { image, segmentationMask } = seen.at(-1);
            return [pixel(image, 0, 9).join(), text(bytes(segmentationMask))];
          };
          const first = await look();
          const mirrored = await look({ selfieMode: true });
          segmenter.reset();
          const after = await look();
          const landscape = await look({ selfieMode: false, modelSelection: 1, somethingElse: 7 });
          const back = await look({ modelSelection: 0, selfieMode: undefined });
          const edge = pixel(person.cloneNode ? await createImageBitmap(person) : person, 449, 9).join();
          return { mirrored: mirrored[0] === edge && mirrored[0] !== first[0], stays: after.join() === mirrored.join(),
                   other: landscape[1] !== first[1] && landscape[0] === first[0], back: back.join() === first.join(),
                   returned: segmenter.setOptions({}) === undefined && segmenter.reset() === undefined };
        }"""
    )
    assert found == dict.fromkeys(found, True)


WRONG_OPTIONS = [
    ({"selfieMode": 1}, "selfieMode is 1, but it has to be true or false"),
    ({"modelSelection": "1"}, "modelSelection is “1”, but it has to be 0 (general) or 1 (landscape)"),
    ({"modelSelection": 2}, "modelSelection is 2, but it has to be 0"),
    (None, "setOptions() takes an object, got null"),
]


def test_wrong_options_and_inputs_are_refused_and_it_goes_on(page: GuardedPage) -> None:
    """The next promise says what came and what was expected; the call after that works."""
    found = page.evaluate(
        """async (wrong) => {
          const image = plain("#f00");
          const options = [];
          for (const value of wrong) {
            segmenter.setOptions(value);
            options.push(await outcome(segmenter.send({ image })), await outcome(segmenter.send({ image })));
          }
          const closed = await createImageBitmap(image);
          closed.close();
          const frame = new VideoFrame(image, { timestamp: 0 });
          frame.close();
          const values = [undefined, "photo.jpg", document.body, document.createElement("video"), new Image(),
                          plain("#f00", 0, 9), closed, frame];
          const { proxy, revoke } = Proxy.revocable({}, {});
          revoke();
          const inputs = [];
          for (const value of [proxy, undefined, {}]) inputs.push(await outcome(segmenter.send(value)));
          for (const value of values) inputs.push(await outcome(segmenter.send({ image: value })));
          inputs.push(await outcome(segmenter.send({ image })));
          return { options, inputs, results: seen.length };
        }""",
        [value for value, _ in WRONG_OPTIONS],
    )
    for told, went_on, (_, sentence) in zip(found["options"][::2], found["options"][1::2], WRONG_OPTIONS, strict=True):
        assert sentence in told
        assert went_on == "fine"
    *refused, last = found["inputs"]
    wanted = ["the image of [object Object] cannot be read, expected a video"]
    wanted += ["is undefined, expected a video", "is undefined", "is undefined", "is “photo.jpg”", "HTMLBodyElement"]
    wanted += [
        "the HTMLVideoElement (0x0 pixels) shows none; wait for its `loadeddata`",
        "the HTMLImageElement (0x0 pixels)",
    ]
    wanted += ["the HTMLCanvasElement (0x9", "the ImageBitmap (0x0", "the VideoFrame (0x0"]
    for told, sentence in zip(refused, wanted, strict=True):
        assert sentence in told
    assert last == "fine"
    assert found["results"] == len(WRONG_OPTIONS) + 1


@pytest.mark.engines
def test_close_ends_the_worker_and_every_promise(page: GuardedPage) -> None:
    """Frames under way and later calls are rejected with a sentence; closing twice is no fault."""
    page.evaluate("segmenter.send({ image: plain('#f00') })")
    assert len(page.workers) == 1
    found = page.evaluate(
        """async () => {
          const busy = outcome(segmenter.send({ image: person }));
          const closed = await outcome(segmenter.close());
          const image = plain("#f00");
          const more = [await busy, await outcome(segmenter.send({ image })), await outcome(segmenter.initialize()),
                        await outcome(segmenter.close())];
          segmenter.reset();
          segmenter.setOptions({ selfieMode: true });
          const loading = new SelfieSegmentation();
          const starting = outcome(loading.initialize());
          await new Promise((done) => setTimeout(done, 100));
          await loading.close();
          return [closed, ...more, await starting];
        }"""
    )
    assert found[0] == found[4] == "fine"
    assert "closed" in found[1]
    assert found[2] == found[3] == "Error: This SelfieSegmentation is closed: make a new one to go on."
    assert "closed before it was done" in found[5]
    until(page, lambda: page.workers == [], lambda: "its worker goes on")


def test_a_worker_that_dies_is_replaced_at_the_next_send(page: GuardedPage) -> None:
    """The frame that it died with is rejected, the next one starts another worker."""
    page.evaluate("segmenter.send({ image: plain('#f00') })")
    in_worker(page, "setTimeout(() => { throw new Error('out of luck'); })")
    page.wait_for_timeout(200)
    assert page.evaluate("outcome(segmenter.send({ image: plain('#f00') }))") == "fine"


def test_video_elements_are_segmented(page: GuardedPage) -> None:
    """A playing video gives results of its picture's size; one without a picture yet is refused."""
    found = page.evaluate(
        """async () => {
          const canvas = plain("#0a0", 160, 90);
          const video = document.createElement("video");
          video.muted = true;
          video.srcObject = canvas.captureStream(30);
          const waiting = Object.assign(document.createElement("video"), { srcObject: new MediaStream() });
          const early = await outcome(segmenter.send({ image: waiting }));
          const draw = setInterval(() => canvas.getContext("2d").fillRect(0, 0, 160, 90), 20);
          await video.play();
          segmenter.setOptions({ selfieMode: true });
          const late = await outcome(segmenter.send({ image: video }));
          clearInterval(draw);
          const { image, segmentationMask } = seen.at(-1);
          return { early, late, size: [image.width, image.height, segmentationMask.width], green: pixel(image) };
        }"""
    )
    assert "wait for its `loadeddata` event" in found["early"]
    assert found["late"] == "fine"
    assert found["size"] == [160, 90, 160]
    assert found["green"] == pytest.approx([0, 170, 0, 255], abs=6)


_WITHOUT_FLOATS = "OffscreenCanvasRenderingContext2D.prototype.getContextAttributes = () => ({});\n"


@pytest.mark.chromium("canvases of 16-bit floats")
def test_browsers_without_canvases_of_floats_do_nearly_as_well(page: GuardedPage) -> None:
    """There the picture is sampled in 8 bits: the mask differs a little, by less than 5/1000 on average."""
    masks = []
    for _ in range(2):
        page.evaluate("async () => { await segmenter.close(); window.segmenter = new SelfieSegmentation(); }")
        mask = page.evaluate(
            """async () => {
              let mask;
              segmenter.onResults(({ segmentationMask }) => { mask = segmentationMask; });
              await segmenter.send({ image: person });
              return [text(bytes(mask)), mask.width, mask.height];
            }"""
        )
        masks.append(pixels(*mask)[..., 3] / 255)
        page.context.route("**/js/worker.js", _add_to_worker)
    assert 0 < np.abs(masks[0] - masks[1]).mean() < 5e-3


def _add_to_worker(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=response.text() + _WITHOUT_FLOATS)
