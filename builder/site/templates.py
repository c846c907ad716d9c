"""The pages: every web/templates/<name>.html.j2 becomes <name>.html."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jinja2

from builder.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SUFFIX = ".html.j2"


def environment(folder: Path) -> jinja2.Environment:
    """Return the templates of `folder`; a variable that is used and not given is an error, not an empty string."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(templates: jinja2.Environment, context: Mapping[str, Any]) -> dict[str, Path | bytes]:
    """Render the pages; a template whose name begins with ``_`` is a part of pages and no page itself."""
    names = sorted(name for name in templates.list_templates() if name.endswith(_SUFFIX))
    pages = [name for name in names if not name.rpartition("/")[2].startswith("_")]
    return {name.removesuffix(".j2"): page(templates, name, context) for name in pages}


def page(templates: jinja2.Environment, name: str, context: Mapping[str, Any]) -> bytes:
    """Render one template.

    Raises
    ------
    BuildError
        If it is wrong, or includes one that is not there.
    """
    try:
        return templates.get_template(name).render(context).encode()
    except jinja2.TemplateSyntaxError as error:
        raise BuildError(
            f"the template {error.name or name} is wrong in line {error.lineno}: {error.message}."
        ) from error
    except jinja2.TemplateError as error:
        raise BuildError(f"the template {name} cannot be rendered: {error.message}.") from error
