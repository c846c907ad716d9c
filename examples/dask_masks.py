"""Masks of a whole dataset on many machines, with Dask: ``python dask_masks.py PHOTOS MASKS [--scheduler ADDRESS]``.

With ``--effect-file FILE.py`` it writes what an effect of your own makes of each photo, in place of its mask.

Without an address it starts workers on this machine. With ``tcp://...`` it uses the cluster of that scheduler, whose
workers need ``pip install "pyselfie[cli]" distributed`` and folders and files under the same paths. A second run does
what is missing.
"""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path

from dask.distributed import Client, as_completed

from pyselfie import Segmenter, effects
from pyselfie.cli.picture_file import Photo, read_picture, write_pictures

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@cache
def segmenter() -> Segmenter:
    """Return this worker's segmenter: the model is loaded once in each process, not once for each picture."""
    return Segmenter("general")


@cache
def effect(file: Path) -> effects.CustomPainter:
    """Return this worker's effect, read once."""
    return effects.load(file)


def make_mask(photo: Path, result: Path, effect_file: Path | None) -> float:
    """Write the mask of one photo, or the effect's picture; return the share of the picture that is a person."""
    rgb = read_picture(photo).pixels
    mask = segmenter().segment(rgb)
    if effect_file is None:
        picture = effects.mask_overlay(rgb, mask)
    else:
        own = effect(effect_file)
        own.reset()  # one photo is no frame of a film with the next
        picture = own(rgb, mask)
    write_pictures(result, [Photo(picture, profile=None)], grey=effect_file is None)
    return float(mask.mean())


def make_masks(
    client: Client, photos: Path, masks: Path, effect_file: Path | None = None
) -> dict[str, float | Exception]:
    """Map `make_mask` over a folder; return each photo's share of person, or what was wrong with it."""
    work = {
        client.submit(make_mask, photo, masks / f"{photo.stem}.png", effect_file, pure=False): photo.name
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
    parser.add_argument("--effect-file", type=Path, help="a Python file that defines an effect; masks without it")
    parser.add_argument("--scheduler", help="address of a Dask scheduler; local workers without it")
    options = parser.parse_args()
    local = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with Client(options.scheduler) if options.scheduler else Client(**local) as client:
        for name, share in make_masks(client, options.photos, options.masks, options.effect_file).items():
            print(f"{name}: {share:.1%} person" if isinstance(share, float) else f"{name}: {share}")


if __name__ == "__main__":
    main()
