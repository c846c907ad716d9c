"""What makes a result of an input: the model and the effect, loaded once for all jobs of a worker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pyselfie.cli.effect_choice import choose_effect
from pyselfie.cli.errors import FileError
from pyselfie.cli.files import stamp
from pyselfie.cli.segmenter_choice import make_segmenter
from pyselfie.custom.errors import CustomEffectError

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.progress import Progress

_EXPECTED = (FileError, CustomEffectError)


@dataclass
class Outcome:
    """What became of one job.

    Attributes
    ----------
    status
        See `Result`.
    pictures, seconds, error
        How many were processed, how long it took, and what is missing or went wrong, in one sentence.
    read, made
        The stamps of the input before it was read and of the result; empty where there is none.
    """

    status: Literal["done", "skipped", "incomplete", "failed"]
    pictures: int = 0
    seconds: float = 0.0
    error: str = ""
    read: tuple[Any, ...] = ()
    made: tuple[Any, ...] = ()


class Workshop:
    """Does one job after the other.

    Parameters
    ----------
    options
        The command line.

    Raises
    ------
    UsageError
        When the user's effect cannot be loaded, or the background not be read.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._grey = options.effect == "mask"
        self._segmenter = make_segmenter(options)
        try:
            self._effect = choose_effect(options, self._segmenter)
        except BaseException:
            self._segmenter.close()
            raise

    def close(self) -> None:
        """Release the model."""
        self._segmenter.close()

    def do(self, job: Job, progress: Progress) -> Outcome:
        """Do one job; whatever goes wrong with it is in the outcome."""
        begin = time.monotonic()
        outcome = Outcome("failed")
        try:
            outcome.read = stamp(job.source)
            outcome.pictures, outcome.error = self._convert(job, progress)
            outcome.status = "incomplete" if outcome.error else "done"
            outcome.made = stamp(job.target)
        except _EXPECTED as error:
            outcome.error = str(error) if isinstance(error, FileError) else f"{job.source}: {error}"
        except Exception as error:  # whatever it is, the other files go on
            outcome.error = f"{job.source}: {type(error).__name__}: {error}"
        if outcome.error and outcome.status == "done":
            outcome.status = "incomplete"
        outcome.seconds = round(time.monotonic() - begin, 3)
        return outcome

    def _convert(self, job: Job, progress: Progress) -> tuple[int, str]:
        """Return how many pictures it had, and what is missing of them in one sentence."""
        if job.kind == "video":
            from pyselfie.cli.video import convert_video  # noqa: PLC0415, another extra

            return convert_video(job.source, job.target, self._effect, progress)
        from pyselfie.cli.picture import convert_picture  # noqa: PLC0415, another extra

        return convert_picture(job.source, job.target, self._effect, progress, grey=self._grey)
