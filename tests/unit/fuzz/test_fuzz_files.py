"""Damaged files: pictures, models and shared links are read, or refused in one sentence."""

from __future__ import annotations

import asyncio
import io
import json
import random
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from models.reader import ConversionError, read_graph
from pyselfie.cli.batch.record import NAME, Record
from pyselfie.cli.errors import FileError, UsageError
from pyselfie.cli.picture_file import PictureFile, read_levels, read_picture
from pyselfie.core.manifest import ModelFileError, load_spec, model_folder, read_model, spec_from_manifest, verify_model
from pyselfie.notebook import encode_png, load
from tests.unit.fuzz.fuzz_kit import ANYTHING, PLAIN, REFUSED, outcome
from tests.unit.fuzz.mutations import mutated
from tests.unit.models.tiny_tflite import TinyModel
from tests.unit.web.test_share import WORK, ask, made_of

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = st.integers(0, 2**32 - 1)
MODES = ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK", "I;16", "I", "F", "YCbCr", "HSV", "LAB"]
FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO", "PPM", "TGA", "JPEG2000", "MPO"]


@cache
def picture_bytes(kind: str, mode: str, frames: int) -> bytes:
    """Return a small picture, or an animation of it, as a file; b"" where the format has no such thing."""
    noise = np.random.default_rng(1).integers(0, 256, (12, 16, 3), np.uint8)
    picture = Image.fromarray(noise)
    try:
        picture = picture.convert(mode) if mode not in {"I;16", "LAB"} else Image.new(mode, (16, 12))
        more: dict[str, Any] = {"save_all": True, "append_images": [picture] * (frames - 1)} if frames > 1 else {}
        with io.BytesIO() as file:
            picture.save(file, kind, **more)
            return file.getvalue()
    except (OSError, ValueError, KeyError):
        return b""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """Return where a file is written again and again."""
    return tmp_path_factory.mktemp("files") / "picture.png"


FILES = st.builds(picture_bytes, st.sampled_from(FORMATS), st.sampled_from(MODES), st.integers(1, 3)).filter(bool)


@given(data=FILES, seed=SEEDS)
def test_any_picture_file(place, data, seed):
    """A file that was changed has pictures, uint8 [H, W, 3], or is refused; so has its mask; so for a notebook."""
    place.write_bytes(mutated(data, random.Random(seed)))
    photo = outcome(lambda: read_picture(place), refusals=(FileError,))
    if photo is not REFUSED:
        assert photo.pixels.dtype == np.uint8
        assert photo.pixels.ndim == 3
        assert photo.pixels.shape[2] == 3
    levels = outcome(lambda: read_levels(place), refusals=(FileError,))
    assert levels is REFUSED or (levels.dtype == np.uint8 and levels.ndim == 2)
    pixels = outcome(lambda: asyncio.run(load(place)), refusals=(ValueError,))
    assert (pixels is REFUSED) == (photo is REFUSED)

    def look() -> None:
        with PictureFile(place) as file:
            assert file.loops >= 0
            for one in file:
                assert one.duration_ms >= 0

    outcome(look, refusals=(FileError,))


@given(shape=st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4])), seed=SEEDS)
def test_png_by_hand(shape, seed):
    """What the notebook encodes by itself, Pillow reads as it was."""
    picture = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    with Image.open(io.BytesIO(encode_png(picture))) as read:
        assert np.array_equal(np.asarray(read), picture)


@cache
def tiny_tflite() -> bytes:
    """Return a small model of TFLite with weights, an addition and an activation."""
    model = TinyModel()
    source, end = model.tensor(1, 4, 4, 3), model.tensor(1, 4, 4, 3)
    model.op("ADD", [source, model.weights(np.ones((1, 4, 4, 3), np.float32))], end)
    return model.to_bytes(source, end)


@given(SEEDS)
def test_any_tflite_file(seed):
    """A model's file that was changed is read, or refused with what was found."""
    outcome(lambda: read_graph(mutated(tiny_tflite(), random.Random(seed))), refusals=(ConversionError,))


@given(SEEDS)
def test_any_model_file(seed):
    """No file but the very one is taken for a model."""
    spec = load_spec("landscape")
    data = read_model(spec)
    changed = mutated(data, random.Random(seed))
    verified = outcome(lambda: verify_model(changed, spec), refusals=(ModelFileError,))
    assert (verified is REFUSED) == (changed != data)


@given(SEEDS, st.one_of(st.just(0), ANYTHING))
def test_any_manifest(seed, model):
    """A manifest that was changed has the model, or is damaged, or has no such model."""
    text = mutated((model_folder() / "manifest.json").read_bytes(), random.Random(seed))
    try:
        manifest = json.loads(text)
    except ValueError:
        return
    outcome(lambda: spec_from_manifest(manifest, model), refusals=(ModelFileError, ValueError, TypeError))


@given(st.recursive(PLAIN, lambda inner: st.fixed_dictionaries({"models": st.lists(inner)})))
def test_any_manifest_at_all(manifest):
    """Whatever is no manifest is damaged."""
    outcome(lambda: spec_from_manifest(manifest, 0), refusals=(ModelFileError, ValueError))


def test_any_shared_links():
    """Links that were changed, and works of any kind, are opened or refused by the page's module in one sentence."""
    count, dice = 300, random.Random(0)
    [fragment] = ask(("make", WORK))
    links = [mutated(fragment.encode(), dice).decode("latin-1") for _ in range(count)]
    links += [made_of(mutated(json.dumps(WORK | {"values": {"a": 1}}).encode(), dice)) for _ in range(count)]
    links += [f"effect=1.{dice.randrange(99)}.{dice.randrange(99)}." + dice.randbytes(9).hex() for _ in range(count)]
    for link, answer in zip(links, ask(*(("read", link) for link in links)), strict=True):
        work = isinstance(answer, dict) and set(answer) == {"name", "source", "values"}
        said = isinstance(answer, str) and answer.startswith("ShareError: ") and "\n" not in answer
        assert work or said or (answer is None and not link.lstrip("#").startswith("effect=")), (link, answer)


ENTRY = {"result": "a.png", "made": [1, 2], "input": "/a.jpg", "read": [3, 4], "settings": "s"}


@given(fields=st.dictionaries(st.sampled_from([*ENTRY, "more"]), st.one_of(PLAIN, st.lists(PLAIN))), seed=SEEDS)
def test_any_record_of_a_folder(tmp_path_factory, fields, seed):
    """A folder's record that was changed is read, line by line, as far as it is one."""
    folder = tmp_path_factory.getbasetemp() / "record"
    folder.mkdir(exist_ok=True)
    for name in ("a.png", "b.jpg"):
        (folder / name).write_bytes(b"")
    dice = random.Random(seed)
    lines = [json.dumps(ENTRY | fields), json.dumps(ENTRY), "[" * dice.choice([1, 100_000])]
    (folder / NAME).write_bytes(mutated("\n".join(lines).encode(), dice))
    record = outcome(lambda: Record(folder, lambda _: "s"), refusals=(UsageError,))
    assert record.has_same(folder / "b.jpg", folder / "a.png") is False
    assert isinstance(record.objection(folder / "b.jpg", folder / "a.png"), str)
