"""What an installed app is: manifest.webmanifest, its icons, and the pictures that are shown before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.paths import WEB
from builder.stamps import expect_sha256

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = WEB / "app"
HASHES = FOLDER / "SHA256SUMS"
ICONS = [(kind, size) for kind in ("any", "maskable") for size in (192, 512)]
SCREENSHOTS = {"wide": ((1280, 800), "Another background on a wide window"), "narrow": ((390, 844), "On a phone")}


def app_files() -> dict[str, Path | bytes]:
    """Map each file of the app to its source.

    Raises
    ------
    BuildError
        If a picture isn't the one that was looked at.
    """
    files: dict[str, Path | bytes] = {"manifest.webmanifest": json.dumps(manifest(), indent=1).encode()}
    for line in HASHES.read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        remedy = "python -m builder.offline.pictures draws them anew; look at them, and commit them with their hashes."
        expect_sha256(f"web/app/{name}", FOLDER / name, digest, remedy)
        files[f"app/{name}"] = FOLDER / name
    return files


def manifest() -> dict[str, Any]:
    """Return the manifest. All addresses are relative to it, and so is what the browser knows the app by."""
    return {
        "name": "pyselfie",
        "short_name": "pyselfie",
        "description": "Background effects for camera, photo and video, done by Python on your own device",
        "lang": "en",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#f5f6f8",
        "theme_color": "#f5f6f8",
        "categories": ["photo", "utilities"],
        "icons": [
            {"src": f"app/{kind}-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": kind}
            for kind, size in ICONS
        ],
        "screenshots": [
            {
                "src": f"app/screenshot-{form}.jpg",
                "sizes": f"{width}x{height}",
                "type": "image/jpeg",
                "form_factor": form,
                "label": label,
            }
            for form, ((width, height), label) in SCREENSHOTS.items()
        ],
        "shortcuts": [
            {"name": "Write your own effect", "url": "play.html"},
            {"name": "Quality lab", "url": "lab.html"},
        ],
        "share_target": {
            "action": "share",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "picture", "accept": ["image/*"]}]},
        },
    }
