"""A wrong value gets the same sentence on every way into a page; the option's name is as it's written there."""

import json
import re
from urllib.parse import urlencode

import pytest

from pyselfie.core.option import unknown_option
from pyselfie.core.options import option_named, way_in
from tests.bad_options import BAD, CASES, sentence
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.page.page_kit import open_demo
from tests.browser.track.track_kit import CANVAS_TRACK

TAG = f'<selfie-segmentation id="s" src="{SAMPLE}" model-selection=0></selfie-segmentation>'
JS_NAMES = {option: option_named(option).js_name for option in BAD}
ATTRIBUTES = {option: option_named(option).attribute for option in BAD}
PAGE_NAMES = {**ATTRIBUTES, "model_selection": "model"}
TOLD = [(option, value) for option, value in CASES if "\n" not in str(value)]


def expected(names, cases, next_=""):
    """Return the sentences about these cases in a way with these names."""
    return [f"{sentence(names.get(option, option), option, value)}{next_}" for option, value in cases]


def test_element(launch, site):
    """Attribute and property: an `error` event each, and the last good value stays."""
    page = ElementPage(launch(), site.url, TAG)
    told = page.run(
        """async (cases) => {
          const element = document.getElementById("s");
          const told = [];
          const once = (change) => new Promise((done) => {
            const hear = ({ detail }) => done(told.push([detail.code, detail.message]));
            element.addEventListener("error", hear, { once: true });
            change();
          });
          for (const [attribute, , value] of cases) await once(() => element.setAttribute(attribute, String(value)));
          for (const [attribute] of cases) element.removeAttribute(attribute);
          for (const [, name, value] of cases) await once(() => { element[name] = value; });
          return told;
        }""",
        [[ATTRIBUTES[option], JS_NAMES[option], value] for option, value in CASES],
    )
    assert {code for code, _ in told} == {"option"}
    stays = "; the last one stays."
    assert [message for _, message in told] == expected(ATTRIBUTES, CASES, stays) + expected(JS_NAMES, CASES, stays)


def test_track(launch, site):
    """With the track, and later: an `error` event each; an unknown name throws."""
    page = ElementPage(launch(), site.url, "")
    told = page.run(
        f"""async ([url, cases]) => {{
          const {{ processTrack }} = await import(url);
          const told = [];
          const source = ({CANVAS_TRACK})(false);
          const note = ({{ detail }}) => told.push([detail.code, detail.message]);
          const hear = (track) => track.addEventListener("error", note);
          for (const [name, value] of cases) {{
            const track = processTrack(source.clone(), {{ [name]: value }});
            hear(track);
            await null;
            track.stop();
          }}
          const track = processTrack(source, {{}});
          hear(track);
          for (const [name, value] of cases) track.setOptions({{ [name]: value }});
          await null;
          try {{ track.setOptions({{ foo: 1 }}); }} catch ({{ message }}) {{ told.push(["thrown", message]); }}
          track.stop();
          return told;
        }}""",
        [f"{site.url}pyselfie.js", [[JS_NAMES[option], value] for option, value in CASES]],
    )
    assert told.pop() == ["thrown", unknown_option("foo", [option.js_name for option in way_in("change")])]
    assert {code for code, _ in told} == {"option"}
    assert [message for _, message in told] == 2 * expected(JS_NAMES, CASES, "; the last one stays.")


def test_widget_messages(launch, site):
    """A message of the wrong type is refused, another wrong value is told by the element: the same core."""
    page = launch()
    page.goto(f"{site.url}widget.html?src={SAMPLE}")
    told = page.evaluate(
        """async (cases) => {
          const { readRequest } = await import("./js/widget/protocol.js");
          const picture = document.getElementById("picture");
          const told = [];
          for (const [name, value] of cases) {
            try {
              const { options } = readRequest({ pyselfie: 1, type: "set", options: { [name]: value } });
              const heard = new Promise((done) => picture.addEventListener("error", done, { once: true }));
              Object.assign(picture, options);
              told.push((await heard).detail.message);
            } catch ({ message }) {
              told.push(message);
            }
          }
          return told;
        }""",
        [[JS_NAMES[option], value] for option, value in CASES],
    )
    assert [re.split("; (?:null|the last)", message)[0] for message in told] == expected(JS_NAMES, CASES)


@pytest.mark.parametrize(("option", "value"), [TOLD[0], TOLD[4], TOLD[-1]])
def test_widget_address(launch, site, option, value):
    """What the element says is shown, with the address's name of the option."""
    page = launch()
    page.goto(f"{site.url}widget.html?" + urlencode({"src": SAMPLE, ATTRIBUTES[option]: value}))
    shown = json.dumps(sentence(ATTRIBUTES[option], option, value))
    page.wait_for_function(f"() => document.getElementById('message').textContent.includes({shown})")


def test_page_address(launch, site):
    """The demo's URL: a notice each, and the usual value is used."""
    demo = open_demo(launch, site, "")
    on_page = {option.name for option in way_in("page")}
    cases = [(option, value) for option, value in CASES if option in on_page]
    told = demo.page.evaluate(
        """async (searches) => {
          const { readUrlOptions } = await import("./js/page/url_options.js");
          return searches.map((search) => readUrlOptions(search).complaints[0]);
        }""",
        [urlencode({PAGE_NAMES.get(option, option): value}) for option, value in cases],
    )
    assert told == expected(PAGE_NAMES, cases, "; the usual one is used.")


def test_a_flag_that_is_on_by_default(launch, site):
    """Only `false` turns it off: as attribute, as property, in the widget's address, and as what the engine is told."""
    page = ElementPage(launch(), site.url, '<selfie-segmentation id="s"></selfie-segmentation>')
    told = page.run(
        """async (url) => {
          const { optionsOf } = await import(`${url}js/element/settings.js`);
          const { readWidgetQuery } = await import(`${url}js/widget/query.js`);
          const element = document.getElementById("s");
          const toEngine = () => optionsOf(element).options.decontaminate;
          const now = () => [element.getAttribute("decontaminate"), element.decontaminate, toEngine()];
          const told = [now()];
          for (const text of ["", "false", "true"]) told.push((element.setAttribute("decontaminate", text), now()));
          for (const value of [false, true, false, null]) told.push(((element.decontaminate = value), now()));
          for (const query of ["decontaminate", "decontaminate=false", "paused=false"])
            told.push(readWidgetQuery(query).attributes);
          return told;
        }""",
        site.url,
    )
    on, off = [None, True, True], ["false", False, False]
    assert told[:8] == [on, ["", True, True], off, ["true", True, True], off, ["", True, True], off, on]
    assert told[8:] == [{"decontaminate": ""}, {"decontaminate": "false"}, {"paused": "false"}]
