"""What the server says about a file: its type, and the headers that keep the page safe and fresh."""

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
        "connect-src 'self'",
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
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Stored but asked about each time (304 by ETag): files of two builds never mix, a warm start moves no bytes.
    "Cache-Control": "no-cache",
}
ISOLATION = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
EMBEDDABLE = {"widget.html"}
"""Pages that other sites may put into a frame; the widget itself answers only to origins that its address names."""
CODINGS = {"br": ".br", "gzip": ".gz"}


def embedding(name: str, policy: str) -> dict[str, str]:
    """Return the headers that let other sites frame the file `name`, if it is made for that, below the CSP `policy`."""
    if name not in EMBEDDABLE:
        return {}
    return {
        "Content-Security-Policy": policy.replace("frame-ancestors 'self'", "frame-ancestors *"),
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
