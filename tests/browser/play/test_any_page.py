"""The editor on a page of somebody else's: it does what the playground's does, and neither knows the other's styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.browser.guard import Guard
from tests.browser.play.play_kit import NEGATIVE, RED, Play
from tests.browser.waiting import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

# What docs/deploy.md calls enough: nothing for styles.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self' blob:; img-src 'self' blob:; media-src 'self' blob:"
)
ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
HOST = """<!doctype html><html lang=en><title>Somebody's page</title>
<meta name=viewport content="width=device-width, initial-scale=1">
<main>
<h1 id=code-title class=quiet>A page</h1>
<selfie-segmentation id=stage aria-label="A portrait" src="samples/astronaut.jpg" effect=none painter=canvas2d
 model-selection=1></selfie-segmentation>
<p class=printed>Its own <button class=button>button</button></p>
<section id=own hidden></section>
</main>"""
MOUNT = """async (options) => {
  const { mountEditor } = await import(new URL("pyselfie.js", location.href).href);
  self.told = [];
  const onChange = (written) => told.push(written);
  self.endEditor = await mountEditor(document.getElementById("own"), stage, { ...options, onChange });
}"""
HOSTILE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :root { --text: red; --surface: red; --accent: red; --code-back: red; --radius-small: 40px; }
    div { color: red; font: italic 40px serif; text-transform: uppercase; letter-spacing: 1em; }
    .button, .editor, .bench, .mistake, #editor, #running { display: none; }
  `);
  document.adoptedStyleSheets = [sheet];
}"""
LOOK = """(names) => {
  const root = document.querySelector("#own > div").shadowRoot;
  const text = root.querySelector("#editor").shadowRoot.querySelector(".cm-content");
  return [...names.map((name) => root.querySelector(name)), text].map((element) => {
    const found = getComputedStyle(element);
    const names = ["display", "color", "backgroundColor", "font", "textTransform", "letterSpacing", "borderRadius"];
    return names.map((name) => found[name]);
  });
}"""
# Sizes may change: the page has got longer, and perhaps a scroll bar.
OWN_LOOK = """() => {
  const sizes = /^(block|height|inline|perspective|transform|width)/;
  return [...document.querySelectorAll("html, body, #code-title, .printed, .printed .button")].map((element) => {
    const found = getComputedStyle(element);
    const names = Array.from(found).filter((name) => !sizes.test(name));
    return names.map((name) => `${name}: ${found.getPropertyValue(name)}`);
  });
}"""
# Listeners of pyselfie's scripts, and not of Playwright's, at what outlives the editor. In Firefox CodeMirror leaves
# two empty ones at the document, for `copy` and `cut`, whatever the number of editors.
LISTENERS = """{
  self.held = [];
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const outlives = (target) => target === self || target === document || target.id === "stage"
    || target instanceof MediaQueryList;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? self;
    add.call(target, type, listener, options);
    if (!outlives(target) || !new Error().stack.includes("/js/")) return;
    if (target === document && ["copy", "cut"].includes(type) && /^\\(\\)\\s*=>\\s*\\{\\s*\\}$/.test(listener)) return;
    const one = { target, type, listener };
    held.push(one);
    const drop = () => (held = held.filter((other) => other !== one));
    if (options?.signal) add.call(options.signal, "abort", drop);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const target = this ?? self;
    remove.call(target, type, listener, options);
    held = held.filter((one) => one.target !== target || one.type !== type || one.listener !== listener);
  };
}"""
HELD = "() => held.map(({ target, type }) => `${target.constructor.name} ${type}`).sort()"
ENDS = """async (source) => {
  const { mountEditor } = await import(new URL("pyselfie.js", location.href).href);
  const told = [];
  const selfie = Object.assign(new EventTarget(), { setEffect: (text) => told.push(text), setEffectValues() {} });
  const section = document.createElement("section");
  document.body.append(section);
  const onChange = () => told.push("changed");
  const first = await mountEditor(section, selfie, { source, onChange });
  const end = await mountEditor(section, selfie, { source: "second", onChange });
  first(); // it has ended already
  const editors = section.childElementCount;
  const text = section.firstElementChild.shadowRoot.querySelector("#editor").shadowRoot.querySelector(".cm-content");
  text.dispatchEvent(new InputEvent("beforeinput", { inputType: "insertText", data: "a\\nb", cancelable: true }));
  end();
  await new Promise((resolve) => setTimeout(resolve, 600)); // what was typed would have run by then
  for (const type of ["effect", "stats", "error"]) {
    const detail = new Proxy({}, { get: () => told.push("heard") });
    selfie.dispatchEvent(new CustomEvent(type, { detail }));
  }
  section.remove();
  return [told, editors, section.childElementCount, section.hidden];
}"""
WRONG = """async () => {
  const { mountEditor } = await import(new URL("pyselfie.js", location.href).href);
  const selfie = document.getElementById("stage");
  const ways = [
    [null, selfie], ["#own", selfie], [document.body, document.body], [document.body, null],
    [document.body, selfie, { source: new URL(location.href) }], [document.body, selfie, { values: 3 }],
    [document.body, selfie, { onChange: "tell" }],
  ];
  const said = [];
  for (const way of ways) said.push(await mountEditor(...way).catch(({ name, message }) => `${name}: ${message}`));
  return said;
}"""
CONTROLS = """
from typing import Annotated
import numpy as np
from pyselfie import Range

def effect(frame, mask, time, level: Annotated[int, Range(0, 200)] = 10, inverted: bool = False):
    print("level", level)
    return np.full_like(frame, 255 - level if inverted else level)
"""
STUCK = "def effect(frame, mask, time):\n    while True:\n        pass\n"


class Foreign(Play):
    """A page of somebody else's, with an element and an editor."""

    def __init__(self, page: GuardedPage, site: Server, **options: Any) -> None:
        self.page = page
        page.set_default_timeout(WAIT_MS)
        page.add_init_script(LISTENERS)
        headers = {"Content-Type": "text/html", "Content-Security-Policy": POLICY, **ISOLATION}
        page.route("**/host.html", lambda route: route.fulfill(body=HOST, headers=headers))
        page.goto(f"{site.url}host.html")
        page.evaluate("async () => { await import(new URL('pyselfie.js', location.href).href); }")
        self.until(lambda: page.evaluate("stage.matches(':state(painted)')"))
        self.own_look, self.held = page.evaluate(OWN_LOOK), page.evaluate(HELD)
        page.evaluate(MOUNT, options)

    def _says(self) -> str:
        return f"the page says: {self.page.inner_text('#own')!r}"


@pytest.fixture(scope="module")
def foreign(site: Server, browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str]) -> Iterator[Foreign]:
    """Return one page for all tests of this file; none relies on another's text."""
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    opened = Foreign(cast("GuardedPage", context.new_page()), site, source=RED)
    opened.wait_state("good")
    yield opened
    context.close()
    assert guard.faults() == []


def test_what_is_typed_is_painted_and_mistakes_have_their_line(foreign: Foreign) -> None:
    """The text runs a moment after the last key; a mistake's line is marked, and the last good one goes on."""
    foreign.run(RED)
    foreign.wait_colour((200, 0, 0))
    foreign.write(RED.replace("(200, 0, 0)", "(0, 0, 200)"))
    foreign.wait_colour((0, 0, 200))
    foreign.write(RED.replace("return", "retrun"))
    assert "SyntaxError" in foreign.wait_mistake("line 4")
    assert foreign.state() == "old"
    assert foreign.page.locator("#editor .cm-gutter-lint .cm-lint-marker-error").count() == 1
    foreign.page.click("#mistake-line")
    assert foreign.page.inner_text("#editor .cm-lineNumbers .cm-activeLineGutter") == "4"
    foreign.wait_colour((0, 0, 200))


def test_controls_console_and_cost_are_there(foreign: Foreign) -> None:
    """A slider and a switch change the picture, what is printed is shown; the page is told what to keep."""
    page = foreign.page
    foreign.run(CONTROLS)
    foreign.wait_colour((10, 10, 10))
    foreign.until(lambda: "level 10" in page.inner_text("#printed-text"))
    page.focus("#parameter-level")
    page.keyboard.press("End")
    foreign.wait_colour((200, 200, 200))
    foreign.until(lambda: "level 200" in page.inner_text("#printed-text"))
    page.check("#parameter-inverted")
    foreign.wait_colour((55, 55, 55))
    assert page.evaluate("told.at(-1)") == {"source": CONTROLS, "values": {"level": 200, "inverted": True}}
    assert page.inner_text("#way") == "Full size: sees every pixel; Canvas 2D paints it"
    foreign.until(lambda: page.inner_text("#cost").endswith("ms for this picture"))
    page.click("#defaults-button")
    foreign.wait_colour((10, 10, 10))
    page.click("#clear-button")
    foreign.run(NEGATIVE)
    foreign.until(lambda: page.locator("#parameters input").count() == 0)


def test_what_does_not_return_can_be_stopped(foreign: Foreign) -> None:
    """The editor offers it as the playground does, and the last good effect goes on."""
    foreign.run(RED)
    foreign.wait_colour((200, 0, 0))
    assert "hasn't returned for 3 s" in foreign.run_and_stop(STUCK)
    foreign.until(lambda: foreign.state() == "old" and "hasn't returned" not in foreign.mistake())
    focused = "document.querySelector('#own > div').shadowRoot.activeElement.id"
    assert foreign.page.evaluate(focused) == "run-button"
    foreign.wait_colour((200, 0, 0))


def test_it_completes(foreign: Foreign) -> None:
    """The list of NumPy's names comes from where pyselfie's files are."""
    foreign.write("import numpy as np\nnp.cli")
    foreign.page.keyboard.type("p")
    foreign.page.locator("#editor .cm-tooltip-autocomplete li").first.wait_for()
    assert foreign.page.locator("#editor .cm-tooltip-autocomplete li").all_inner_texts() == ["clip(a, a_min, a_max)"]
    foreign.page.keyboard.press("Escape")


def test_neither_knows_the_others_styles(foreign: Foreign) -> None:
    """The page looks as before the editor came, and the editor as on a page without styles."""
    page = foreign.page
    assert page.evaluate(OWN_LOOK) == foreign.own_look
    names = ["#bench", "#run-button", "#editor", "#running", "#printed-text", "h2", ".hint-line"]
    before = page.evaluate(LOOK, names)
    page.evaluate(HOSTILE)
    assert page.evaluate("getComputedStyle(document.querySelector('#own > div')).color") == "rgb(255, 0, 0)"
    assert page.evaluate(LOOK, names) == before
    page.evaluate("document.adoptedStyleSheets = []")


@pytest.mark.parametrize("width", [1280, 360])
def test_it_is_for_everybody(foreign: Foreign, width: int) -> None:
    """With controls, a mistake and lines in the console axe finds nothing, and nothing is wider than the page."""
    foreign.page.set_viewport_size({"width": width, "height": 740})
    foreign.run(CONTROLS)
    foreign.until(lambda: "level 10" in foreign.page.inner_text("#printed-text"))
    foreign.run(CONTROLS + "x = = 1\n")
    foreign.wait_mistake("SyntaxError")
    assert foreign.axe() == []
    assert foreign.page.evaluate("document.documentElement.scrollWidth") <= width


def test_wrong_arguments_are_one_sentence(foreign: Foreign) -> None:
    """What came, and what has to; nothing is put anywhere."""
    who = "TypeError: mountEditor takes the element that it puts the editor into, and the <selfie-segmentation> "
    *others, source, values, tell = foreign.page.evaluate(WRONG)
    assert [said.startswith(who) for said in others] == [True] * 4
    assert source == "TypeError: The editor's source is [object URL], but it has to be Python's text."
    assert values == "TypeError: The editor's values are 3, but they have to be an object of parameters."
    assert tell == "TypeError: The editor's onChange is “tell”, but it has to be a function."
    assert foreign.page.locator("h1").count() == 1


def test_an_editor_that_has_ended_hears_and_says_nothing(foreign: Foreign) -> None:
    """Another one takes its place; what was typed last does not run after the end; the section is as it was."""
    told, editors, left, is_hidden = foreign.page.evaluate(ENDS, "first")
    assert told == ["first\n", "second\n"]
    assert (editors, left, is_hidden) == (1, 0, True)


def test_it_leaves_no_listener_and_the_effect_goes_on(site: Server, launch: Callable[..., GuardedPage]) -> None:
    """At window, document and element there is what was there before; with no source it begins with one to change."""
    foreign = Foreign(launch(), site)
    foreign.wait_state("good")
    assert "strength: float = 0.9" in foreign.text()
    foreign.page.focus("#parameter-strength")
    foreign.run(RED)
    foreign.wait_colour((200, 0, 0))
    with_editor = foreign.page.evaluate(HELD)
    assert len(with_editor) > len(foreign.held)
    foreign.page.evaluate("endEditor()")
    assert foreign.page.evaluate(HELD) == foreign.held
    assert foreign.page.locator("#own > *").count() == 0
    assert foreign.page.is_hidden("#own")
    foreign.wait_colour((200, 0, 0))
