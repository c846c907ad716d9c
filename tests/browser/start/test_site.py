"""Where pyselfie's files are: in a bundle, named by the page, on another origin, or nowhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from builder.serving.policy import CONTENT_SECURITY_POLICY
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.examples_kit import build_example
from tests.browser.flags import camera_flags
from tests.browser.harness import model_file
from tests.browser.legacy.legacy_kit import TOOLS, link_tree
from tests.browser.start.bundle_kit import (
    open_bundle,
    rendered_on_a_server,
    show,
    use_a_call,
    wait_until_transparent,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

_CORS = {"Access-Control-Allow-Origin": "*"}
_TAG = f"<selfie-segmentation id=s src={SAMPLE} effect=transparent model-selection=general {{}}></selfie-segmentation>"


def _policy(files: Server) -> dict[str, str]:
    """Return the policy of a page that takes its files from another origin."""
    origin = files.url.rstrip("/")
    policy = CONTENT_SECURITY_POLICY.replace("worker-src 'self'", f"worker-src 'self' blob: {origin}")
    policy = policy.replace("script-src 'self'", f"script-src 'self' {origin}")
    return {"Content-Security-Policy": policy.replace("connect-src 'self'", f"connect-src 'self' {origin}")}


@pytest.fixture(scope="module")
def hosts(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return dist/ with an empty page: one that is really served, as a made-up one may not ask other servers."""
    folder = tmp_path_factory.mktemp("hosts") / "site"
    link_tree(dist, folder)
    (folder / "host.html").write_text("<!doctype html><html lang=en><title>Host</title><body></body>")
    return folder


def test_react_paints_in_a_bundle(
    launch: Callable[..., GuardedPage],
    serve_site: Callable[..., Server],
    tarball: Path,
    tmp_path: Path,
    camera_file: Path,
) -> None:
    """Component and hook in a StrictMode that checks: React for development, where effects run twice."""
    built = build_example("react", tarball, tmp_path / "built", NODE_ENV="development")
    assert not list(built.glob("assets/*worker*"))
    page = open_bundle(launch(*camera_flags(camera_file)), serve_site(built).url + "element.html")
    for number in (1, 2):
        use_a_call(page, number)
    markup = rendered_on_a_server(tmp_path, next(built.glob("assets/astronaut*")).name)
    assert "<selfie-segmentation" in markup
    page.route("**/element.html", lambda route: _filled(route, markup))
    open_bundle(page, page.url)


def _filled(route: Route, markup: str) -> None:
    """Answer with the page as a server sends it that has rendered its content."""
    answer = route.fetch()
    root = '<div id="root">'
    assert f"{root}</div>" in answer.text()
    route.fulfill(response=answer, body=answer.text().replace(root, root + markup))


def test_svelte_paints_in_a_bundle(
    launch: Callable[..., GuardedPage], serve_site: Callable[..., Server], tarball: Path, tmp_path: Path
) -> None:
    """Vite bundles the package without a warning, the files beside the page are found, and the effect shows."""
    built = build_example("svelte", tarball, tmp_path / "built")
    assert not list(built.glob("assets/*worker*"))
    open_bundle(launch(), serve_site(built).url)


def test_vue_takes_its_files_from_another_origin(
    launch: Callable[..., GuardedPage],
    serve_as: Callable[..., Server],
    tarball: Path,
    tmp_path: Path,
    camera_file: Path,
) -> None:
    """Component and hook below a strict policy, isolated, with no file of pyselfie's on the page's own origin."""
    files = serve_as(_CORS)
    built = build_example("vue", tarball, tmp_path / "built", VITE_PYSELFIE=files.url)
    shutil.rmtree(built / "pyselfie")
    page = open_bundle(launch(*camera_flags(camera_file)), serve_as(_policy(files), built).url)
    assert page.evaluate("crossOriginIsolated")
    use_a_call(page, 1)
    show(page, "photo")
    page.locator("selfie-segmentation:state(painted)").wait_for()


def test_the_page_names_the_files(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], hosts: Path
) -> None:
    """The attribute goes before `setSite`, and that before the place that the script came from."""
    files = [serve_as(_CORS) for _ in range(2)]
    policy = CONTENT_SECURITY_POLICY.replace("'self'", f"'self' blob: {files[0].url} {files[1].url}")
    page = launch()
    page.expected_errors.append("favicon")
    host = ElementPage(page, serve_as({"Content-Security-Policy": policy}, hosts).url, "", made_up=False)
    host.run("async ([url, site]) => (await import(url)).setSite(site)", ["./pyselfie.js", files[0].url])
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    host.run("(html) => { document.body.innerHTML = html; }", _TAG.format(""))
    host.wait("frame")
    assert [url for url in asked if url.endswith(".onnx")] == [f"{files[0].url}models/{model_file()}"]
    host.run("(site) => { s.site = site; }", files[1].url)
    host.until(lambda: f"{files[1].url}models/{model_file()}" in asked)
    host.wait("frame", after=host.position())
    assert host.run("s.getAttribute('site')") == files[1].url
    own = f"{page.url.rsplit('/', 1)[0]}/"
    assert not [url for url in asked if url.startswith(own) and "/js/worker" in url]


def test_a_track_and_the_legacy_api_take_files_from_another_origin(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], hosts: Path
) -> None:
    """`site` of `processTrack`, and `locateFile`, may name another origin; the folder needs no slash at its end."""
    files = serve_as(_CORS)
    page = launch()
    page.expected_errors.append("favicon")
    page.goto(f"{serve_as(_policy(files), hosts).url}host.html")
    page.evaluate(TOOLS)
    found = page.evaluate(
        """async (site) => {
          const { processTrack } = await import("./pyselfie.js");
          const canvas = plain("#f00");
          const [source] = canvas.captureStream(10).getVideoTracks();
          const track = processTrack(source, { site: site.slice(0, -1) });
          const draw = setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 50);
          const running = new Promise((resolve, reject) => {
            track.addEventListener("stats", () => resolve(track.metrics.state));
            track.addEventListener("error", ({ detail }) => reject(new Error(detail.message)));
          });
          const state = await running;
          clearInterval(draw);
          track.stop();
          const { SelfieSegmentation } = await import("./js/mediapipe/index.js");
          const segmenter = new SelfieSegmentation({ locateFile: (path) => site + path });
          const end = await outcome(segmenter.send({ image: plain("#f00") }));
          await segmenter.close();
          return [state, end];
        }""",
        files.url,
    )
    assert found == ["running", "fine"]


def test_files_of_another_origin_get_one_thread(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], hosts: Path, tmp_path: Path
) -> None:
    """Where the page's own files would get several: threads of another origin's script want a weaker policy."""
    folder = tmp_path / "site"
    link_tree(hosts, folder)
    probe = folder / "js" / "worker" / "probe.js"
    text = probe.read_text().replace("CORES_PER_THREAD = 2", "CORES_PER_THREAD = 0.5")
    for form in probe.parent.glob("probe.js*"):
        form.unlink()
    probe.write_text(text)
    files = serve_as(_CORS, folder)
    page = launch()
    page.expected_errors.append("favicon")
    page.goto(f"{serve_as(_policy(files), folder).url}host.html")
    ask = "async (site) => (await (await import('./pyselfie.js')).support({ site })).threads"
    assert page.evaluate(ask, "./") > 1
    assert page.evaluate(ask, files.url) == 1


def test_a_damaged_file_of_another_origin_is_refused(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], hosts: Path, dist: Path, tmp_path: Path
) -> None:
    """The hash in assets.json is compared there as well."""
    folder = tmp_path / "site"
    link_tree(dist, folder)
    model = folder / "models" / model_file()
    data = bytearray(model.read_bytes())
    data[5000] ^= 1
    for form in model.parent.glob(f"{model.name}*"):
        form.unlink()  # the compressed ones, too
    model.write_bytes(data)
    files = serve_as(_CORS, folder)
    page = launch()
    page.expected_errors.append("favicon")
    host = ElementPage(page, serve_as(_policy(files), hosts).url, _TAG.format(f'site="{files.url}"'), made_up=False)
    assert f"models/{model_file()} is damaged: it has SHA-256" in host.wait("error")["message"]


def test_files_that_are_nowhere_are_told(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], hosts: Path
) -> None:
    """The sentence names the URL that was tried and what to do; of another origin, what that and the policy need."""
    page = launch()
    page.expected_errors += ["favicon", "Failed to load", "CORS", "MIME", "Content.Security.Policy", "CSP violation"]
    files = serve_as({})
    host = ElementPage(page, serve_as({}, hosts).url, _TAG.format("site=nowhere"), made_up=False)
    tried = f"{page.url.rsplit('/', 1)[0]}/nowhere/js/worker.js"
    own = host.wait("error")["message"]
    assert f"pyselfie's worker could not be loaded: it has to be at {tried}, with all of pyselfie's files" in own
    assert own.endswith("copy them there, or say where they are by setSite() or `site`.")
    host.run("(site) => { s.site = site; }", files.url)
    other = host.wait("error", where=f"event.message.includes('{files.url}js/worker.js')")["message"]
    assert f"From {files.url.rstrip('/')} they need CORS there" in other
    assert other.endswith("connect-src and worker-src, and blob: in worker-src.")


def test_a_site_that_is_no_url_is_refused(launch: Callable[..., GuardedPage], site: Server) -> None:
    """`setSite` and `processTrack` throw; the element says so and goes on with the usual place."""
    host = ElementPage(launch(), site.url, _TAG.format('site="http://["'))
    assert "The site is “http://[”, but it has to be the URL of the folder" in host.wait("error")["message"]
    host.wait("frame")
    thrown = host.run(
        "async () => { const { setSite } = await import('./pyselfie.js');"
        " try { setSite(''); } catch ({ name, message }) { return `${name}: ${message}`; } }"
    )
    assert thrown == "TypeError: The site is “”, but it has to be the URL of the folder with pyselfie's files."


def test_set_site_in_the_script_that_brings_the_element(
    launch: Callable[..., GuardedPage], serve_site: Callable[..., Server], tmp_path: Path, dist: Path
) -> None:
    """A tag that is there before the script starts from where the call right after the import says."""
    folder = tmp_path / "page"
    link_tree(dist, folder / "files")
    (folder / "code").mkdir()
    shutil.copytree(dist / "js", folder / "code" / "js")
    for name in ("pyselfie.js", SAMPLE):
        shutil.copy(dist / name, folder / "code")
    shutil.rmtree(folder / "code" / "js" / "worker")
    tag = _TAG.format("").replace(SAMPLE, "code/astronaut.jpg")
    (folder / "index.html").write_text(f"<!doctype html><script type=module src=main.js></script>{tag}")
    (folder / "main.js").write_text('import { setSite } from "./code/pyselfie.js";\nsetSite("files/");\n')
    page = launch()
    page.expected_errors.append("favicon")
    page.goto(serve_site(folder).url)
    page.set_default_timeout(120_000)
    page.locator("selfie-segmentation:state(painted)").wait_for()
    wait_until_transparent(page)
