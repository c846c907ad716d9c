"""Files and calls of all kinds, made from a seed: no hang, no uncaught error, one sentence each, and it still paints.

PYSELFIE_FUZZ=1000 makes so many of each, PYSELFIE_FUZZ_SEED=7 others; PYSELFIE_FUZZ_JSON=file notes what was found.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.element.element_kit import _host_page
from tests.browser.fuzz.calls import any_call
from tests.browser.fuzz.files import any_file
from tests.browser.fuzz.page_script import SETUP
from tests.browser.waiting import WAIT_MS

COUNT = int(os.environ.get("PYSELFIE_FUZZ", "150"))
SEED = int(os.environ.get("PYSELFIE_FUZZ_SEED", "1"))
HTML = "<selfie-segmentation id=s></selfie-segmentation><iframe id=w title=Widget src='{}'></iframe>"
SAMPLE = "samples/astronaut.jpg"
BATCH = 25
FOREIGN = re.compile(
    r"no error:|Cannot (read|set|convert|destructure|use|mix|perform)|Failed to (execute|construct|set|read)"
    r"|is not (a function|iterable|a constructor|defined)|Illegal|could not be cloned|Maximum call"
    r"|can't (access|convert|assign|define)|Argument \d|does not implement|Not enough arguments|too much recursion"
    r"|\n|PythonError|Traceback"
)
"""What browsers and interpreters say, and what is no sentence."""
OWN = re.compile(r"^Error: mine$|effect\.py does not run|effect \S+ raised|'applyConstraints'|'getUserMedia'")
"""What an argument of the test's own has thrown, in JavaScript or in Python, or the browser's own method."""


@pytest.fixture
def fuzzed(launch, site):
    """Return the page with all that is called."""
    page = launch()
    page.set_default_timeout(WAIT_MS)
    page.route("**/host.html*", _host_page)
    page.goto(f"{site.url}host.html")
    page.expected_errors += [
        "Failed to load resource",
        "blocked",
        "Refused to connect",
        "Not allowed to load",
        "Fetch API cannot load",
        "pyselfie:",
        "Image corrupt or truncated",  # Firefox says so besides
        "VideoFrame was garbage collected",  # on its way to a worker that was ended
    ]
    widget = f"{site.url}widget.html?origins={site.url.rstrip('/')}&model-selection=general"
    page.evaluate(SETUP, [site.url, HTML.format(widget)])
    return page


def painted(page) -> np.ndarray:
    """Return the sample's mask as the element paints it after all that was, uint8 [H, W]."""
    data = base64.b64decode(page.evaluate("(src) => fuzz.reset(src)", SAMPLE))
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L"))


def judge(kind: str, page: Any, bad: dict[int, str], said: Counter[str], before: np.ndarray) -> None:
    """Fail with the seed and what was wrong; note the counts where that is asked for."""
    faults = page.guard.faults()
    if place := os.environ.get("PYSELFIE_FUZZ_JSON"):
        found = {"seed": SEED, "count": COUNT, "failures": bad, "faults": faults, "sentences": len(said)}
        known = json.loads(Path(place).read_text()) if Path(place).exists() else {}
        Path(place).write_text(json.dumps(known | {kind: [*known.get(kind, []), found]}, indent=1))
    again = f"PYSELFIE_FUZZ={COUNT} PYSELFIE_FUZZ_SEED={SEED} python3 build.py test tests/browser/fuzz -k {kind}"
    assert not bad, f"{again}\n" + "\n".join(f"{number}: {what}" for number, what in bad.items())
    assert not faults, f"{again}\n" + "\n".join(faults)
    after = painted(page)
    assert after.shape == before.shape, again
    assert np.abs(after.astype(int) - before).mean() < 1, again


def test_any_files(fuzzed):
    """Each file is shown or refused in one sentence; then the sample is painted as before."""
    bad: dict[int, str] = {}
    dice, said = Random(SEED), Counter[str]()
    before = painted(fuzzed)
    for start in range(0, COUNT, BATCH):
        files = [any_file(dice) for _ in range(min(BATCH, COUNT - start))]
        for number, outcome in enumerate(fuzzed.evaluate("(files) => fuzz.files(files)", files), start):
            said.update(outcome)
            if len([one for one in outcome if one.startswith(("opened", "failed", "hang"))]) != 1:
                bad[number] = f"{files[number - start]['name']!r}: {outcome}"
            if "hang" in outcome or any(FOREIGN.search(one) for one in outcome):
                bad[number] = f"{outcome}"
    judge("files", fuzzed, bad, said, before)


def test_any_calls(fuzzed):
    """Each call is done or refused in one sentence; no promise is left open, and the sample is painted as before."""
    bad: dict[int, str] = {}
    dice, said = Random(SEED), Counter[str]()
    before = painted(fuzzed)
    calls = [any_call(dice) | {"number": number} for number in range(COUNT)]
    for start in range(0, COUNT, BATCH):
        found = fuzzed.evaluate("(calls) => fuzz.calls(calls)", calls[start : start + BATCH])
        for number, sentence in [*found["said"], *((start, f"told: {one}") for one in found["told"])]:
            said[sentence] += 1
            if FOREIGN.search(sentence) and not OWN.search(sentence):
                call = json.dumps({key: calls[number][key] for key in ("on", "way", "name", "with")})
                bad[number] = f"{call[:300]} said {sentence[:300]!r}"
    for number in fuzzed.evaluate("fuzz.end()"):
        bad[number] = f"{json.dumps(calls[number])[:300]} is not over"
    judge("calls", fuzzed, bad, said, before)
