"""The command: every file in turn; what is wrong with one is one line, and the others go on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pyselfie.cli.arguments import parse
from pyselfie.cli.batch.plan import plan
from pyselfie.cli.batch.results import Summary
from pyselfie.cli.batch.run import run_batch
from pyselfie.cli.console import complain, deliver, secure_streams
from pyselfie.cli.errors import UsageError
from pyselfie.cli.evaluate import arguments_of as evaluate_arguments_of
from pyselfie.cli.evaluate import parse as parse_evaluate
from pyselfie.cli.evaluate import run as evaluate
from pyselfie.cli.live.arguments import is_live
from pyselfie.cli.live.streams import ReaderGoneError
from pyselfie.cli.live.work import run_live
from pyselfie.cli.segmenter_choice import tell_provider
from pyselfie.cli.stopping import stoppable
from pyselfie.core.manifest import ModelFileError
from pyselfie.custom.errors import CustomEffectError
from pyselfie.extras import MissingExtraError, require

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.stopping import Stop


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
    except ReaderGoneError:
        return 0
    except CustomEffectError as error:  # at the webcam; with files, the others go on
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        complain("stopped")
        return 130


def _run(options: argparse.Namespace, stop: Stop) -> int:
    tell_provider(options)
    if options.virtual_camera is not None:
        from pyselfie.cli.live.virtual_camera import run_virtual_camera  # noqa: PLC0415, another extra

        return run_virtual_camera(options)
    if options.webcam is not None:
        from pyselfie.cli.live.webcam import run_webcam  # noqa: PLC0415, only this needs cameras and windows

        return run_webcam(options)
    live = is_live(options)
    jobs = [] if live or options.watch is not None else plan(options)
    _check_extras(options, jobs)
    summary = Summary(options.model, options.effect)
    if live:
        run_live(options, summary, stop)
    else:
        run_batch(jobs, options, summary, stop)
    if options.json:
        return summary.exit_code if deliver(summary.as_json()) else summary.exit_code or 1
    if not options.quiet:
        complain(summary.in_words())
    return summary.exit_code


def _check_extras(options: argparse.Namespace, jobs: list[Job]) -> None:
    """Name a missing extra once, before any work, and not for every file."""
    kinds = {job.kind for job in jobs if not job.problem and not job.skip}
    if options.watch is not None:
        kinds.add("picture")  # which may come
    if "picture" in kinds or options.background is not None:
        require("PIL", "cli", "reading pictures")
    if "video" in kinds:
        require("av", "video", "reading videos")
    if kinds:
        require("tqdm", "cli", "the progress bar")
