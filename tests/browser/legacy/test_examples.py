"""The examples of the legacy API, each as its readers run it: below a strict policy, from dist/ or from the tarball."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import pyselfie
from builder.paths import NODE_MODULES
from builder.site.preloads import preloads
from tests.browser.camera import show_person
from tests.browser.examples_kit import build_example, npm
from tests.browser.flags import camera_flags
from tests.browser.legacy.legacy_kit import TOOLS, WAIT_MS, people, pixels, put_dist, set_up_example

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

_READ = """() => {
  const canvas = document.querySelector("canvas");
  return [text(bytes(canvas)), canvas.width, canvas.height];
}"""
_CHEST_IS_GREEN = """() => {
  const context = document.querySelector("canvas").getContext("2d");
  return context.getImageData(640, 500, 1, 1).data.join() === "0,255,0,255";
}"""


def _canvas(page: GuardedPage) -> np.ndarray:
    """Return what the page's canvas shows, uint8 [H, W, 4]."""
    page.evaluate(TOOLS)
    return pixels(*page.evaluate(_READ))


def _open(launch: Callable[..., GuardedPage], site: Server, camera_file: Path | None = None) -> GuardedPage:
    page = launch(*camera_flags(camera_file)) if camera_file else launch()
    if camera_file:
        show_person(page, camera_file)
    page.set_default_timeout(WAIT_MS)
    page.expected_errors.append("favicon")
    page.goto(site.url)
    return page


def _green_share(picture: np.ndarray) -> float:
    return float((picture == (0, 255, 0, 255)).all(axis=-1).mean())


def _photo() -> FilePayload:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(people()["crop"])).save(file, "PNG")
    return {"name": "photo.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_mediapipes_example_runs_unchanged(
    launch: Callable[..., GuardedPage], serve_site: Callable[..., Server], dist: Path, camera_file: Path
) -> None:
    """Camera, source-in fill, destination-atop image: the person is green, and no other host is asked."""
    folder = set_up_example("mediapipe")
    put_dist(dist, folder)
    (folder / "camera_utils").mkdir(exist_ok=True)
    shutil.copy(NODE_MODULES / "@mediapipe" / "camera_utils" / "camera_utils.js", folder / "camera_utils")
    page = _open(launch, serve_site(folder), camera_file)
    page.wait_for_function(_CHEST_IS_GREEN)
    picture = _canvas(page)
    assert picture.shape == (720, 1280, 4)
    assert 0.15 < _green_share(picture) < 0.6
    assert picture[20, 20] == pytest.approx([96, 96, 96, 255], abs=6)


def test_tensorflows_body_segmentation_is_none_the_wiser(
    launch: Callable[..., GuardedPage], serve_site: Callable[..., Server], dist: Path
) -> None:
    """A client written by somebody else segments a photo: the person stays as it is, the rest is dimmed."""
    folder = set_up_example("body-segmentation")
    put_dist(dist, folder)
    page = _open(launch, serve_site(folder))
    page.wait_for_function("() => document.title.includes('1 segmentation, label person')")
    picture = _canvas(page)[..., :3].astype(int)
    with Image.open(dist / "samples" / "astronaut.jpg") as photo:
        before = np.asarray(photo.convert("RGB")).astype(int)
    height, width = before.shape[:2]
    face, wall = (slice(height // 5, height // 4), slice(width * 2 // 5, width // 2)), (slice(9), slice(9))
    assert np.abs(picture[face] - before[face]).mean() < 3
    assert picture[wall].mean() < 0.4 * before[wall].mean()


def test_the_package_has_what_it_says(tarball: Path, dist: Path) -> None:
    """Licence, version, exports and what its scripts import are in it; pages and compressed forms aren't."""
    with tarfile.open(tarball) as archive:
        names = {Path(name).relative_to("package").as_posix() for name in archive.getnames()}
        described = archive.extractfile("package/package.json")
        assert described is not None
        package = json.load(described)
    assert (package["name"], package["version"], package["license"]) == ("pyselfie", pyselfie.__version__, "Apache-2.0")
    assert {"LICENSE", "NOTICE", "README.md", "assets.json", "selfie_segmentation.js", "js/worker.js"} <= names
    targets = {path for export in package["exports"].values() for path in _paths(export) if "*" not in path}
    assert {path.removeprefix("./") for path in targets} <= names
    assert {"js/trace/panel.js", "styles/trace.css", "pyselfie_trace.d.ts"} <= names
    assert {"js/editor/panel.js", "js/editor/completions.json", "pyselfie_editor.d.ts"} <= names
    for script in names:
        if script.endswith(".js") and not script.startswith("vendor/"):
            assert set(preloads(dist, script)) <= names, script
    assert not [name for name in names if name.endswith((".br", ".gz", ".html", ".map"))]
    assert not [name for name in names if re.match("js/(demo|lab|page|play|widget)/", name)]
    assert "private" not in package


def _paths(export: str | dict[str, str]) -> list[str]:
    return [export] if isinstance(export, str) else list(export.values())


_TYPED = """
import { SelfieEffect } from "pyselfie/jitsi";
import { SelfieProcessor } from "pyselfie/livekit";
import { SelfieProcessor as TwilioProcessor } from "pyselfie/twilio";
import { mountEditor } from "pyselfie";
import { SelfieSegmentation, type Results } from "pyselfie/selfie_segmentation";
const end: Promise<() => void> = mountEditor(document.body, document.createElement("selfie-segmentation"), {
  values: { strength: 0.5 },
  onChange: ({ source }) => localStorage.setItem("own", source),
});
new SelfieProcessor({ effect: "blur" }).addEventListener("overload", ({ detail }) => console.log(detail.seconds));
new TwilioProcessor({ effect: "blur" }).addEventListener("stats", ({ detail }) => console.log(detail.fps));
const stream: MediaStream = new SelfieEffect({ effect: "blur" }).startEffect(new MediaStream());
const segmenter = new SelfieSegmentation({ locateFile: (path) => `/pyselfie/${path}` });
segmenter.onResults(({ segmentationMask }: Results) => console.log(segmentationMask.width));
// @ts-expect-error a string is no number
segmenter.setOptions({ modelSelection: "1" });
"""


def test_typescript_finds_the_declarations(tarball: Path, tmp_path: Path) -> None:
    """A strict program that imports the installed package by name compiles."""
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "program.ts").write_text(_TYPED)
    npm("install", "--no-save", "--prefer-offline", "--silent", "--ignore-scripts", str(tarball), folder=tmp_path)
    compiler = str(NODE_MODULES / ".bin" / "tsc")
    flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", "", "program.ts"]
    result = subprocess.run([compiler, *flags], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_a_vite_project_installs_the_tarball(
    launch: Callable[..., GuardedPage], serve_site: Callable[..., Server], tarball: Path, tmp_path: Path
) -> None:
    """The named import goes into the bundle, the worker's files beside it, and a photo's person turns green."""
    page = _open(launch, serve_site(build_example("vite", tarball, tmp_path / "built")))
    page.get_by_label("Photo").first.set_input_files(_photo())
    page.wait_for_function("() => document.title === 'done'")
    assert 0.3 < _green_share(_canvas(page)) < 0.6


def test_a_react_component_cuts_people_out(
    launch: Callable[..., GuardedPage], serve_site: Callable[..., Server], tarball: Path, tmp_path: Path
) -> None:
    """A hook holds the segmenter; its options follow the component's, and the picture has the mask as its alpha."""
    page = _open(launch, serve_site(build_example("react", tarball, tmp_path / "built")))
    cut_outs = []
    for mirror in (False, True):
        page.get_by_label("Mirror").set_checked(mirror)
        page.get_by_label("Photo").set_input_files([])
        page.get_by_label("Photo").set_input_files(_photo())
        page.get_by_text("Done.").wait_for()
        cut_outs.append(_canvas(page)[..., 3] > 127)
    plain, mirrored = cut_outs
    assert 0.3 < plain.mean() < 0.6
    assert (plain == mirrored[:, ::-1]).mean() > 0.97
