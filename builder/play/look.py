"""The editor's markup, styles and first text in one script, for pages that are not the playground."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.paths import WEB
from builder.play.examples import NEW
from builder.site import templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    import jinja2

_SHEETS = ("bench", "base", "controls", "choices", "play_editor")
"""In this order, as `_head.html.j2`'s pages link them; the first one sets back what the page around it hands down."""


def look_script(pages: jinja2.Environment, context: Mapping[str, Any]) -> bytes:
    """Return what takes the place of web/js/editor/look.js."""
    parts = {
        "MARKUP": templates.page(pages, "_bench.html.j2", context).decode(),
        "STYLE": "\n".join((WEB / "styles" / f"{name}.css").read_text(encoding="utf-8") for name in _SHEETS),
        "SOURCE": NEW.read_text(encoding="utf-8"),
    }
    return "".join(
        f"export const {name} = {json.dumps(text, ensure_ascii=False)};\n" for name, text in parts.items()
    ).encode()
