"""Masks of a whole dataset on many machines, with Dask: ``python dask_masks.py PHOTOS MASKS [--scheduler ADDRESS]``.

Without an address it starts workers on this machine. With ``tcp://...`` it uses the cluster of that scheduler, whose
workers need ``pip install "pyselfie[cli]" distributed`` and the folders under the same paths. A second run does what is
missing.
"""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path

from dask.distributed import Client, as_completed

from pyselfie import Segmenter
from pyselfie.cli.picture_file import Photo, read_picture, write_pictures
from pyselfie.effects import mask_overlay

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@cache
def segmenter() -> Segmenter:
    """Return this worker's segmenter: the model is loaded once in each process, not once for each picture."""
    return Segmenter("general")


def make_mask(photo: Path, mask: Path) -> float:
    """Write the mask of one photo, and return the share of the picture that is a person."""
    rgb = read_picture(photo).pixels
    result = segmenter().segment(rgb)
    write_pictures(mask, [Photo(mask_overlay(rgb, result), profile=None)], grey=True)
    return float(result.mean())


def make_masks(client: Client, photos: Path, masks: Path) -> dict[str, float | Exception]:
    """Map `make_mask` over a folder; return each photo's share of person, or what was wrong with it."""
    work = {
        client.submit(make_mask, photo, masks / f"{photo.stem}.png", pure=False): photo.name
        for photo in sorted(photos.iterdir())
        if photo.suffix.lower() in SUFFIXES and not (masks / f"{photo.stem}.png").exists()
    }
    shares: dict[str, float | Exception] = {}
    for future in as_completed(list(work)):
        shares[work[future]] = future.exception() or future.result()
    return dict(sorted(shares.items()))


def main() -> None:
    """Run on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("photos", type=Path)
    parser.add_argument("masks", type=Path)
    parser.add_argument("--scheduler", help="address of a Dask scheduler; local workers without it")
    options = parser.parse_args()
    local = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with Client(options.scheduler) if options.scheduler else Client(**local) as client:
        for name, share in make_masks(client, options.photos, options.masks).items():
            print(f"{name}: {share:.1%} person" if isinstance(share, float) else f"{name}: {share}")


if __name__ == "__main__":
    main()
