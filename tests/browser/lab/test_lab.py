"""The quality lab's page: the numbers of `pyselfie evaluate`, a table that sorts, a view with a slider, bad input."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from builder.site.fixtures import PEOPLE
from tests.browser.guard import Guard
from tests.browser.lab.lab_kit import COLOURS, COUNT_URLS, PIXEL, LabPage, command
from tests.browser.page.page_kit import OVERFLOW, encode
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


# How often a frame of a video has been taken. A film's is looked at up to 25 times until it is the right one.
COUNT_LOOKS = """() => {
  self.looks = 0;
  self.VideoFrame = class extends VideoFrame {
    constructor(...given) {
      super(...given);
      looks += 1;
    }
  };
}"""


@pytest.fixture(scope="module")
def lab(browser_for: Callable[..., Browser], origins: set[str], site: Server) -> Iterator[LabPage]:
    """Return the page, which all tests share; it may not throw, log an error or ask another origin."""
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    page: GuardedPage = context.new_page()  # type: ignore[assignment]
    yield LabPage(page, site.url)
    context.close()
    assert guard.faults() == []
    assert sent == [], "nothing leaves the device"


@pytest.fixture(scope="module")
def examples(lab: LabPage) -> LabPage:
    """Return the page with the project's own pictures measured."""
    lab.page.click("#example-button")
    return lab.finished()


@pytest.fixture
def portrait(astronaut: np.ndarray) -> tuple[bytes, np.ndarray]:
    """Return a small photo, and something that passes for its truth."""
    truth = np.zeros((120, 120), np.uint8)
    truth[30:, 20:85] = 255
    return encode(Image.fromarray(astronaut).resize((120, 120))), truth


def test_an_unused_page_is_accessible(lab: LabPage) -> None:
    """Nothing can be measured yet, nothing of the examples has been asked for, and axe finds nothing."""
    assert lab.page.is_disabled("#measure-button")
    asked = lab.page.evaluate("() => performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not [url for url in asked if "fixtures" in url]
    assert lab.axe() == []


@pytest.mark.parametrize("side", ["a", "b"])
def test_numbers_are_those_of_the_command(examples: LabPage, side: str, tmp_path: Path) -> None:
    """Of the project's own pictures, refined and raw: six lines, in the order of their names."""
    edges = {"a": "refined", "b": "raw"}[side]
    expected = command(tmp_path / "table.csv", PEOPLE / "images", PEOPLE / "masks", "--edges", edges)
    found = examples.table_of(side)
    assert [row["name"] for row in found] == [row["name"] for row in expected]
    for row, known in zip(found, expected, strict=True):
        for measure in ("iou", "boundary_f", "holes", "leak", "mad"):
            assert float(row[measure]) == pytest.approx(float(known[measure]), abs=2e-4), (row["name"], measure)


def test_table_sorts_by_its_headings(examples: LabPage) -> None:
    """The worst is first and shown; a heading sorts, by keyboard too, and again turns the order round."""
    page, worst_first = examples.page, examples.names()
    assert examples.view_name() == worst_first[0] == "p_hp_pair"
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    page.focus("button[data-order='iou a']")
    page.keyboard.press("Enter")
    examples.until(lambda: page.locator("th[aria-sort=descending]").count())
    assert examples.names() == worst_first[::-1]
    assert page.evaluate("document.activeElement.dataset.order") == "iou a"
    page.click("button[data-order=name]")
    examples.until(lambda: examples.names() == sorted(worst_first))


def test_view_shows_errors_and_masks_with_a_slider(examples: LabPage) -> None:
    """A click on a row shows it; errors are red and blue; the slider, by keyboard, goes from B alone to A alone."""
    page = examples.page
    page.click("tr[data-name=p_astronaut] td >> nth=0")
    examples.until(lambda: examples.view_name() == "p_astronaut")
    red, blue = page.evaluate(COLOURS)
    assert red > 20
    assert blue > 20
    page.focus("#split")
    page.keyboard.press("Home")
    only_b = page.evaluate(COLOURS)
    page.keyboard.press("End")
    only_a = page.evaluate(COLOURS)
    assert sum(only_b) > sum(only_a)  # raw edges are wrong in more places
    page.click(".segment:has([value=masks])")
    examples.until(lambda: page.locator("#view[data-kind=masks]").count())
    r, g, b, _ = page.evaluate(PIXEL, [0.45, 0.75])
    assert g > r  # the person is tinted
    assert b > r


def test_results_are_accessible_and_fit_a_phone(examples: LabPage) -> None:
    """Axe finds nothing in either scheme; at 360 px the table scrolls by itself, and the page doesn't."""
    page = examples.page
    assert examples.axe() == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    assert examples.axe() == []
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate("document.querySelector('#table-box').scrollWidth") > 360
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 720})


def test_bad_input_is_a_sentence_each_and_the_rest_is_measured(lab: LabPage, portrait: Any) -> None:
    """Another size, no picture, half of one, no partner, two of one name, labels of two kinds, a very large one.

    A mask of two colours is none of these: it counts by its brightness, as the command reads it.
    """
    photo, truth = portrait
    good = encode(truth)
    classes = Image.fromarray(truth // 255).convert("P")
    classes.putpalette([0, 0, 0, 128, 0, 0])
    large = encode(np.full((1000, 12_000, 3), 90, np.uint8)), encode(np.zeros((1000, 12_000), np.uint8))
    pictures = dict.fromkeys(("alone", "colours", "cut", "fine", "few", "palette", "short", "small", "twice"), photo)
    files = [(f"{name}.png", data) for name, data in pictures.items()]
    truths = {"cut": b"no picture", "fine": good, "few": encode(truth // 255), "palette": encode(classes)}
    truths |= {"colours": encode(np.dstack([truth, truth, truth * 0]))}
    truths |= {"small": encode(truth[:50]), "twice": good, "strange": good, "large": large[1]}
    truths |= {"short": good[: len(good) // 2]}
    lab.give(
        [*files, ("twice.jpg", photo), ("large.png", large[0])],
        [(f"{name}.png", data) for name, data in truths.items()],
    )
    lab.measure()
    assert sorted(lab.names()) == ["colours", "fine", "large"]
    assert lab.said() == "3 of 8 measured."
    sentences = lab.problems()
    for part in (
        "twice.jpg and twice.png have one name, and which of them counts cannot be told.",
        "One picture has no mask of the same name: alone.png.",
        "2 masks have no picture of the same name: strange.png, twice.png.",
        "“cut.png” is no picture or video that this browser can read",
        "“short.png” could not be decoded: it is damaged",
        "The mask of few has no level above 1, so it may have labels",
        "The mask of palette has labels, by its palette of colours, and no levels of grey.",
        "The mask of small is 120x50, but its picture is 120x120: a truth has the size of its picture.",
        "“large.png” is very large (12,000 ",
    ):
        assert [sentence for sentence in sentences if sentence.startswith(part)], (part, sentences)
    assert len(sentences) == 10  # of the large picture and of its mask


@pytest.mark.chromium("only its own protocol drops files of the system")
def test_folders_are_dropped_with_what_is_in_them(lab: LabPage, portrait: Any, tmp_path: Path) -> None:
    """Names are compared below the folder; hidden files don't count; beside both places it is told where to drop."""
    photo, truth = portrait
    for folder, data in (("photos", photo), ("truth", encode(truth))):
        for name in ("one.png", "sub/two.png", ".hidden.png"):
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    lab.page.evaluate("scrollTo(0, 0)")
    lab.drop(".top", tmp_path / "photos")
    lab.until(lambda: "Drop pictures on “Pictures”, and their masks on “Masks”." in lab.problems())
    for kind, folder in (("pictures", "photos"), ("truths", "truth")):
        lab.drop(f"#{kind}-place", tmp_path / folder)
        lab.page.locator(f"#{kind}-count", has_text="2 files, from one.png").wait_for()
    assert sorted(lab.measure().names()) == ["one", "sub/two"]
    assert lab.problems() == []


def test_many_pictures_go_one_by_one_to_the_end_or_until_stopped(lab: LabPage, astronaut: np.ndarray) -> None:
    """Of two hundred some are measured, shown and told when somebody presses Stop; and all when nobody does."""
    photo, mask = encode(astronaut[::32, ::32]), encode(np.full((16, 16), 255, np.uint8))
    lab.give([(f"{n}.png", photo) for n in range(200)], [(f"{n}.png", mask) for n in range(200)])
    for side in ("a", "b"):
        lab.choose(side, "landscape", "raw")
    lab.page.click("#measure-button")
    lab.until(lambda: len(lab.names()) > 1)
    assert "of 200" in lab.said()
    lab.page.click("#cancel-button")
    lab.finished()
    measured = len(lab.names())
    assert 1 < measured < 200
    assert lab.said() == f"Stopped: {measured} of 200 measured."
    lab.measure()
    assert lab.said() == "200 measured."
    assert set(lab.names()) == {str(n) for n in range(200)}
    lab.choose("a", "general", "refined")
    lab.choose("b", "general", "raw")
    lab.give([("one.png", photo)], [("other.png", mask)])
    assert lab.measure().names() == ["one"]


def test_two_models_are_compared(lab: LabPage, tmp_path: Path) -> None:
    """General against multiclass: both say who they are, and each has the command's numbers."""
    files = [next((PEOPLE / folder).glob("p_astronaut.*")) for folder in ("images", "masks")]
    lab.give(*([(path.name, path.read_bytes())] for path in files))
    lab.choose("b", "multiclass", "refined")
    lab.measure()
    for side, model in (("a", "general"), ("b", "multiclass")):
        assert lab.page.inner_text(f"[data-made-by={side}]") == f"{model} model, refined edges"
        [known] = command(tmp_path / "table.csv", *files, "--model", model)
        [row] = lab.table_of(side)
        for measure in ("iou", "boundary_f", "holes", "leak", "mad"):
            assert float(row[measure]) == pytest.approx(float(known[measure]), abs=2e-4), (model, measure)
    lab.choose("b", "general", "raw")
    assert lab.problems() == []


def test_a_video_is_measured_with_the_video_of_its_masks(lab: LabPage, astronaut: np.ndarray, tmp_path: Path) -> None:
    """Frame by frame, at its own rate; the measures of time have a table of their own."""
    frames = scenes(astronaut, (240, 160), 12)
    masks = [np.dstack([(frame != frames[0][0, -1]).any(-1).astype(np.uint8) * 255] * 3) for frame in frames]
    film, truth = (
        write_film(tmp_path / name, part, sound=None) for name, part in (("f.webm", frames), ("m.webm", masks))
    )
    lab.give([("f.webm", film.read_bytes())], [("m.webm", truth.read_bytes())])
    lab.page.evaluate(COUNT_LOOKS)
    lab.measure()
    assert lab.page.evaluate("looks") < 12 * 2 * 12, "no frame is looked for until patience ends"
    assert lab.said() == "12 measured, at about 24 a second."
    assert sorted(lab.names()) == sorted(f"frame {number}" for number in range(1, 13))
    expected = command(tmp_path / "table.csv", film, truth)
    found = lab.table_of("a")
    assert [row["name"] for row in found] == [row["name"] for row in expected]
    # Chromium's decoder differs by 0.005, Firefox's by 0.012, neighbouring frames by up to 0.07
    for row, known in zip(found, expected, strict=True):
        assert float(row["mad"]) == pytest.approx(float(known["mad"]), abs=0.02), row["name"]
    assert lab.page.locator("#clip-table tbody th").all_inner_texts()[0] == "dtSSD x1e2"
    assert lab.page.inner_text("[data-made-by=a]") == "general model, refined edges, smoothing 0.85"
    assert lab.problems() == []


def test_a_video_that_fits_nothing_is_a_sentence(lab: LabPage, astronaut: np.ndarray, tmp_path: Path) -> None:
    """One that cannot be read, one among pictures, and a mask video of another size; no file is held after it."""
    lab.page.evaluate(COUNT_URLS)
    film = write_film(tmp_path / "f.webm", scenes(astronaut, (240, 160), 2), sound=None).read_bytes()
    other = write_film(tmp_path / "o.webm", scenes(astronaut, (200, 160), 2), sound=None).read_bytes()
    for pictures, truths, sentence in (
        ([("f.webm", b"nothing")], [("m.webm", film)], "“f.webm” is not a video this browser can read"),
        ([("f.webm", film), ("a.webm", film)], [("m.webm", film)], "A video is measured alone"),
        ([("f.webm", film)], [("m.webm", other)], "The mask video is 200 "),
    ):
        lab.give(pictures, truths)
        lab.page.click("#measure-button")
        lab.until(lambda: lab.is_idle() and lab.problems())
        assert [told[: len(sentence)] for told in lab.problems()] == [sentence]
        assert lab.page.evaluate("urls.size") == 0


def test_an_engine_that_did_not_start_is_tried_again(
    launch: Callable[..., GuardedPage], site: Server, portrait: Any
) -> None:
    """One sentence says what is missing; the next Measure starts anew."""
    page = launch()
    page.expected_errors.append("net::ERR_FAILED")
    page.route("**/python/pyselfie-*", lambda route: route.abort())
    lab = LabPage(page, site.url)
    lab.until(lambda: page.inner_text("#status-text") == "Stopped")
    assert [re.sub(r"-[0-9.]+zip", "-*", told)[:54] for told in lab.problems()] == [
        "python/pyselfie-* could not be downloaded: no answer f"
    ]
    page.unroute_all()
    photo, truth = portrait
    lab.give([("a.png", photo)], [("a.png", encode(truth))])
    assert lab.measure().names() == ["a"]
    assert lab.problems() == []
