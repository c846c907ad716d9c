"""The pages: every web/templates/<name>.html.j2 becomes <name>.html."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jinja2

from builder.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SUFFIX = ".html.j2"


def render(folder: Path, context: Mapping[str, Any]) -> dict[str, Path | bytes]:
    """Render the pages of `folder`; a template whose name begins with ``_`` is a part of pages and no page itself.

    A variable that a template uses and `context` lacks is an error, not an empty string.

    Raises
    ------
    BuildError
        If a template is wrong, or includes one that is not there.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    names = sorted(name for name in environment.list_templates() if name.endswith(_SUFFIX))
    pages = [name for name in names if not name.rpartition("/")[2].startswith("_")]
    return {name.removesuffix(".j2"): _page(environment, name, context) for name in pages}


def _page(environment: jinja2.Environment, name: str, context: Mapping[str, Any]) -> bytes:
    try:
        return environment.get_template(name).render(context).encode()
    except jinja2.TemplateSyntaxError as error:
        raise BuildError(
            f"the template {error.name or name} is wrong in line {error.lineno}: {error.message}."
        ) from error
    except jinja2.TemplateError as error:
        raise BuildError(f"the template {name} cannot be rendered: {error.message}.") from error
