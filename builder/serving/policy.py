"""What the server says about a file: its type, and the headers that keep the page safe and fresh."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""By suffix, not by the system's own table, which differs from machine to machine; all else is octet-stream."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "connect-src 'self' blob:",  # photos, videos and backdrops are fetched, those that a page has made as well
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "style-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Stored but asked about each time (304 by ETag): files of two builds never mix, a warm start moves no bytes.
    "Cache-Control": "no-cache",
}
ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
CODINGS = {"br": ".br", "gzip": ".gz"}

_EMBEDDABLE = {"widget.html"}
"""Pages that other sites may put into a frame; the widget itself answers only to origins that its address names."""
_ISOLATING = {"play.html"}
"""Pages that run other people's code: its worker is made from a blob (web/js/engine/isolated.js)."""
# A policy has no way to write an IPv6 address.
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]+)?", re.IGNORECASE)
_LIBRARY = re.compile(r"(js|models|packages|python|vendor)/.+|[^/]+\.js|assets\.json")
# A page of any origin may run pyselfie from here. The files are public and the same for everybody, and `*` is never
# sent cookies, so nobody learns anything by reading them. Pages are not among them: they act for their visitor.
_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",  # without it, the other page counts zero bytes
}


def headers_for(path: str, *, isolation: bool, changes: Mapping[str, str], host: str = "") -> dict[str, str]:
    """Return the headers of every answer about `path`, whatever its status: a 304 replaces what a browser has stored.

    Parameters
    ----------
    path
        Below the site's root, without a slash in front.
    isolation
        With COOP and COEP.
    changes
        More headers, or other values for the usual ones.
    host
        Of the request: in a frame without an address of its own, Firefox takes nothing for the `'self'` of the page.
    """
    headers = ALWAYS | (ISOLATION if isolation else {}) | dict(changes)
    if path in _EMBEDDABLE:
        policy = headers["Content-Security-Policy"].replace("frame-ancestors 'self'", "frame-ancestors *")
        headers |= {"Content-Security-Policy": policy, "Cross-Origin-Resource-Policy": "cross-origin"}
    if path in _ISOLATING:
        own = f"'self' {host}" if _HOST.fullmatch(host) else "'self'"
        policy = headers["Content-Security-Policy"].replace("worker-src 'self'", f"worker-src {own} blob:")
        for directive in ("script-src", "connect-src"):
            policy = policy.replace(f"{directive} 'self'", f"{directive} {own}")
        headers["Content-Security-Policy"] = policy
    if _LIBRARY.fullmatch(path):
        headers |= _SHARED
    return headers
