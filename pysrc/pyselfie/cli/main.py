"""The command: every file in turn; what is wrong with one is one line, and the others go on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from pyselfie.cli.arguments import parse
from pyselfie.cli.console import complain, deliver, secure_streams
from pyselfie.cli.effect_choice import choose_effect
from pyselfie.cli.errors import FileError, UsageError
from pyselfie.cli.evaluate import arguments_of as evaluate_arguments_of
from pyselfie.cli.evaluate import parse as parse_evaluate
from pyselfie.cli.evaluate import run as evaluate
from pyselfie.cli.plan import Job, plan
from pyselfie.cli.progress import Progress
from pyselfie.cli.results import Result, Summary
from pyselfie.cli.stopping import stoppable
from pyselfie.core.manifest import ModelFileError
from pyselfie.custom.errors import CustomEffectError
from pyselfie.extras import MissingExtraError, require
from pyselfie.segmenter import Segmenter

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.effect_choice import Effect
    from pyselfie.cli.stopping import Stop

_EXPECTED = (FileError, CustomEffectError)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    secure_streams()
    given = sys.argv[1:] if arguments is None else arguments
    measuring = evaluate_arguments_of(given)
    try:
        options = parse(given) if measuring is None else parse_evaluate(measuring)
    except SystemExit as end:  # --help and --version, too
        raise SystemExit(end.code if deliver() else 1) from None
    try:
        with stoppable() as stop:
            return _run(options, stop) if measuring is None else evaluate(options, stop)
    except (UsageError, MissingExtraError, ModelFileError, ImportError) as error:
        complain(str(error))
        return 2
    except CustomEffectError as error:  # at the webcam; with files, the others go on
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        complain("stopped")
        return 130


def _run(options: argparse.Namespace, stop: Stop) -> int:
    jobs = [] if options.webcam is not None else plan(options)
    _check_extras(options, jobs)
    with Segmenter(options.model_selection, options.effect_options.edges) as segmenter:
        effect = choose_effect(options, segmenter)
        if options.webcam is not None:
            from pyselfie.cli.webcam import show_webcam  # noqa: PLC0415, only this needs windows

            return show_webcam(options.webcam, effect)
        summary = Summary(options.model, options.effect)
        _Worker(options, effect, summary, stop).work(jobs)
    if options.json:
        return summary.exit_code if deliver(summary.as_json()) else summary.exit_code or 1
    if not options.quiet:
        complain(summary.in_words())
    return summary.exit_code


def _check_extras(options: argparse.Namespace, jobs: list[Job]) -> None:
    """Name a missing extra once, before any work, and not for every file."""
    kinds = {job.kind for job in jobs if not job.problem and not job.skip}
    if "picture" in kinds or options.background is not None:
        require("PIL", "cli", "reading pictures")
    if "video" in kinds:
        require("av", "video", "reading videos")
    if kinds:
        require("tqdm", "cli", "the progress bar")


class _Worker:
    """Does the jobs one after the other and notes what became of them."""

    def __init__(self, options: argparse.Namespace, effect: Effect, summary: Summary, stop: Stop) -> None:
        self._options = options
        self._effect = effect
        self._summary, self._stop = summary, stop

    def work(self, jobs: list[Job]) -> None:
        """Do all jobs; Ctrl-C ends the list, and what is not whole by then does not exist."""
        begin = time.monotonic()
        open_jobs = sum(not (job.skip or job.problem) for job in jobs)
        quiet = self._options.quiet or self._options.json
        self._progress = Progress(open_jobs, quiet=quiet, check=self._stop.check)
        try:
            for job in jobs:
                result = self._result(job)
                self._summary.files.append(result)
                if result.error:
                    self._progress.say(result.error)
        except KeyboardInterrupt:
            self._summary.interrupted = True
        finally:
            self._progress.close()
        self._summary.seconds = round(time.monotonic() - begin, 3)

    def _result(self, job: Job) -> Result:
        result = Result(str(job.source), str(job.target), "failed", error=job.problem)
        if job.skip:
            result.status = "skipped"
        if job.skip or job.problem:
            return result
        begin = time.monotonic()
        try:
            read = job.source.stat()
            result.pictures, result.error = self._do(job)
            result.status = "incomplete" if result.error else "done"
            if job.record is not None:
                job.record.note(job.source, read, job.target, whole=not result.error)
        except _EXPECTED as error:
            named = isinstance(error, FileError)
            result.error = str(error) if named else f"{job.source}: {error}"
        except Exception as error:  # whatever it is, the other files go on
            result.error = f"{job.source}: {type(error).__name__}: {error}"
        if result.error and result.status == "done":
            result.status = "incomplete"
        self._progress.end()
        result.seconds = round(time.monotonic() - begin, 3)
        return result

    def _do(self, job: Job) -> tuple[int, str]:
        """Do one job; return how many pictures it had, and what is missing of them in one sentence."""
        if job.kind == "video":
            from pyselfie.cli.video import convert_video  # noqa: PLC0415, another extra

            return convert_video(job.source, job.target, self._effect, self._progress)
        from pyselfie.cli.picture import convert_picture  # noqa: PLC0415, another extra

        grey = self._options.effect == "mask"
        return convert_picture(job.source, job.target, self._effect, self._progress, grey=grey)
