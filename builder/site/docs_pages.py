"""docs/*.md as pages of the site: the same look, a list of them on each, links that work in both places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin

from builder.errors import BuildError
from builder.site import templates

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from jinja2 import Environment
    from markdown_it.token import Token

_INDEX = "index.md"
_FRAME = "_docs_page.html.j2"
_ELSEWHERE = re.compile(r"^([a-z]+:|#|/)")


@dataclass(frozen=True)
class Page:
    """One page: `name` without a suffix, `title` from its first heading, `body` in HTML."""

    name: str
    title: str
    body: Markup


def docs_files(folder: Path, site: Collection[str], pages: Environment, version: str) -> dict[str, Path | bytes]:
    """Return what docs/ becomes: path below dist/ to its content.

    Parameters
    ----------
    folder
        The Markdown files and their pictures: PNG beside them, WebP in folders. ``index.md`` links every page; the
        order of its links is the list's.
    site
        Paths of all other files of the site: a link to one of them stays a link.
    pages
        The site's templates; `_FRAME` is what stands around a page.
    version
        Of pyselfie.

    Raises
    ------
    BuildError
        If index.md and the pages don't fit together, or a page has no heading.
    """
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    order = [_INDEX, *_linked(sources[_INDEX])]
    for name in sorted(set(sources) ^ set(order)):
        fault = "doesn't link" if name in sources else "links a page that isn't there,"
        raise BuildError(f"docs/{_INDEX} {fault} {name}: put that right in its list.")
    listed = [_page(name, sources[name], site) for name in order]
    files: dict[str, Path | bytes] = {
        f"docs/{page.name}.html": templates.page(pages, _FRAME, {"page": page, "pages": listed, "version": version})
        for page in listed
    }
    pictures = sorted([*folder.glob("*.png"), *folder.glob("*/*.webp")])
    return files | {f"docs/{path.relative_to(folder).as_posix()}": path for path in pictures}


def _linked(index: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\]\(([a-z-]+\.md)\)", index)))


def _page(name: str, source: str, site: Collection[str]) -> Page:
    markdown = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=3)
    tokens = markdown.parse(source)
    for token in tokens:
        _place_links(token.children or (), site)
    heading = next((tokens[i + 1] for i, token in enumerate(tokens) if token.tag == "h1" and token.nesting == 1), None)
    if heading is None:
        raise BuildError(f"docs/{name} has no heading: begin it with a line “# Title”.")
    title = "".join(child.content for child in heading.children or ())
    body = _scrolling_tables(markdown.renderer.render(tokens, markdown.options, {}))
    return Page(name.removesuffix(".md"), title, Markup(body))  # noqa: S704 - our own, as the templates are


def _place_links(tokens: Sequence[Token], site: Collection[str]) -> None:
    """Turn links of the repository into links of the site; what the site doesn't have is named in a tooltip."""
    tag = "a"
    for token in tokens:
        if token.type == "link_open":
            target = _on_site(str(token.attrs["href"]), site)
            tag = "a" if target else "span"
            token.attrs = {"href": target} if target else {"title": f"{token.attrs['href']} in the source".lstrip("./")}
        if token.type in {"link_open", "link_close"}:
            token.tag = tag


def _on_site(link: str, site: Collection[str]) -> str | None:
    """Return where a link of docs/ leads to on the site, or None if the site has no such file."""
    target, hash_mark, anchor = link.partition("#")
    if not target or _ELSEWHERE.match(target):
        return link
    if "/" not in target and target.endswith(".md"):
        return target.removesuffix(".md") + ".html" + hash_mark + anchor
    return link if target.removeprefix("../") in site else None


def _scrolling_tables(html: str) -> str:
    """Let wide tables scroll by themselves, so that the page doesn't; the keyboard reaches them."""
    frame = '<div class="table" role="region" aria-label="Table" tabindex="0"><table>'
    return html.replace("<table>", frame).replace("</table>", "</table></div>")
