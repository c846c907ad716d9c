"""Values that nobody should pass: each gets one sentence, and the page goes on."""

import pytest

from builder.serving.serve import Server
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.legacy.legacy_kit import open_page
from tests.browser.track.track_kit import CANVAS_TRACK
from tests.browser.widget.widget_kit import HOST, HOST_POLICY

LONGEST = 300
RAW = ("Cannot convert", "TypeError: Cannot", "Maximum call stack", "revoked", "is not a function", "is not iterable")

CLONABLE = """() => {
  const cyclic = { name: "cyclic" };
  cyclic.self = cyclic;
  let deep = [];
  for (let level = 0; level < 1000; level++) deep = [deep];
  return [
    { toString: 1 }, { toString: 1, valueOf: 1 }, { toString: null, constructor: 1 }, Object.create(null), cyclic,
    [cyclic], deep, "x".repeat(3_000_000), "\\ud800", "a\\nb", "\\u202e", "", new Error("error"),
    new Map([["toString", 1]]), new Set([1]), /x/, new Date(NaN), new ArrayBuffer(8), new Float32Array(3), new Array(9),
    new String("text"), [{}], 10n ** 3000n, NaN, Infinity, -0.5, 1e300, { strength: 1 }, JSON.parse('{"__proto__": 1}'),
  ];
}"""
"""Function: what `postMessage` can carry."""

LOCAL = """() => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const fail = () => { throw new Error("provoked"); };
  return [
    Symbol("symbol"), Symbol.iterator, revoked.proxy, { toString: fail }, { [Symbol.toPrimitive]: fail },
    { get [Symbol.toStringTag]() { return fail(); }, toString: fail }, { toString: () => ({}), valueOf: () => ({}) },
    { [Symbol.toStringTag]: "constructor" }, { [Symbol.toStringTag]: "x".repeat(100_000) },
    new Proxy({}, { get: fail }), () => "function", class Odd {}, globalThis.document?.createElement("b"),
  ];
}"""
"""Function: what only a script of the same page can pass."""


def check(sentences):
    """Check that each is a sentence for people: one line, not long, nothing of the interpreter's own."""
    for sentence in sentences:
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence
        assert len(sentence) < LONGEST, sentence
        assert not [raw for raw in RAW if raw in sentence], sentence


@pytest.fixture
def host(launch, site, origins, tmp_path):
    """Return another site's page with a widget that has no source."""
    with Server(tmp_path, isolation=False, headers={"Content-Security-Policy": HOST_POLICY}) as other:
        origin = other.url.rstrip("/")
        origins.add(origin)
        (tmp_path / "host.html").write_text(HOST % f"{site.url}widget.html?origins={origin}")
        page = launch()
        page.goto(f"{other.url}host.html")
        page.wait_for_function("() => heard.some(({ data }) => data.type === 'hello')")
        yield page


def test_widget_answers_odd_messages(host):
    """Version, id, type, options and each option's value: every message gets its answer, and the last one a state."""
    sent = host.evaluate(
        f"""() => {{
          const odd = ({CLONABLE})();
          const options = ["strength", "effect", "modelSelection", "mirror", "paused", "colour"];
          const send = (message) => frame.contentWindow.postMessage(message, "*");
          let id = 0;
          for (const value of odd) {{
            send(value);
            send({{ pyselfie: value, id: ++id, type: value }});
            send({{ pyselfie: 1, id: value, type: "explode" }});
            send({{ pyselfie: 1, id: ++id, type: value }});
            send({{ pyselfie: 1, id: ++id, type: "set", options: value }});
            for (const name of options) send({{ pyselfie: 1, id: ++id, type: "set", options: {{ [name]: value }} }});
          }}
          send({{ pyselfie: 1, id: "last", type: "state" }});
          return [id, odd.length];
        }}"""
    )
    host.wait_for_function(
        "() => heard.some(({ data }) => data.id === 'last' && data.type === 'state')", timeout=45_000
    )
    answers = host.evaluate("heard.map(({ data }) => [data.type, data.id ?? null, data.code, data.message])")
    asked, odd = sent
    assert {answer[1] for answer in answers} >= set(range(1, asked + 1))
    errors = [answer for answer in answers if answer[0] == "error"]
    assert {code for _, _, code, _ in errors} == {"protocol"}
    assert len(errors) > 5 * odd
    check([message for _, _, _, message in errors])


def test_element_tells_odd_properties(launch, site):
    """Values that no attribute can have: an `error` each, nothing is thrown, and the picture still changes."""
    page = ElementPage(
        launch(),
        site.url,
        f'<selfie-segmentation id="s" src="{SAMPLE}" model-selection=0></selfie-segmentation>',
    )
    page.page.expected_errors += ["404", "MIME type"]
    page.wait("frame")
    told = page.run(
        f"""async () => {{
          const element = document.getElementById("s");
          const told = [];
          const set = (name, value) => new Promise((done, failed) => {{
            element.addEventListener("error", ({{ detail }}) => done(told.push(detail.message)), {{ once: true }});
            setTimeout(failed, 10_000, new Error(`nobody said that ${{name}} is wrong; told: ${{told.length}}`));
            element[name] = value;
          }});
          const local = ({LOCAL})();
          const odd = [...local, ...({CLONABLE})()];
          for (const name of ["effect", "strength", "modelSelection", "fit"]) {{
            for (const value of odd) if (!isFine(name, value)) await set(name, value);
            element[name] = null;
          }}
          for (const name of ["backend", "painter", "camera", "background", "src", "site"]) {{
            for (const value of [local[0], local[2], local[3]]) await set(name, value);
            if (name === "site") await set(name, "x".repeat(3_000_000));
            element[name] = null;
          }}
          for (const value of odd) Object.assign(element, {{ mirror: value, paused: value }});
          Object.assign(element, {{ mirror: false, paused: false, src: "{SAMPLE}", effect: "mask" }});
          return told;
          function isFine(name, value) {{
            return name === "fit" && value === "";
          }}
        }}"""
    )
    assert len(told) > 150
    check(told)
    after = page.position()
    page.wait("frame", after=after)


def test_site_is_text_or_a_url(launch, site):
    """`setSite`, `support` and `preload` refuse all else in one sentence, and the place is what it was."""
    page = ElementPage(launch(), site.url, "")
    told, odd = page.run(
        f"""async () => {{
          const {{ setSite, support, preload }} = await import("./pyselfie.js");
          const told = [];
          const strange = ["", "http://[", "data:text/html,x", "x".repeat(3_000_000), 5, true];
          const odd = [...({LOCAL})(), ...({CLONABLE})().filter((value) => typeof value !== "string"), ...strange];
          for (const value of odd) {{
            for (const use of [setSite, (site) => support({{ site }}), (site) => preload({{ site }})]) {{
              try {{
                await use(value);
              }} catch ({{ name, message }}) {{
                told.push(`${{name}}: ${{message}}`);
              }}
            }}
          }}
          document.body.innerHTML = '<selfie-segmentation id="s" src="{SAMPLE}" model-selection=0>';
          return [told, odd.length];
        }}"""
    )
    assert len(told) == 3 * odd
    check(told)
    assert all("The site is " in sentence for sentence in told)
    page.wait("frame")


def test_track_refuses_odd_values(launch, site):
    """As source, as options, as an option's name or value: one sentence each; then a track works."""
    page = ElementPage(launch(), site.url, "")
    thrown = page.run(
        f"""async () => {{
          const {{ processTrack }} = await import("./pyselfie.js");
          const camera = ({CANVAS_TRACK})(true);
          const odd = [...({LOCAL})(), ...({CLONABLE})()];
          const isPlain = (value) => ["string", "number", "boolean"].includes(typeof value);
          const thrown = [];
          const tell = (use) => {{
            try {{
              use();
              thrown.push("It passed.");
            }} catch ({{ name, message }}) {{
              thrown.push(`${{name}}: ${{message}}`);
            }}
          }};
          const changes = ["effect", "background", "strength", "mirror", "modelSelection"];
          for (const value of odd) {{
            tell(() => processTrack(value));
            if (typeof value !== "object") tell(() => processTrack(camera, value));
            if (typeof value === "string") tell(() => processTrack(camera, {{ [value]: 1 }}));
            for (const name of ["onFailure", "stopSource"]) tell(() => processTrack(camera, {{ [name]: value }}));
            if (isPlain(value)) continue;
            for (const name of [...changes, "site", "backend"]) tell(() => processTrack(camera, {{ [name]: value }}));
          }}
          self.track = processTrack(camera, {{ effect: "fill" }});
          self.told = [];
          track.addEventListener("error", ({{ detail }}) => told.push(detail.message));
          for (const value of odd.filter((value) => !isPlain(value))) {{
            for (const name of changes) tell(() => track.setOptions({{ [name]: value }}));
          }}
          for (const value of odd.filter((value) => typeof value === "string")) track.setOptions({{ effect: value }});
          return thrown;
        }}"""
    )
    assert len(thrown) > 400
    check(thrown)
    assert all(sentence.startswith("TypeError: ") for sentence in thrown)
    page.page.wait_for_function("() => told.length >= 5 && track.metrics.frames > 0", timeout=60_000)
    check(page.run("told"))


def test_legacy_api_tells_odd_options(launch, site):
    """Each is refused by the next call in one sentence; afterwards the segmenter works."""
    page = launch()
    open_page(page, site.url)
    page.evaluate("() => { self.segmenter = new SelfieSegmentation(); }")
    for option in ("selfieMode", "modelSelection"):
        ends = page.evaluate(
            f"""async (name) => {{
              const ends = [];
              for (const value of [...({LOCAL})(), ...({CLONABLE})()]) {{
                segmenter.setOptions({{ [name]: value }});
                ends.push(await outcome(segmenter.initialize()));
              }}
              return [ends, await outcome(segmenter.send({{ image: plain("#f00") }}))];
            }}""",
            option,
        )
        assert ends[1] == "fine"
        check([f"{end}." for end in ends[0]])
        assert all(end.startswith(f"TypeError: {option} is ") for end in ends[0])


def test_legacy_api_tells_odd_arguments(launch, site):
    """Of `setOptions`, `send`, `onResults` and the constructor: one sentence each, and the segmenter works."""
    page = launch()
    open_page(page, site.url)
    ends = page.evaluate(
        f"""async () => {{
          const {{ SelfieSegmentation: Real }} = await import("./js/mediapipe/index.js");
          const segmenter = new Real();
          const ends = [];
          for (const value of [...({LOCAL})(), ...({CLONABLE})()]) {{
            ends.push(await outcome(segmenter.send({{ image: value }})));
            if (typeof value !== "function") {{
              for (const use of [() => new Real({{ locateFile: value }}), () => value && segmenter.onResults(value)]) {{
                try {{ use(); }} catch (error) {{ ends.push(`${{error.name}}: ${{error.message}}`); }}
              }}
            }}
            segmenter.setOptions(value);
            ends.push(await outcome(segmenter.initialize()));
          }}
          return [ends.filter((end) => end !== "fine"), await outcome(segmenter.send({{ image: plain("#f00") }}))];
        }}"""
    )
    assert ends[1] == "fine"
    assert len(ends[0]) > 100
    check(ends[0])
