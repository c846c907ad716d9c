"""The built site as these tests want it: WebDriver cannot change what a page is answered, so some files are others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.serving.policy import CONTENT_SECURITY_POLICY
from tests.browser.legacy.legacy_kit import link_tree
from tests.browser.workers import EAR

if TYPE_CHECKING:
    from pathlib import Path

EAR_POLICY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("script-src", "script-src 'unsafe-eval'"),
}
_WATCH = """
self.faults = [];
addEventListener("error", ({ message, filename, lineno }) => faults.push(`${message} (${filename}:${lineno})`));
addEventListener("unhandledrejection", ({ reason }) => faults.push(`unhandled: ${reason}`));
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  faults.push(`policy: ${effectiveDirective} blocked ${blockedURI || "inline"}`);
});
const tell = console.error;
console.error = (...what) => {
  faults.push(what.join(" "));
  tell.apply(console, what);
};
"""
_WATCHED = "<script src=watch.js></script>"
_EMPTY = f"<!doctype html><html lang=en><title>Test</title>{_WATCHED}<body>"


def set_up(dist: Path, folder: Path, *, listening: bool = False) -> Path:
    """Put the site into `folder`, with two empty pages; all pages note their faults.

    With `listening` its worker has an ear for tests.
    """
    link_tree(dist, folder)
    _write(folder / "watch.js", _WATCH)
    for name in ("blank.html", "host.html"):
        _write(folder / name, _EMPTY)
    for name in ("index.html", "widget.html"):
        _write(folder / name, (dist / name).read_text().replace("<link", f"{_WATCHED}<link", 1))
    if listening:
        _write(folder / "js/worker.js", (dist / "js/worker.js").read_text() + EAR)
    return folder


def _write(path: Path, text: str) -> None:
    """Write a file in the place of a linked one and its compressed copies."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    path.write_text(text)
