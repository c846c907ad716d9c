"""docs/*.md on the site: a page each, a list of all, links that lead somewhere."""

from __future__ import annotations

import html.parser
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import jinja2
import pytest

from builder.errors import BuildError
from builder.site.docs_pages import docs_files

if TYPE_CHECKING:
    from pathlib import Path


class Links(html.parser.HTMLParser):
    """Collects where a page links to, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.targets += [value for name in ("href", "src") if (value := given.get(name))]
        if anchor := given.get("id"):
            self.anchors.add(anchor)


def test_links_of_every_page_lead_somewhere(dist: Path) -> None:
    """Each link of the built pages names a file of the site, and where it has an anchor, a heading of that page."""
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in sorted((dist / "docs").glob("*.html"))}
    assert len(pages) > 5
    for path, links in pages.items():
        for target in links.targets:
            if target.startswith(("https:", "data:")):
                continue
            place, anchor = urldefrag(urljoin(path.as_posix(), target))
            file = path.with_name(place.rpartition("/")[2]) if "/" not in target else dist / place.partition("dist/")[2]
            file = file / "index.html" if file.is_dir() else file
            assert file.is_file(), f"{path.name} links {target}"
            assert not anchor or anchor in pages[file].anchors, f"{path.name} links {target}"


def rendered(folder: Path, *site: str) -> dict[str, str]:
    frame = "{{ page.title }} of {{ pages|length }}: {{ page.body }}"
    templates = jinja2.Environment(autoescape=True, loader=jinja2.DictLoader({"_docs_page.html.j2": frame}))
    files = docs_files(folder, site, templates, "1.2.3")
    return {name: content.decode() for name, content in files.items() if isinstance(content, bytes)}


def test_links_fit_the_site(tmp_path: Path) -> None:
    """A link to a page becomes .html, one to a file of the site stays, one to the source becomes text."""
    (tmp_path / "index.md").write_text("# All\n\n- [One](one.md)\n")
    (tmp_path / "one.md").write_text(
        "# One\n\n[a](index.md#all) [b](../pyselfie.js) [c](../build.py) [d](https://x.y)\n"
    )
    page = rendered(tmp_path, "pyselfie.js")["docs/one.html"]
    assert page.startswith("One of 2: ")
    assert '<a href="index.html#all">a</a> <a href="../pyselfie.js">b</a>' in page
    assert '<span title="build.py in the source">c</span> <a href="https://x.y">d</a>' in page


def test_pictures_come_along(tmp_path: Path) -> None:
    """PNG beside the pages, and WebP in folders of them, under the names that the pages use."""
    (tmp_path / "index.md").write_text("# All\n\n![one](one.png) ![two](sheets/two.webp)\n")
    (tmp_path / "sheets").mkdir()
    for name in ("one.png", "sheets/two.webp", "sheets/notes.txt"):
        (tmp_path / name).touch()
    templates = jinja2.Environment(autoescape=True, loader=jinja2.DictLoader({"_docs_page.html.j2": ""}))
    files = docs_files(tmp_path, (), templates, "1.2.3")
    assert files.keys() == {"docs/index.html", "docs/one.png", "docs/sheets/two.webp"}


@pytest.mark.parametrize(
    ("index", "sentence"),
    [
        ("# All\n", "doesn't link one.md"),
        ("# All\n[1](one.md) [2](two.md)\n", "links a page that isn't there, two.md"),
        ("[1](one.md)\n", "docs/index.md has no heading"),
    ],
)
def test_what_does_not_fit_stops_the_build(tmp_path: Path, index: str, sentence: str) -> None:
    """A page that the list lacks, a list that names no page, and a page without a heading are errors."""
    (tmp_path / "index.md").write_text(index)
    (tmp_path / "one.md").write_text("# One\n")
    with pytest.raises(BuildError, match=sentence):
        rendered(tmp_path)
