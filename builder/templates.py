"""The pages: every web/templates/<name>.html.j2 becomes <name>.html."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jinja2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SUFFIX = ".html.j2"


def render(folder: Path, context: Mapping[str, Any]) -> dict[str, Path | bytes]:
    """Render the pages of `folder`; templates in sub-folders are parts of pages and no pages themselves.

    A variable that a template uses and `context` lacks is an error, not an empty string.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages = sorted(
        name for name in environment.list_templates() if name.endswith(_SUFFIX) and "/" not in name
    )
    return {
        name.removesuffix(".j2"): environment.get_template(name).render(context).encode() for name in pages
    }
