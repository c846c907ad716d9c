"""fixtures/: a few pictures of people with their masks, which the quality lab fetches when somebody asks for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from builder.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = ROOT / "bench" / "people"


def fixture_files() -> dict[str, Path | bytes]:
    """Map each path of fixtures/ in dist/ to its source; fixtures.json lists pictures and masks."""
    pictures, masks = (sorted((PEOPLE / folder).iterdir()) for folder in ("images", "masks"))
    files: dict[str, Path | bytes] = {f"fixtures/pictures/{path.name}": path for path in pictures}
    files |= {f"fixtures/masks/{path.name}": path for path in masks}
    listed = {
        "pictures": [f"pictures/{path.name}" for path in pictures],
        "truths": [f"masks/{path.name}" for path in masks],
    }
    files["fixtures/fixtures.json"] = json.dumps(listed).encode()
    return files | {"fixtures/ATTRIBUTION.txt": PEOPLE / "ATTRIBUTION.tsv"}
