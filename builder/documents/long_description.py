"""The README as the packages' long description: PyPI has none of the files that its links lead to.

hatchling runs this file by itself when it builds; it needs nothing else of the builder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE = re.compile(r"(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)\s]+)\)")


class LongDescription(MetadataHookInterface):  # type: ignore[misc,unused-ignore] # hatchling isn't there everywhere
    """Gives every relative link the address of the repository, which stands in pyproject.toml."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the field `readme`."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": absolute(text, metadata["urls"]["Source"])}


def absolute(text: str, repository: str) -> str:
    """Return Markdown whose relative links lead into a GitHub repository, and whose pictures come from there."""

    def link(found: re.Match[str]) -> str:
        picture, label, path = found.groups()
        return f"{picture}{label}({repository}/{'raw' if picture else 'blob'}/main/{path})"

    return _RELATIVE.sub(link, text)
