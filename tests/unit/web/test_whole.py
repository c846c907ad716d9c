"""Pictures that are cut off, told from whole ones by the page's module, in Node."""

from __future__ import annotations

import base64
import io
import json
import subprocess
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builder.paths import WEB
from tests.unit.web.node_kit import run_node

READ = """
import { readFileSync } from "node:fs";
const { isWhole } = await import(process.argv[1]);
const files = JSON.parse(readFileSync(0, "utf8")).map((file) => new Blob([Buffer.from(file, "base64")]));
console.log(JSON.stringify(await Promise.all(files.map(isWhole))));
"""
KINDS: dict[str, dict[str, Any]] = {
    "JPEG": {"format": "JPEG", "quality": 95},
    "JPEG in scans": {"format": "JPEG", "quality": 95, "progressive": True},
    "JPEG with a small picture": {"format": "JPEG", "exif": b"Exif\0\0" + b"\xff\xd8 small \xff\xd9\xff\xd9"},
    "PNG": {"format": "PNG"},
    "WebP": {"format": "WEBP", "lossless": True},
}
SMALLEST_CUT = {"PNG": 5}  # its end counts without the checksum behind it
TAIL = b"\0\0\0\x18ftypmp42 a film of a phone's \xff\xda\xff" * 3


def picture(**settings: Any) -> bytes:
    """Return a file of a picture with much detail."""
    pixels = np.random.default_rng(1).integers(0, 255, (96, 128, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, **settings)
    return file.getvalue()


def are_whole(files: list[bytes]) -> list[bool]:
    """Return what the module says of each file, in one run of Node."""
    command = ["node", "--input-type=module", "-e", READ, "--", (WEB / "js/sources/whole.js").as_uri()]
    given = json.dumps([base64.b64encode(file).decode() for file in files])
    return json.loads(subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_whole_until_it_is_cut(kind: str) -> None:
    """Whatever follows its end; wherever it is cut, by the last byte or in the middle."""
    file = picture(**KINDS[kind])
    assert are_whole([file, file + TAIL]) == [True, True]
    cuts = [SMALLEST_CUT.get(kind, 1), 9, 40, len(file) // 3, len(file) // 2]
    assert are_whole([file[:-cut] for cut in cuts]) == [False] * len(cuts)


def test_what_has_no_end_to_look_for_is_whole() -> None:
    """Other formats, nothing, and heads of formats with nothing behind: the browser judges those."""
    others = [picture(format="GIF"), picture(format="BMP"), b"", b"<svg/>", b"\xff\xd8"]
    assert are_whole([*others, *(file[:-60] for file in others)]) == [True] * 10


def test_a_file_that_has_gone_is_left_to_who_decodes_it() -> None:
    """What has been decoded by then is shown, and isn't lost by a look at its end."""
    found = run_node("""
        const { isWhole } = await import(`${web}/js/sources/whole.js`);
        const gone = { arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) };
        say(await isWhole({ slice: () => gone }));
    """)
    assert found is True
