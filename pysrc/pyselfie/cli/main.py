"""The command: every file in turn; what is wrong with one is one line, and the others go on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from pyselfie.cli.arguments import parse
from pyselfie.cli.errors import FileError, UsageError
from pyselfie.cli.look import choose_look
from pyselfie.cli.outcomes import Outcome, Summary
from pyselfie.cli.plan import Job, plan
from pyselfie.cli.progress import Progress
from pyselfie.cli.stopping import stoppable
from pyselfie.core.custom_effect import CustomEffectError
from pyselfie.core.manifest import ModelFileError
from pyselfie.extras import MissingExtraError, require
from pyselfie.solution import SelfieSegmentation

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.look import Look
    from pyselfie.cli.stopping import Stop

_EXPECTED = (FileError, CustomEffectError)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = parse(arguments)
    try:
        with stoppable() as stop:
            return _run(options, stop)
    except (UsageError, MissingExtraError, ModelFileError, ImportError) as error:
        _complain(str(error))
        return 2
    except KeyboardInterrupt:
        _complain("stopped")
        return 130


def _run(options: argparse.Namespace, stop: Stop) -> int:
    jobs = [] if options.webcam is not None else plan(options)
    _check_extras(options, jobs)
    look = choose_look(options)
    with SelfieSegmentation(options.look.model_selection) as segmenter:
        if options.webcam is not None:
            from pyselfie.cli.webcam import show_webcam  # noqa: PLC0415, only this needs windows

            return show_webcam(options.webcam, segmenter, look)
        summary = Summary(options.model, options.effect)
        _Worker(options, segmenter, look, summary, stop).work(jobs)
    if options.json:
        print(summary.as_json())
    elif not options.quiet:
        print(f"pyselfie: {summary.in_words()}", file=sys.stderr)
    return summary.exit_code


def _check_extras(options: argparse.Namespace, jobs: list[Job]) -> None:
    """Name a missing extra once, before any work, and not for every file."""
    kinds = {job.kind for job in jobs if not job.problem and not job.skip}
    if "picture" in kinds or options.background is not None:
        require("PIL", "cli", "reading pictures")
    if "video" in kinds:
        require("av", "video", "reading videos")


class _Worker:
    """Does the jobs one after the other and notes what became of them."""

    def __init__(
        self, options: argparse.Namespace, segmenter: SelfieSegmentation, look: Look, summary: Summary, stop: Stop
    ) -> None:
        self._options = options
        self._segmenter, self._look = segmenter, look
        self._summary, self._stop = summary, stop

    def work(self, jobs: list[Job]) -> None:
        """Do all jobs; Ctrl-C ends the list, and what is not whole by then does not exist."""
        begin = time.monotonic()
        open_jobs = sum(not (job.skip or job.problem) for job in jobs)
        quiet = self._options.quiet or self._options.json
        self._progress = Progress(open_jobs, quiet=quiet, check=self._stop.check)
        try:
            for job in jobs:
                outcome = self._outcome(job)
                self._summary.files.append(outcome)
                if outcome.error:
                    self._progress.clear()
                    _complain(outcome.error)
        except KeyboardInterrupt:
            self._summary.interrupted = True
        self._progress.clear()
        self._summary.seconds = round(time.monotonic() - begin, 3)

    def _outcome(self, job: Job) -> Outcome:
        outcome = Outcome(str(job.source), str(job.target), "failed", error=job.problem)
        if job.skip:
            outcome.status = "skipped"
        if job.skip or job.problem:
            return outcome
        begin = time.monotonic()
        try:
            outcome.pictures, outcome.error = self._do(job)
            outcome.status = "incomplete" if outcome.error else "done"
        except _EXPECTED as error:
            named = isinstance(error, FileError)
            outcome.error = str(error) if named else f"{job.source}: {error}"
        except Exception as error:  # whatever it is, the other files go on
            outcome.error = f"{job.source}: {type(error).__name__}: {error}"
        outcome.seconds = round(time.monotonic() - begin, 3)
        return outcome

    def _do(self, job: Job) -> tuple[int, str]:
        """Do one job; return how many pictures it had, and what is missing of them in one sentence."""
        if job.kind == "video":
            from pyselfie.cli.video import convert_video  # noqa: PLC0415, another extra

            return convert_video(job.source, job.target, self._segmenter, self._look, self._progress)
        from pyselfie.cli.pictures import read_picture, write_picture  # noqa: PLC0415, another extra

        self._progress.start(job.source.name, 1)
        photo = read_picture(job.source)
        mask = self._segmenter.process(photo.rgb).segmentation_mask
        result = self._look(photo.rgb, mask, 0.0)
        write_picture(job.target, result, photo.profile, grey=self._options.effect == "mask")
        return 1, ""


def _complain(sentence: str) -> None:
    print(f"pyselfie: {sentence}", file=sys.stderr, flush=True)
