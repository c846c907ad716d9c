"""Take a video through the segmenter, frame by frame, with PyAV; other tracks and the timing stay as they are."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from pyselfie.cli.atomic_write import atomic_write
from pyselfie.cli.errors import FileError, why
from pyselfie.cli.film import Film
from pyselfie.cli.remote import local_copy
from pyselfie.cli.video_output import VideoOutput
from pyselfie.extras import require

if TYPE_CHECKING:
    from pyselfie.cli.effect_choice import Effect
    from pyselfie.cli.files import Place
    from pyselfie.cli.progress import Progress


def convert_video(source: Place, target: Place, effect: Effect, progress: Progress) -> tuple[int, str]:
    """Write `source` with the effect to `target`, which is never half a video.

    Returns
    -------
    pictures : int
        How many frames were written.
    missing : str
        One sentence about what could not be read of a damaged video, or not be kept; empty if nothing is missing.

    Raises
    ------
    FileError
        When the video cannot be read at all, or the result not be written.
    """
    av = require("av", "video", "reading videos")
    with ExitStack() as opened:
        path = opened.enter_context(local_copy(source))
        try:
            container = opened.enter_context(av.open(str(path)))
        except (av.FFmpegError, OSError) as error:
            raise FileError(f"{source} is no video that can be read ({why(error)})") from error
        film = Film(av, container, source)
        progress.start(source.name, film.expected)
        effect.begin(film=True)
        try:
            left_out = _convert(film, target, effect, progress)
        except av.FFmpegError as error:
            raise FileError(f"{source} cannot be converted to {target} ({error.strerror})") from error
        return film.read, "; ".join(sentence for sentence in (film.missing(), left_out) if sentence)


def _convert(film: Film, target: Place, effect: Effect, progress: Progress) -> str:
    """Convert; return what could not be kept, in one sentence, or an empty string."""
    with atomic_write(target) as part, VideoOutput(part, target, film) as output:
        for kind, item in film.parts():
            if kind == "packet":
                output.packet(item)
                continue
            rgb = film.upright(item)
            if film.has_new_size:
                effect.cut()
            output.picture(effect(rgb, film.seconds(item)), item)
            progress.advance()
        if not film.read:
            raise FileError(f"{film.source} has no pictures in it")
    return f"{film.source}: left out are {'; '.join(output.left_out)}" if output.left_out else ""
