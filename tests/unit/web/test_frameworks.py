"""What React, Vue and Svelte get, where there is no page: in Node, where touching one ends a test."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from builder.paths import CACHE, NODE_MODULES, ROOT
from tests.unit.web.node_kit import run_node

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "examples"
ESBUILD = shutil.which("esbuild", path=str(NODE_MODULES / ".bin")) or "esbuild"

_REACT = """
const { createElement: h, StrictMode } = await import("react");
const { renderToString } = await import("react-dom/server");
const { PySelfie, useProcessedTrack } = await import(`${web}/react.js`);
function Call() {
  return h("output", null, JSON.stringify(useProcessedTrack(null, { effect: "blur" })));
}
const tell = (props) => renderToString(h(PySelfie, props, "Just a moment"));
say([renderToString(h(StrictMode, null, h(Call))), ...all.map(tell)]);
"""

_VUE = """
const { createSSRApp, h } = await import("vue");
const { renderToString } = await import("vue/server-renderer");
const { PySelfie, useProcessedTrack } = await import(`${web}/vue.js`);
const none = { get camera() { throw new Error("a server has no camera") } };
const Call = {
  setup() {
    const { track, ready, error } = useProcessedTrack(() => none.camera, { effect: "blur" });
    return () => h("output", JSON.stringify({ track: track.value, ready: ready.value, error: error.value }));
  },
};
const render = (component, props, slots) => renderToString(createSSRApp({ render: () => h(component, props, slots) }));
const tell = (props) => render(PySelfie, props, () => "Just a moment");
say(await Promise.all([render(Call), ...all.map(tell)]));
"""

_SVELTE = """
const { compile } = await import("svelte/compiler");
const { render } = await import("svelte/server");
const { readFileSync, writeFileSync } = await import("node:fs");
await import(`${web}/pyselfie.js`);
const photo = ['import photo from "../astronaut.jpg"', 'const photo = "astronaut.jpg"'];
const source = readFileSync(all[0], "utf8").replace(...photo);
writeFileSync(all[1], compile(source, { generate: "server", name: "App" }).js.code);
const { default: App } = await import(all[1]);
say(render(App).body);
"""

PROPS = {"effect": "blur", "camera": True, "mirror": True, "modelSelection": "general", "strength": 0.3}
"""What a page may ask for."""


@pytest.mark.parametrize(("script", "on"), [(_REACT, ""), (_VUE, "true")], ids=["react", "vue"])
def test_a_server_renders_the_tag(script: str, on: str) -> None:
    """Props become attributes as the browser's parser takes them, the content stays, and a track waits for the page."""
    listened = {"onReady": None, "aria-label": "You", "decontaminate": False}
    call, one, other = run_node(script, [PROPS, listened | {"mirror": False, "camera": False, "src": None}])
    assert call == '<output>{"track":null,"ready":false,"error":null}</output>'.replace('"', "&quot;")
    assert one.startswith("<selfie-segmentation ")
    assert one.endswith(">Just a moment</selfie-segmentation>")
    attributes = one.partition(" ")[2].partition(">")[0].replace('camera=""', "camera").split()
    mirror = f'mirror="{on}"'
    assert set(attributes) == {'effect="blur"', "camera", mirror, 'model-selection="general"', 'strength="0.3"'}
    tag = other.partition(">")[0]
    assert set(tag.split()) == {"<selfie-segmentation", 'aria-label="You"', 'decontaminate="false"'}


def test_svelte_renders_the_example_on_a_server(tmp_path: Path) -> None:
    """Its compiler takes the tag as it is."""
    made = CACHE / f"{tmp_path.name}.mjs"  # below node_modules/, where its imports are found
    try:
        html = run_node(_SVELTE, [str(EXAMPLES / "svelte" / "App.svelte"), str(made)])
    finally:
        made.unlink(missing_ok=True)
    assert '<selfie-segmentation src="astronaut.jpg" effect="blur" aria-label="An astronaut">' in html
    assert "Loading" in html


def test_every_event_of_the_element_has_a_prop() -> None:
    """The names that React's component knows are those of the element's events."""
    named, events = run_node("""
        const { LISTENERS } = await import(`${web}/js/frameworks/react_component.js`);
        const { EVENTS } = await import(`${web}/js/frameworks/attributes.js`);
        say([LISTENERS, EVENTS]);
    """)
    assert sorted(named.values()) == sorted(events)
    assert all(name.lower() == f"on{event}" for name, event in named.items())


@pytest.mark.parametrize("name", ["react", "vue"])
def test_a_hook_comes_without_the_element(dist: Path, name: str) -> None:
    """Whoever bundles `useProcessedTrack` alone gets no component and defines no tag; the component defines it."""
    defines = {}
    for imported in ("useProcessedTrack", "PySelfie"):
        entry = f"import {{ {imported} }} from './{name}.js'; console.log({imported});"
        options = ["--bundle", "--format=esm", f"--external:{name}", "--log-level=warning"]
        made = subprocess.run([ESBUILD, *options], cwd=dist, input=entry, capture_output=True, text=True, check=True)
        assert made.stderr == ""
        defines[imported] = "customElements?.define(" in made.stdout
    assert defines == {"useProcessedTrack": False, "PySelfie": True}
