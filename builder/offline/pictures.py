"""Draws the app's pictures by Chromium: ``python -m builder.offline.pictures`` writes web/app/, to be looked at.

The screenshots are of dist/ as it is, so it has to be built before, and again afterwards.
"""

from __future__ import annotations

from playwright.sync_api import Browser, sync_playwright

from builder.browsers.chromium import QUIET_FLAGS, ensure_chromium
from builder.offline.app import FOLDER, HASHES, ICONS, SCREENSHOTS
from builder.paths import DIST
from builder.serving.serve import Server
from builder.stamps import sha256_of

_PERSON = '<circle cx="16" cy="12.5" r="5"/><path d="M6.5 27c.6-5.7 4.5-8.5 9.5-8.5s8.9 2.8 9.5 8.5z"/>'
_SAFE = 0.8
"""How much of a maskable icon's width no mask cuts away; the person keeps to that circle."""


def svg(kind: str) -> str:
    """Return the mark of `web/templates/_icons.html.j2` as a picture; a maskable one has no corners of its own."""
    rounded, size = ("9", 1.0) if kind == "any" else ("0", _SAFE)
    inner = f'<g transform="translate(16 16) scale({size}) translate(-16 -16)" fill="#fff">{_PERSON}</g>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="100%" height="100%" style="display:block">'
        f'<rect width="32" height="32" rx="{rounded}" fill="#0f766e"/>{inner}</svg>'
    )


def _draw_icons(browser: Browser) -> None:
    for kind, size in ICONS:
        page = browser.new_page(viewport={"width": size, "height": size})
        page.set_content(f"<!doctype html><body style='margin:0'>{svg(kind)}")
        page.screenshot(path=FOLDER / f"{kind}-{size}.png", omit_background=True)
        page.close()


def _take_screenshots(browser: Browser) -> None:
    with Server(DIST) as site:
        for form, ((width, height), _) in SCREENSHOTS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, service_workers="block")
            page.goto(f"{site.url}?effect=picture&model=general")
            page.locator("#viewport[data-painted=true]").wait_for(timeout=60_000)
            page.locator("#status[data-state=ready]").wait_for(timeout=60_000)
            page.screenshot(path=FOLDER / f"screenshot-{form}.jpg", quality=85)
            page.close()


def main() -> None:
    """Draw all and write their hashes."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=list(QUIET_FLAGS))
        _draw_icons(browser)
        _take_screenshots(browser)
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in sorted(FOLDER.glob("*.[jp]*g"))]
    HASHES.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
