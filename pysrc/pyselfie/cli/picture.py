"""Take a picture file through the segmenter: one picture, or all of an animation or of many pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.cli.errors import FileError
from pyselfie.cli.formats import ANIMATED
from pyselfie.cli.picture_file import PictureFile, write_pictures

if TYPE_CHECKING:
    from pyselfie.cli.effect_choice import Effect
    from pyselfie.cli.files import Place
    from pyselfie.cli.picture_file import Photo
    from pyselfie.cli.progress import Progress

_HOLD = {"animation": ANIMATED, "pages": {".tif", ".tiff"}}


def convert_picture(source: Place, target: Place, effect: Effect, progress: Progress, *, grey: bool) -> tuple[int, str]:
    """Write `source` with the effect to `target`, which is never half a file.

    Returns
    -------
    pictures : int
        How many were written.
    missing : str
        One sentence about those that could not be read, or not be kept; empty if nothing is missing.

    Raises
    ------
    FileError
        When no picture can be read, or the result not be written.
    """
    with PictureFile(source) as file:
        holders = _HOLD.get(file.kind)
        only_first = holders is not None and target.suffix.lower() not in holders
        progress.start(source.name, 1 if only_first else file.count)
        effect.begin(film=file.kind == "animation")
        results, missing = _processed(file, source, effect, progress, only_first=only_first)
        loops = file.loops
    if only_first:
        missing = (
            f"{source} has {file.count} pictures, of which {target} holds the first: "
            f"for all of them it has to end in {' or '.join(sorted(holders or ()))}"
        )
    write_pictures(target, results, loops=loops, grey=grey)
    return len(results), missing


def _processed(
    file: PictureFile,
    source: Place,
    effect: Effect,
    progress: Progress,
    *,
    only_first: bool,
) -> tuple[list[Photo], str]:
    """Return the results, and what could not be read."""
    results: list[Photo] = []
    elapsed_ms = 0.0
    try:
        for photo in file:
            results.append(photo._replace(pixels=effect(photo.pixels, elapsed_ms / 1000)))
            elapsed_ms += photo.duration_ms
            progress.advance()
            if only_first:
                break
    except FileError:
        if not results:
            raise
        damaged = f"{source} is damaged: only {len(results)} of {file.count} pictures could be read; they are written"
        return results, damaged
    return results, ""
