"""The examples as a user opens them: beside a built dist/, or bundled with the npm package."""

from __future__ import annotations

import mimetypes
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from builder.lock import build_lock
from builder.paths import CACHE
from tests.browser.legacy.legacy_kit import set_up_example

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

EXAMPLES = Path(__file__).parents[2] / "examples"


def open_example(page: GuardedPage, serve_site: Callable[..., Server], name: str) -> GuardedPage:
    """Open ``examples/<name>/index.html`` in `page`, with dist/ where it lies in a checkout."""
    site = serve_site(prefix="/dist/")
    page.route("**/examples/**", _serve)
    page.goto(site.url.replace("/dist/", f"/examples/{name}/index.html"))
    return page


def _serve(route: Route) -> None:
    path = EXAMPLES / route.request.url.partition("/examples/")[2]
    answer = route.fetch(url=route.request.url.partition("/examples/")[0] + "/dist/index.html")
    headers = {
        name: value for name, value in answer.headers.items() if name.startswith(("content-sec", "cross-origin"))
    }
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    route.fulfill(response=answer, headers=headers | {"content-type": kind}, body=path.read_bytes())


def npm(*words: str, folder: Path, **environment: str) -> str:
    """Run npm in `folder` and return all that it says."""
    command = [shutil.which("npm") or "npm", *words]
    result = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def build_example(name: str, tarball: Path, target: Path, **environment: str) -> Path:
    """Install the tarball into the example, build that without a warning, and return `target` with what came of it.

    All tests build an example in the same folder, as its npm packages take long to install.
    """
    with build_lock(CACHE / "examples" / f"{name}.lock"):
        folder = set_up_example(name)
        npm("install", "--no-save", "--prefer-offline", "--silent", str(tarball), folder=folder)
        shutil.rmtree(folder / "public", ignore_errors=True)
        said = npm("run", "build", "--silent", folder=folder, **environment)
        shutil.copytree(folder / "dist", target)
    assert "warn" not in said.lower(), said
    assert "(!)" not in said, said
    return target
