"""What the build makes for use without a network: the worker with its list, the manifest, the app's pictures."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from builder.errors import BuildError
from builder.offline import app, worker
from builder.paths import ROOT, SERVICE_WORKER, WEB
from builder.serving import policy
from builder.serving.serve import Server
from builder.site.bundling import write_script
from builder.site.compress import ENCODINGS
from builder.site.preloads import preloads
from builder.stamps import files_under
from tests.unit.builder.server.asking import ask

if TYPE_CHECKING:
    from pathlib import Path

_NEVER_ASKED_FOR = {"LICENSE", "NOTICE", "README.md", "package.json", "widget.json", SERVICE_WORKER}


def listed(script: bytes) -> list[dict[str, Any]]:
    match = re.match(rb"self\.FILES=(\[.*?\n\]);\n", script, re.DOTALL)
    assert match is not None
    found: list[dict[str, Any]] = json.loads(match[1])
    return found


@pytest.fixture(scope="module")
def manifest(dist: Path) -> dict[str, Any]:
    """Return the site's manifest."""
    found: dict[str, Any] = json.loads((dist / "manifest.webmanifest").read_text())
    return found


def test_the_worker_lists_every_file_that_a_page_may_ask_for(dist: Path) -> None:
    """With its SHA-256; what pip, npm and compilers take is left out, and the widget's list of readers."""
    entries = {entry["url"]: entry for entry in listed((dist / SERVICE_WORKER).read_bytes())}
    present = [path for path in files_under(dist) if path.suffix not in ENCODINGS]
    for path in present:
        name = path.relative_to(dist).as_posix()
        left_out = (
            name in _NEVER_ASKED_FOR or name.endswith(".d.ts") or name.startswith(("packages/", "app/screenshot"))
        )
        entry = entries.pop(name, None)
        assert (entry is None) == left_out, name
        if entry:
            digest = base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
            assert entry["integrity"] == f"sha256-{digest}"
    assert entries == {}


def test_a_file_has_a_new_revision_by_its_content_and_by_its_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept has its headers with it, so those of an older policy may not stay."""
    script = tmp_path / "worker.js"
    script.write_text("the worker")

    def revision(content: bytes) -> str:
        [entry] = listed(worker.worker_script({"index.html": content}, script))
        found: str = entry["revision"]
        return found

    first = revision(b"page")
    assert revision(b"page") == first
    assert revision(b"other") != first
    monkeypatch.setitem(policy.ALWAYS, "Content-Security-Policy", "default-src 'none'")
    assert revision(b"page") != first


def test_the_worker_is_one_script_with_the_licence_of_each_part(dist: Path, tmp_path: Path) -> None:
    """It imports nothing and has no machine's or day's traces; licenses/ names each of Workbox's packages it has."""
    settings = ("--format=iife", '--define:process.env.NODE_ENV="production"')
    packages = write_script(WEB / "offline" / "worker.js", tmp_path / "again.js", *settings)
    script = (dist / SERVICE_WORKER).read_bytes()
    assert script.endswith((tmp_path / "again.js").read_bytes())
    assert b"importScripts" not in script
    terms = (dist / "licenses" / "workbox.txt").read_text()
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]["workbox-precaching"]
    assert {f"{package.name} {pinned}" for package in packages} == set(
        re.findall(r"^workbox-\S+ \S+$", terms, re.MULTILINE)
    )
    assert f"Workbox {pinned}" in (dist / "licenses" / "README.txt").read_text()


def test_the_manifest_names_pictures_of_the_sizes_that_they_have(dist: Path, manifest: dict[str, Any]) -> None:
    """Icons of two sizes, some for masks, and screenshots of a wide and a narrow window."""
    pictures = manifest["icons"] + manifest["screenshots"]
    for picture in pictures:
        with Image.open(dist / picture["src"]) as opened:
            assert "x".join(map(str, opened.size)) == picture["sizes"], picture["src"]
            assert opened.get_format_mimetype() == picture["type"]
    assert {(one["purpose"], one["sizes"]) for one in manifest["icons"]} == {
        (kind, size) for kind in ("any", "maskable") for size in ("192x192", "512x512")
    }
    assert {one["form_factor"] for one in manifest["screenshots"]} == {"wide", "narrow"}


@pytest.mark.parametrize("size", [192, 512])
def test_a_maskable_icon_may_be_cut_to_a_circle(dist: Path, size: int) -> None:
    """It is opaque to its corners, and the person lies within four fifths of its width."""
    with Image.open(dist / f"app/maskable-{size}.png") as opened:
        pixels = np.asarray(opened.convert("RGBA")).astype(int)
    assert pixels[..., 3].min() == 255
    rows, columns = np.nonzero(np.abs(pixels[..., :3] - pixels[0, 0, :3]).sum(-1) > 30)
    middle = (size - 1) / 2
    assert np.hypot(rows - middle, columns - middle).max() < 0.4 * size
    assert rows.size > 0.1 * size * size


def test_the_app_works_in_any_folder(manifest: dict[str, Any]) -> None:
    """All addresses are relative to the manifest, and it has no id that apps in two folders would share."""
    addresses = [manifest["start_url"], manifest["scope"], manifest["share_target"]["action"]]
    addresses += [one["url"] for one in manifest["shortcuts"]]
    assert not [address for address in addresses if re.match(r"/|\w+:", address)]
    assert "id" not in manifest


def test_what_is_shared_has_the_same_names_everywhere(manifest: dict[str, Any]) -> None:
    """The manifest says where it goes and in which field, the worker takes it there, the page asks for it."""
    kept, page = ((WEB / path).read_text() for path in ("offline/worker.js", "js/page/shared.js"))

    def one(pattern: str, text: str) -> str:
        [found] = re.findall(pattern, text)
        return str(found)

    target = manifest["share_target"]
    assert one(r"SHARE = `\$\{scope\}([^`]+)`", kept) == target["action"]
    assert [one(r'form\?\.get\("([^"]+)"\)', kept)] == [field["name"] for field in target["params"]["files"]]
    asked = one(r'PARAMETER = "([^"]+)"', page)
    assert one(r"redirect\(`\$\{scope\}\?([^`]+)`", kept) == asked
    assert one(r'searchParams\.has\("([^"]+)"\)', kept) == asked
    assert one(r"SHARED = `\$\{scope\}([^`]+)`", kept) == one(r'fetch\("([^"]+)"\)', page)
    assert set(re.findall(r'"(X-(?!Content)[^"]+)": ', kept)) == {
        name.title() for name in re.findall(r'headers\.get\("([^"]+)"\)', page)
    }


@pytest.mark.parametrize("page", ["index.html", "play.html", "lab.html"])
def test_each_page_is_the_app(dist: Path, page: str) -> None:
    """It names the manifest, its own policy lets the browser have it, and its scripts bring the worker."""
    text = (dist / page).read_text()
    assert '<link rel="manifest" href="manifest.webmanifest">' in text
    assert re.search(r"(Content-Security-Policy\" content|data-policy)=\"[^\"]*manifest-src 'self'", text)
    [script] = re.findall(r'<script type="module" src="([^"]+)"', text)
    assert "js/page/offline.js" in preloads(WEB, script)


@pytest.mark.parametrize(
    "script",
    [
        *("pyselfie.js", "livekit.js", "twilio.js", "jitsi.js", "react.js", "vue.js"),
        *("selfie_segmentation.js", "js/widget/widget.js"),
    ],
)
def test_what_is_embedded_brings_no_worker_by_itself(script: str) -> None:
    """What registers it on the pages is no part of the element, the widget, the track or the legacy API."""
    assert not [path for path in preloads(WEB, script) if path.startswith("js/page/")]


def test_npm_gets_no_worker(dist: Path) -> None:
    """It would want the pages, which the package lacks; the function that asks for it says so."""
    assert "!service-worker.js" in json.loads((dist / "package.json").read_text())["files"]


def test_a_picture_that_nobody_has_looked_at_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hash is not the one that was committed with it."""
    for path in app.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "any-192.png").write_bytes(b"another one")
    monkeypatch.setattr(app, "FOLDER", tmp_path)
    with pytest.raises(BuildError, match=r"web/app/any-192\.png has SHA-256 .*builder\.offline\.pictures"):
        app.app_files()


def test_the_server_gives_a_worker_that_forgets_unless_it_is_told(tmp_path: Path) -> None:
    """Whoever works on the site sees no older build, in a sub-path, too; its answer has the policy."""
    (tmp_path / SERVICE_WORKER).write_text("the site's own")
    path = f"/some/where/{SERVICE_WORKER}"
    with Server(tmp_path, prefix="/some/where/") as server:
        answer, body = ask(server, path)
        assert b"registration.unregister()" in body
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    with Server(tmp_path, prefix="/some/where/", offline=True) as server:
        assert ask(server, path)[1] == b"the site's own"
